import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { FingerprintOptions } from './workspaceFiles.ts';

/** Trellis's own folder changes with every event; git's says nothing that the files do not. */
const leftOut = new Set(['.git', '.trellis']);
/** Larger files are told apart by size and time, in bytes. */
const mostHashedBytes = 10_000_000;
/** Files looked at side by side. */
const batchSize = 64;

interface TreeFingerprintOptions extends FingerprintOptions {
  /** Ignored files and secrets: not read, but told apart by size and time, for what runs may depend on them. */
  readonly isHidden: (file: string, isFolder: boolean) => Promise<boolean>;
}

/** A hash that is another one when any file of the scope below `root` is: content, name, link or permission to be run. */
export async function treeFingerprint(
  root: string,
  { signal, scope, isHidden }: TreeFingerprintOptions,
): Promise<string> {
  const hash = createHash('sha256');
  const hiddenFolders = new Set<string>();
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    signal.throwIfAborted();
    const isBelowHidden = hiddenFolders.has(folder);
    const describeEntry = async (entry: Dirent) => {
      const file = path.posix.join(folder, entry.name);
      const hidden = isBelowHidden || (await isHidden(file, entry.isDirectory()));
      if (hidden && entry.isDirectory()) hiddenFolders.add(file);
      if (hidden && scope === 'visible') return '';
      return `${file}\0${await orCode(() => describe(path.join(root, file), hidden))}\n`;
    };
    const entries = await orCode(() => entriesOf(path.join(root, folder)));
    if (typeof entries === 'string') {
      hash.update(`${folder}\0${entries}\n`);
      continue;
    }
    for (let start = 0; start < entries.length; start += batchSize) {
      const lines = await Promise.all(entries.slice(start, start + batchSize).map(describeEntry));
      for (const line of lines) hash.update(line);
    }
    const folders = entries.filter(entry => entry.isDirectory()).map(({ name }) => path.posix.join(folder, name));
    pending.push(...folders.filter(name => scope === 'all' || !hiddenFolders.has(name)));
  }
  return hash.digest('hex');
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter(entry => !leftOut.has(entry.name)).sort((left, right) => (left.name < right.name ? -1 : 1));
}

async function describe(file: string, isHidden: boolean): Promise<string> {
  const stats = await lstat(file);
  if (stats.isSymbolicLink()) return `link ${await readlink(file)}`;
  if (!stats.isFile()) return 'no file';
  const kind = process.platform !== 'win32' && (stats.mode & 0o111) !== 0 ? 'executable' : 'file';
  if (isHidden || stats.size > mostHashedBytes) return `${kind} ${stats.size} ${stats.mtimeMs}`;
  const content = createHash('sha256').update(await readFile(file));
  return `${kind} ${content.digest('hex')}`;
}

/** What cannot be read, or is gone since it was listed, is a state like another: it is told by the system's code for it. */
async function orCode<T>(look: () => Promise<T>): Promise<T | string> {
  try {
    return await look();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return code;
  }
}
