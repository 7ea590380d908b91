import { access, constants, lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { errorMessage, StorageError, ValidationError } from '../../base/errors.ts';
import { workspacePathProblem } from '../../domain/workspacePath.ts';

/**
 * The absolute path of a file of the workspace that may be written. Throws `ValidationError` for a path that leads out
 * of the workspace, through a link too, and `StorageError` for one that cannot be written.
 */
export async function writableFile(root: string, relative: string): Promise<string> {
  const problem = workspacePathProblem(relative);
  if (problem !== undefined) throw new ValidationError(`The path "${relative}" ${problem}.`);
  const file = path.join(root, relative);
  const existing = await nearestExisting(file);
  const fromRoot = path.relative(await realpath(root), await realpath(existing));
  if (fromRoot === '..' || fromRoot.startsWith(`..${path.sep}`) || path.isAbsolute(fromRoot)) {
    throw new ValidationError(`The path "${relative}" leads out of the workspace through a link.`);
  }
  try {
    await access(existing, constants.W_OK);
  } catch (error) {
    throw new StorageError(`${relative} cannot be written (${errorMessage(error)}); change its permissions.`, {
      cause: error,
    });
  }
  return file;
}

/** Whether there is something at that path, be it a link to nothing. */
export async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

async function nearestExisting(file: string): Promise<string> {
  let candidate = file;
  while (!(await exists(candidate)) && path.dirname(candidate) !== candidate) candidate = path.dirname(candidate);
  return candidate;
}
