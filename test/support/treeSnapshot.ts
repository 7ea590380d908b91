import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Every file below `root` by its path, with its content and, where it is executable, a mark; folders only if empty. */
export function snapshotTree(root: string, ignored: readonly string[] = []): Record<string, string> {
  const snapshot: Record<string, string> = {};
  const visit = (folder: string) => {
    const names = readdirSync(path.join(root, folder));
    if (names.length === 0 && folder !== '') snapshot[`${folder}/`] = '';
    for (const name of names) {
      const file = folder === '' ? name : `${folder}/${name}`;
      if (ignored.includes(file)) continue;
      const stats = statSync(path.join(root, file));
      if (stats.isDirectory()) visit(file);
      else
        snapshot[file] =
          readFileSync(path.join(root, file), 'latin1') + ((stats.mode & 0o111) === 0 ? '' : ' [executable]');
    }
  };
  visit('');
  return snapshot;
}

/** Makes the files below `root`. */
export function writeTree(root: string, files: Readonly<Record<string, string>>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
  }
}
