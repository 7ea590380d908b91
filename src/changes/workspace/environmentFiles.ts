import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Files such as `.env`, `.env.local` and `production.env`; those made to be shared hold no secrets. */
const environmentFile = /^(?:\.env(?:\.[\w.-]+)?|\.envrc|[\w.-]+\.env)$/;
const sharedFile = /\.(?:example|sample|template|dist|defaults?)$/;
/** Folders of packages, builds and version control, which are many and hold none of the user's. */
const otherFolder =
  /^(?:\.git|\.hg|\.svn|node_modules|vendor|dist|build|out|target|\.venv|venv|__pycache__|\.cache|\.next)$/;

const mostFiles = 20;
const mostFolders = 300;
const deepestFolder = 3;
const longestFile = 64 * 1024;

/**
 * The texts of the environment files of a workspace, for nothing but to recognise their values: agents never see them.
 * At most 20 files of 64 KB, three folders deep; links are not followed, and what cannot be read is left out.
 */
export async function readEnvironmentFiles(
  root: string,
  options: { readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const texts: string[] = [];
  const folders = [{ folder: root, depth: 0 }];
  for (let index = 0; index < Math.min(folders.length, mostFolders); index += 1) {
    options.signal.throwIfAborted();
    const { folder = root, depth = 0 } = folders[index] ?? {};
    for (const entry of await entriesOf(folder)) {
      const place = path.join(folder, entry.name);
      if (entry.isDirectory() && depth < deepestFolder && !otherFolder.test(entry.name)) {
        folders.push({ folder: place, depth: depth + 1 });
      } else if (entry.isFile() && environmentFile.test(entry.name) && !sharedFile.test(entry.name)) {
        const text = await readStart(place);
        if (text !== undefined) texts.push(text);
        if (texts.length >= mostFiles) return texts;
      }
    }
  }
  return texts;
}

async function entriesOf(folder: string) {
  return readdir(folder, { withFileTypes: true }).catch((error: unknown) => unlessUnreadable(error, []));
}

async function readStart(file: string): Promise<string | undefined> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) =>
    unlessUnreadable(error, undefined),
  );
  if (handle === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestFile), 0, longestFile, 0);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await handle.close();
  }
}

/** Files come and go, and not all are ours to read; then there is nothing that an agent could be shown of them either. */
function unlessUnreadable<T>(error: unknown, nothing: T): T {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP'].includes(code)) return nothing;
  throw error;
}
