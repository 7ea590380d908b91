import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { silentLogger } from '../../../src/base/logger.ts';
import { createGitHistory } from '../../../src/planning/context/gitHistory.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

describe('the git history', () => {
  const directory = useTemporaryDirectory();
  const git = (...words: string[]) => execFileSync('git', words, { cwd: directory(), encoding: 'utf8' });
  const write = (file: string, text: string) => {
    const target = path.join(directory(), file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  };
  const commit = (...files: string[]) => {
    for (const file of files) write(file, `${file} ${Math.random()}`);
    git('add', '-A');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '-q', '-m', 'x');
  };
  const commitsOf = (folder = directory(), signal = new AbortController().signal) =>
    createGitHistory({ directory: folder, logger: silentLogger }).recentCommits({ signal });

  it('tells what each commit changed, the newest first, whatever the names are', async () => {
    git('init', '-q');
    commit('a.ts', 'dir/ä b.ts');
    commit('new\nline.ts');
    commit('a.ts');
    assert.deepEqual(await commitsOf(), [['a.ts'], ['new\nline.ts'], ['a.ts', 'dir/ä b.ts']]);
  });

  it('speaks of the workspace where that is a folder of the repository', async () => {
    git('init', '-q');
    commit('packages/one/a.ts', 'packages/two/b.ts');
    assert.deepEqual(await commitsOf(path.join(directory(), 'packages/one')), [['a.ts']]);
  });

  it('is empty where there is no repository, no commit, or no folder', async () => {
    assert.deepEqual(await commitsOf(), []);
    git('init', '-q');
    assert.deepEqual(await commitsOf(), []);
    assert.deepEqual(await commitsOf(path.join(directory(), 'missing')), []);
  });

  it('runs no program that the repository’s configuration names', async () => {
    git('init', '-q');
    commit('a.ts');
    write('trap.sh', `#!/bin/sh\ntouch "${directory()}/sprung"\n`);
    const trap = path.join(directory(), 'trap.sh');
    execFileSync('chmod', ['+x', trap]);
    for (const [key, value] of [
      ['core.fsmonitor', trap],
      ['core.pager', trap],
      ['core.editor', trap],
      ['diff.external', trap],
      ['log.showSignature', 'true'],
      ['gpg.program', trap],
    ] as const)
      git('config', key, value);
    assert.deepEqual(await commitsOf(), [['a.ts']]);
    assert.equal(existsSync(path.join(directory(), 'sprung')), false);
  });

  it('rejects when aborted', async () => {
    const reason = new Error('enough');
    await assert.rejects(commitsOf(directory(), AbortSignal.abort(reason)), reason);
  });
});
