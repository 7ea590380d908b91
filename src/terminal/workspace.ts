import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { ConfigurationError, errorMessage } from '../base/errors.ts';

/** The real path of the folder that `--workspace` names. Throws `ConfigurationError` when there is no such folder. */
export async function findWorkspace(name: string, currentDirectory: string): Promise<string> {
  const directory = path.resolve(currentDirectory, name);
  try {
    if ((await stat(directory)).isDirectory()) return await realpath(directory);
  } catch (error) {
    const isMissing =
      error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    throw new ConfigurationError(
      isMissing
        ? `The workspace ${directory} does not exist; name the folder of your project with --workspace.`
        : `The workspace ${directory} cannot be read (${errorMessage(error)}).`,
      { cause: error },
    );
  }
  throw new ConfigurationError(
    `The workspace ${directory} is a file; name the folder of your project with --workspace.`,
  );
}

/** Whether the folder, or one above it, is a git repository. */
export async function isInRepository(directory: string): Promise<boolean> {
  for (let current = directory; ; current = path.dirname(current)) {
    if (await exists(path.join(current, '.git'))) return true;
    if (path.dirname(current) === current) return false;
  }
}

/** Whether there is anything of that name; what cannot be looked at counts as not there. */
export async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}
