import { lstat, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorMessage, StorageError } from '../base/errors.ts';

/** The journal's database in a storage folder. */
export function journalFileIn(storageDirectory: string): string {
  return path.join(storageDirectory, 'trellis.db');
}

/** The storage folder of a workspace for the command line; it need not be there yet. */
export function storageDirectoryOf(workspace: string): string {
  return path.join(workspace, '.trellis');
}

/** Keeps all of the folder out of the user's repository, except the configuration, which is theirs to commit. */
const ignoreFile = '*\n!config.yml\n';

/**
 * Makes `<workspace>/.trellis` with a `.gitignore` in it and returns its path.
 * Throws a `StorageError` when it cannot be made, or is there and is no folder (a link may lead out of the workspace).
 */
export async function prepareStorageDirectory(workspace: string): Promise<string> {
  const directory = storageDirectoryOf(workspace);
  try {
    await mkdir(directory, { recursive: true });
    if (!(await lstat(directory)).isDirectory()) throw new Error('it is a link');
    await writeNew(path.join(directory, '.gitignore'), ignoreFile);
  } catch (error) {
    throw new StorageError(
      `The folder ${directory}, where runs are recorded, cannot be used (${errorMessage(error)}); make the workspace writable, or move away what is in the way.`,
      { cause: error },
    );
  }
  return directory;
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
