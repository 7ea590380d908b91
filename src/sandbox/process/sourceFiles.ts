import { execFile } from 'node:child_process';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { AbortError } from '../../base/errors.ts';

/** What a real copy of the workspace is made of. */
export interface SourceFiles {
  /** Files and links to copy, relative to the workspace. */
  readonly files: readonly string[];
  /** Folders of installed packages, relative to the workspace, that are shown read-only instead. */
  readonly packageFolders: readonly string[];
}

const PACKAGE_FOLDERS = ['node_modules', '.venv', 'venv'];
const MAX_LIST_BYTES = 256 * 1024 * 1024;

/** The project's own files: those that git does not ignore, or all where there is no git. */
export async function listSourceFiles(
  root: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<SourceFiles> {
  const listed = await listByGit(root, signal);
  if (signal.aborted) throw new AbortError();
  if (listed === undefined) return walk(root, signal);
  const folders = new Set(['', ...listed.flatMap(foldersAbove)]);
  const packageFolders: string[] = [];
  for (const folder of folders) {
    for (const name of PACKAGE_FOLDERS) {
      const candidate = path.posix.join(folder, name);
      if (await isFolder(path.join(root, candidate))) packageFolders.push(candidate);
    }
  }
  return {
    files: listed.filter(file => !packageFolders.some(folder => file.startsWith(`${folder}/`))),
    packageFolders,
  };
}

/**
 * Tracked files and new ones that are not ignored; undefined when git cannot tell. The repository's own settings must not
 * make git run anything, which `core.fsmonitor` could.
 */
function listByGit(root: string, signal: AbortSignal): Promise<string[] | undefined> {
  const question = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  return new Promise(resolve => {
    execFile(
      'git',
      ['-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false', ...question],
      { cwd: root, env: { PATH: '/usr/bin:/bin' }, maxBuffer: MAX_LIST_BYTES, signal, encoding: 'utf8' },
      (error, stdout) => {
        resolve(error === null ? [...new Set(stdout.split('\0').filter(Boolean))] : undefined);
      },
    );
  });
}

async function walk(root: string, signal: AbortSignal): Promise<SourceFiles> {
  const files: string[] = [];
  const packageFolders: string[] = [];
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    if (signal.aborted) throw new AbortError();
    for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
      const relativePath = path.posix.join(folder, entry.name);
      if (entry.isFile() || entry.isSymbolicLink()) files.push(relativePath);
      else if (!entry.isDirectory() || entry.name === '.git') continue;
      else if (PACKAGE_FOLDERS.includes(entry.name)) packageFolders.push(relativePath);
      else pending.push(relativePath);
    }
  }
  return { files, packageFolders };
}

function foldersAbove(file: string): string[] {
  const segments = file.split('/').slice(0, -1);
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isDirectory();
  } catch {
    return false; // most folders have none of these
  }
}
