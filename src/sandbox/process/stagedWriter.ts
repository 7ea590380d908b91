import { constants, type FileHandle, mkdir, open, realpath, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { AbortError, SandboxError, ValidationError } from '../../base/errors.ts';
import { workspacePathProblem } from '../../domain/workspacePath.ts';
import type { StagedContent, StagedTree } from '../sandbox.ts';
import { isBelow } from './bubblewrap.ts';

const FOLDER_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const NEW_FILE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes the staged changes into a copy of the workspace. The copy has the workspace's links in it, which must not lead the
 * writing elsewhere: a link on the way is resolved in the workspace first and refused when it leaves it, then every
 * folder is opened relative to the one above without following links, so that a link put there meanwhile is refused too. A link
 * in the place of the file itself is replaced by the file.
 *
 * Throws `ValidationError` for a path that leaves the workspace, `SandboxError` when the copy cannot be written (it is full, say),
 * `AbortError` on abort.
 */
export async function writeStagedChanges(
  copyRoot: string,
  tree: StagedTree,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const root = await open(copyRoot, FOLDER_FLAGS);
  try {
    const deletedFirst = [...tree.changes].sort(([, a], [, b]) => Number(a !== null) - Number(b !== null));
    for (const [relativePath, content] of deletedFirst) {
      if (signal.aborted) throw new AbortError();
      const segments = await resolvedSegments(tree.root, relativePath);
      await writeChange(root, segments, content, relativePath);
    }
  } finally {
    await root.close();
  }
}

/** Folders and name of the file that `relativePath` means once the workspace's links on the way to it are followed. */
async function resolvedSegments(root: string, relativePath: string): Promise<string[]> {
  const problem = workspacePathProblem(relativePath);
  if (problem !== undefined) throw new ValidationError(`The staged path "${relativePath}" ${problem}.`);
  const segments = relativePath.split('/');
  // The longest part that exists decides: what is below it is going to be made.
  for (let depth = segments.length - 1; depth > 0; depth -= 1) {
    const folder = await realpathOrUndefined(path.join(root, ...segments.slice(0, depth)));
    if (folder === undefined) continue;
    if (!isBelow(folder, root)) {
      throw new ValidationError(`The staged path "${relativePath}" goes through a link that leaves the workspace.`);
    }
    const inside = path.relative(root, folder);
    return [...(inside === '' ? [] : inside.split(path.sep)), ...segments.slice(depth)];
  }
  return segments;
}

async function realpathOrUndefined(folder: string): Promise<string | undefined> {
  try {
    return await realpath(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function writeChange(
  root: FileHandle,
  segments: readonly string[],
  content: StagedContent | null,
  relativePath: string,
): Promise<void> {
  const opened: FileHandle[] = [];
  try {
    let folder = root;
    for (const segment of segments.slice(0, -1)) {
      const next = await openFolder(folder, segment, content !== null);
      if (next === undefined) return;
      opened.push(next);
      folder = next;
    }
    const file = below(folder, segments.at(-1) ?? '');
    await removeFile(file);
    if (content !== null) await createFile(file, content);
  } catch (cause) {
    throw stagingError(relativePath, cause);
  } finally {
    await Promise.all(opened.map(handle => handle.close()));
  }
}

/** A path that the kernel resolves from the open folder and not from its name, as `openat` does. */
function below(folder: FileHandle, name: string): string {
  return `/proc/self/fd/${folder.fd}/${name}`;
}

/** Opens a folder, making it if wanted; undefined when there is none to delete from. */
async function openFolder(parent: FileHandle, name: string, isWanted: boolean): Promise<FileHandle | undefined> {
  const folder = below(parent, name);
  try {
    return await open(folder, FOLDER_FLAGS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if (!isWanted) return undefined;
  }
  await mkdir(folder);
  return open(folder, FOLDER_FLAGS);
}

/** Removes a file, or a folder that has become empty. */
async function removeFile(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') await rmdir(file);
    else if (code !== 'ENOENT') throw error;
  }
}

async function createFile(file: string, { content, isExecutable }: StagedContent): Promise<void> {
  const handle = await open(file, NEW_FILE_FLAGS);
  try {
    await handle.writeFile(content);
    await handle.chmod(isExecutable ? 0o755 : 0o644);
  } finally {
    await handle.close();
  }
}

function stagingError(relativePath: string, cause: unknown): Error {
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'ENOTDIR':
    case 'ELOOP':
      return new ValidationError(`The staged path "${relativePath}" goes through a file or a link, not a folder.`, {
        cause,
      });
    case 'ENOTEMPTY':
      return new ValidationError(`The staged path "${relativePath}" is a folder in the workspace.`, { cause });
    case 'ENOSPC':
      return new SandboxError(
        'The staged changes do not fit into the sandbox; raise its disk limit (sandbox limit diskBytes).',
        { cause },
      );
    default:
      return new SandboxError(`The staged file "${relativePath}" could not be written into the sandbox.`, { cause });
  }
}
