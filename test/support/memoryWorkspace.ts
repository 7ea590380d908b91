import { Buffer } from 'node:buffer';
import { fileVersion } from '../../src/changes/memoryBlobStore.ts';
import type { FileVersion } from '../../src/changes/stagedFiles.ts';
import type { EditPermission, WorkspaceEntry, WorkspaceFiles } from '../../src/changes/workspace/workspaceFiles.ts';
import { workspacePathProblem } from '../../src/domain/workspacePath.ts';

/** A workspace in memory; tests change it under the overlay with `set` and `remove`. */
export class MemoryWorkspace implements WorkspaceFiles {
  readonly #files = new Map<string, FileVersion>();

  constructor(texts: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [path, content] of Object.entries(texts)) this.set(path, content);
  }

  set(path: string, content: string | Uint8Array, isExecutable = false): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    this.#files.set(path, fileVersion(bytes, isExecutable));
  }

  remove(path: string): void {
    this.#files.delete(path);
  }

  read(path: string): Promise<FileVersion | undefined> {
    return Promise.resolve(this.#files.get(path));
  }

  list(folder: string): Promise<readonly WorkspaceEntry[] | undefined> {
    const prefix = folder === '' ? '' : `${folder}/`;
    const entries = new Map<string, WorkspaceEntry>();
    for (const path of this.#files.keys()) {
      if (!path.startsWith(prefix)) continue;
      const [name = '', ...below] = path.slice(prefix.length).split('/');
      entries.set(name, { name, kind: below.length > 0 ? 'directory' : 'file', isLink: false });
    }
    return Promise.resolve(entries.size > 0 || folder === '' ? [...entries.values()] : undefined);
  }

  permitEdit(path: string): Promise<EditPermission> {
    const problem = workspacePathProblem(path);
    if (problem !== undefined) return Promise.resolve({ ok: false, reason: `the path ${problem}` });
    return Promise.resolve({ ok: true, version: this.#files.get(path) });
  }

  fingerprint(): Promise<string> {
    const files = [...this.#files].map(([path, { hash, isExecutable }]) => `${path} ${hash} ${isExecutable}`);
    return Promise.resolve(files.sort().join('\n'));
  }
}
