import { createHash } from 'node:crypto';
import type { TreeOverlay } from '../changes/stagedFiles.ts';

/** SHA-256 over the overlay's paths, contents and modes: evidence is bound to it. */
export function treeHash(overlay: TreeOverlay): string {
  const hash = createHash('sha256');
  for (const [path, file] of [...overlay].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const content = file === null ? 'deleted' : createHash('sha256').update(file.content).digest('hex');
    hash.update(`${path}\0${content}\0${String(file?.isExecutable ?? false)}\n`);
  }
  return hash.digest('hex');
}
