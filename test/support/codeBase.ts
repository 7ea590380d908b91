// Code bases that were not written for a test, as folders that a test may change.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../..');

/**
 * This repository as it is in the working tree, in a git repository of its own at `folder`, with the installed packages.
 * Those are linked file by file, or copied where the folder is on another disk: a sandbox shows no link out of a workspace.
 */
export function copyThisRepository(folder: string): void {
  const listed = git(repository, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
  for (const name of listed.filter(file => file !== '' && existsSync(path.join(repository, file))))
    cpSync(path.join(repository, name), path.join(folder, name));
  commitAll(folder);
  const packages = path.join(repository, 'node_modules');
  const copies = path.join(folder, 'node_modules');
  try {
    execFileSync('cp', ['--archive', '--link', packages, copies], { stdio: 'pipe' });
  } catch {
    execFileSync('cp', ['--archive', '--force', packages, folder], { stdio: 'pipe' });
  }
}

/** An installed package as it was published, in a git repository at `folder`. `manifest`: such as `name/package.json`. */
export function copyInstalledPackage(manifest: string, folder: string): void {
  cpSync(path.dirname(createRequire(import.meta.url).resolve(manifest)), folder, { recursive: true });
  commitAll(folder);
}

/** What git says has changed in `folder` since the copy, a line for each file, sorted by path. */
export function changesIn(folder: string): string[] {
  const lines = git(folder, 'status', '--porcelain', '--untracked-files=all').split('\n').filter(Boolean);
  return lines.toSorted((left, right) => left.slice(3).localeCompare(right.slice(3)));
}

function commitAll(folder: string): void {
  git(folder, 'init', '--quiet');
  git(folder, 'add', '--all');
  const author = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost'];
  git(folder, ...author, 'commit', '--quiet', '--message', 'Begin');
}

function git(folder: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}
