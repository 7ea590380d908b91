import type { DirectoryEntry, FileVersion } from '../stagedFiles.ts';

/** What is in `folder` when `staged` lies over the entries `onDisk`, sorted by name; undefined when there is no such folder. */
export function folderEntries(
  folder: string,
  onDisk: readonly DirectoryEntry[] | undefined,
  staged: ReadonlyMap<string, FileVersion | undefined>,
): readonly DirectoryEntry[] | undefined {
  const entries = new Map(onDisk?.map(entry => [entry.name, entry.kind]));
  const prefix = folder === '' ? '' : `${folder}/`;
  for (const [path, version] of staged) {
    if (!path.startsWith(prefix)) continue;
    const [child = '', ...below] = path.slice(prefix.length).split('/');
    if (below.length > 0) {
      if (version) entries.set(child, 'directory');
    } else if (version) entries.set(child, 'file');
    else entries.delete(child);
  }
  if (!onDisk && entries.size === 0) return undefined;
  return [...entries].map(([name, kind]) => ({ name, kind })).sort((left, right) => (left.name < right.name ? -1 : 1));
}
