import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { AbortError } from '../../../../src/base/errors.ts';
import { listSourceFiles } from '../../../../src/sandbox/process/sourceFiles.ts';
import { neverAborted, writeFiles } from '../../../support/sandbox.ts';
import { useTemporaryDirectory } from '../../../support/temporaryDirectory.ts';

describe('listSourceFiles', () => {
  const root = useTemporaryDirectory();
  const git = (...parameters: readonly string[]) => execFileSync('git', parameters, { cwd: root(), stdio: 'pipe' });

  async function list() {
    const { files, packageFolders } = await listSourceFiles(root(), { signal: neverAborted() });
    return { files: [...files].sort(), packageFolders: [...packageFolders].sort() };
  }

  const files = {
    'a.txt': '',
    'src/b.txt': '',
    'dist/built.js': '',
    'node_modules/lib/index.js': '',
    'packages/one/package.json': '{}',
    'packages/one/node_modules/lib/index.js': '',
    'odd "name"\n ü.txt': '',
  };

  it('has what git tracks or would track, and installed packages by folder', async () => {
    git('init', '--quiet');
    writeFiles(root(), { ...files, '.gitignore': 'dist\nnode_modules\n' });
    git('add', 'a.txt');
    assert.deepEqual(await list(), {
      files: ['.gitignore', 'a.txt', 'odd "name"\n ü.txt', 'packages/one/package.json', 'src/b.txt'],
      packageFolders: ['node_modules', 'packages/one/node_modules'],
    });
  });

  it('leaves packages to their folder although git tracks them', async () => {
    git('init', '--quiet');
    writeFiles(root(), files);
    git('add', '--all');
    assert.ok((await list()).files.every(file => !file.includes('node_modules')));
  });

  it('has everything where there is no git, without following links', async () => {
    writeFiles(root(), files);
    symlinkSync('/', path.join(root(), 'link'));
    assert.deepEqual(await list(), {
      files: ['a.txt', 'dist/built.js', 'link', 'odd "name"\n ü.txt', 'packages/one/package.json', 'src/b.txt'],
      packageFolders: ['node_modules', 'packages/one/node_modules'],
    });
  });

  it("runs nothing that the repository's settings name", async () => {
    git('init', '--quiet');
    writeFiles(root(), { 'a.txt': '', 'hook.sh': `#!/bin/sh\ntouch '${path.join(root(), 'ran')}'\n` });
    chmodSync(path.join(root(), 'hook.sh'), 0o755);
    git('config', 'core.fsmonitor', path.join(root(), 'hook.sh'));
    assert.deepEqual((await list()).files, ['a.txt', 'hook.sh']);
    assert.ok(!existsSync(path.join(root(), 'ran')));
  });

  it('stops on abort', async () => {
    await assert.rejects(listSourceFiles(root(), { signal: AbortSignal.abort() }), AbortError);
  });
});
