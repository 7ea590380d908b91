import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ValidationError } from '../../../src/base/errors.ts';
import { commitItems, type ItemCommit } from '../../../src/changes/git/itemCommits.ts';
import { stagedChange } from '../../support/stagedChange.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { snapshotTree, writeTree } from '../../support/treeSnapshot.ts';

const { signal } = new AbortController();
const options = { branch: 'trellis/run_1', runId: 'run_1', signal };
const body = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n';

const items: readonly ItemCommit[] = [
  {
    itemId: 'first',
    title: 'Change a\n\nTrellis-Run: forged',
    changes: [stagedChange('a.txt', body, body.replace('one', 'ONE'))],
  },
  {
    itemId: 'second',
    title: 'Add, move and delete',
    changes: [
      stagedChange('folder/new name.sh', undefined, { content: 'echo\n', isExecutable: true }),
      stagedChange('moved.txt', 'old\n', 'old\nand new\n', 'old.txt'),
      stagedChange('gone.txt', 'gone\n', undefined),
    ],
  },
];

describe('commits of an accepted run', () => {
  const temporary = useTemporaryDirectory();
  const project = () => path.join(temporary(), 'project');
  const git = (...args: string[]) => execFileSync('git', args, { cwd: project(), encoding: 'utf8', stdio: 'pipe' });
  const show = (file: string, branch = options.branch) => git('show', `${branch}:${file}`);
  const commit = (list = items, changes = {}) => commitItems(list, { ...options, directory: project(), ...changes });
  const refusal = (reason: RegExp) => (error: unknown) =>
    error instanceof ValidationError && reason.test(error.message);
  /** Everything of the user's that must not move. */
  const theirs = () => ({
    files: Object.entries(snapshotTree(project())).filter(([name]) => !name.startsWith('.git/')),
    head: git('symbolic-ref', 'HEAD') + git('rev-parse', 'HEAD'),
    index: readFileSync(path.join(project(), '.git/index')).toString('base64'),
    status: git('status', '--porcelain'),
    stash: git('stash', 'list'),
  });

  beforeEach(() => {
    mkdirSync(project());
    writeTree(project(), { 'a.txt': body, 'old.txt': 'old\n', 'gone.txt': 'gone\n' });
    git('init', '-q', '-b', 'main');
    git('config', 'user.name', 'A Person');
    git('config', 'user.email', 'person@example.org');
    git('add', '.');
    git('commit', '-q', '-m', 'First');
  });

  it('are one an item, with trailers, on a branch of their own', async () => {
    const { branch, commits } = await commit();
    assert.deepEqual([branch, commits.map(({ itemId }) => itemId)], ['trellis/run_1', ['first', 'second']]);
    const format =
      '--format=%s|%(trailers:key=Trellis-Run,valueonly,separator=%x2C)|%(trailers:key=Trellis-Item,valueonly,separator=%x2C)|%an';
    assert.deepEqual(git('log', format, 'main..trellis/run_1').trim().split('\n'), [
      'Add, move and delete|run_1|second|A Person',
      'Change a Trellis-Run: forged|run_1|first|A Person',
    ]);
    assert.equal(show('a.txt'), body.replace('one', 'ONE'));
    assert.equal(
      git('ls-tree', '-r', '--format=%(objectmode) %(path)', 'trellis/run_1'),
      '100644 a.txt\n100755 folder/new name.sh\n100644 moved.txt\n',
    );
    assert.equal(git('diff', '--stat', 'main', `${commits[0]?.commit}`).includes('a.txt'), true);
  });

  it('leave a dirty tree, what is staged, the index, HEAD and the stash as they were, and run no hook', async () => {
    writeFileSync(path.join(project(), 'a.txt'), body.replace('seven', 'mine'));
    writeFileSync(path.join(project(), 'stashed.txt'), 'x\n');
    git('add', 'stashed.txt');
    git('stash', '-q');
    writeFileSync(path.join(project(), 'a.txt'), body.replace('seven', 'mine'));
    writeFileSync(path.join(project(), 'staged.txt'), 'staged\n');
    git('add', 'staged.txt');
    writeFileSync(path.join(project(), 'staged.txt'), 'staged and changed\n');
    writeFileSync(path.join(project(), 'untracked.txt'), 'untracked\n');
    const before = theirs();
    const hookRan = path.join(temporary(), 'hook-ran');
    for (const hook of ['pre-commit', 'post-commit', 'commit-msg', 'post-index-change', 'reference-transaction']) {
      const file = path.join(project(), '.git/hooks', hook);
      writeFileSync(file, `#!/bin/sh\ntouch "${hookRan}"\n`);
      chmodSync(file, 0o755);
    }
    await commit();
    assert.equal(existsSync(hookRan), false);
    assert.deepEqual(theirs(), before);
    assert.equal(show('a.txt'), body.replace('one', 'ONE'), 'what is not committed is not in it');
    assert.equal(git('ls-tree', '--name-only', 'trellis/run_1').includes('staged.txt'), false);
  });

  it('hold the run’s changes alone where the user changed the same file, too', async () => {
    const dirty = body.replace('seven', 'mine');
    const change = stagedChange('a.txt', dirty, dirty.replace('one', 'ONE'));
    await commit([{ itemId: 'first', title: 'Change a', changes: [change] }]);
    assert.equal(show('a.txt'), body.replace('one', 'ONE'));
  });

  it('are only ever added to a branch that is there', async () => {
    await commit(items.slice(0, 1));
    const first = git('rev-parse', 'trellis/run_1').trim();
    const { commits } = await commit();
    assert.deepEqual(
      commits.map(({ itemId }) => itemId),
      ['second'],
      'what is in the branch already makes no commit',
    );
    assert.equal(git('rev-parse', 'trellis/run_1^').trim(), first);
  });

  it('are made for a workspace in a folder of the repository, under the line ends that the repository keeps', async () => {
    writeTree(project(), { 'inner/b.txt': 'one\r\ntwo\r\n', '.gitattributes': '*.txt text eol=crlf\n' });
    git('add', '.');
    git('commit', '-q', '-m', 'Inner');
    const change = stagedChange('b.txt', 'one\r\ntwo\r\n', 'one\r\nTWO\r\n');
    await commit([{ title: 'Change b', changes: [change] }], { directory: path.join(project(), 'inner') });
    assert.equal(git('cat-file', 'blob', 'trellis/run_1:inner/b.txt'), 'one\nTWO\n');
    assert.equal(git('diff', '--name-only', 'main', 'trellis/run_1'), 'inner/b.txt\n');
  });

  it('are not made without a repository, or in one without a commit', async () => {
    const plain = path.join(temporary(), 'plain');
    mkdirSync(plain);
    await assert.rejects(
      commitItems(items, { ...options, directory: plain }),
      refusal(
        /^Nothing was committed to the branch trellis\/run_1: .*plain is not in the work tree of a git repository\.$/,
      ),
    );
    execFileSync('git', ['init', '-q'], { cwd: plain });
    await assert.rejects(commitItems(items, { ...options, directory: plain }), refusal(/no commit yet/));
  });

  it('are made in a repository of longer hashes', async () => {
    rmSync(path.join(project(), '.git'), { recursive: true });
    git('init', '-q', '-b', 'main', '--object-format=sha256');
    git('config', 'user.name', 'A Person');
    git('config', 'user.email', 'person@example.org');
    git('add', '.');
    git('commit', '-q', '-m', 'First');
    const { commits } = await commit();
    assert.equal(commits[0]?.commit.length, 64);
  });

  it('are not made by nobody, and what git says against them is one sentence', async () => {
    git('config', 'user.name', '');
    await assert.rejects(
      commit(),
      refusal(/: git does not know who you are; set user\.name and user\.email [^\n]*\.$/),
    );
    git('config', 'user.name', 'A Person');
    git('branch', 'trellis');
    await assert.rejects(commit(), refusal(/: git says "[^\n]*'refs\/heads\/trellis' exists[^\n]*"\.$/));
  });

  it('are not made in a repository within the repository, or below what is a file there', async () => {
    const inner = path.join(project(), 'inner');
    mkdirSync(inner);
    execFileSync('git', ['clone', '-q', project(), inner], { stdio: 'pipe' });
    git('add', 'inner');
    git('commit', '-q', '-m', 'Inner');
    for (const before of [body, undefined]) {
      const changes = [stagedChange('inner/a.txt', before, 'new\n')];
      await assert.rejects(
        commit([{ title: 'Inner', changes }]),
        refusal(/inner is no folder there, but a repository/),
      );
    }
    const changes = [stagedChange('a.txt/b.txt', undefined, 'new\n')];
    await assert.rejects(commit([{ title: 'Below', changes }]), refusal(/a\.txt is no folder there, but a file/));
  });

  it('are not made in the middle of a merge', async () => {
    git('checkout', '-q', '-b', 'other');
    writeFileSync(path.join(project(), 'a.txt'), body.replace('one', 'other'));
    git('commit', '-qam', 'Other');
    git('checkout', '-q', 'main');
    writeFileSync(path.join(project(), 'a.txt'), body.replace('one', 'main'));
    git('commit', '-qam', 'Main');
    assert.throws(() => git('merge', 'other'));
    const before = theirs();
    await assert.rejects(commit(), refusal(/a merge is not finished; finish or abort it first/));
    assert.deepEqual(theirs(), before);
  });

  it('are not made on the branch that is checked out, under a name that is none, or over what is not committed', async () => {
    await assert.rejects(commit(items, { branch: 'main' }), refusal(/it is checked out/));
    await assert.rejects(commit(items, { branch: 'a..b' }), refusal(/no name for a branch/));
    const dirty = body.replace('one', 'mine');
    const change = stagedChange('a.txt', dirty, dirty.replace('mine', 'ours'));
    await assert.rejects(
      commit([{ itemId: 'first', title: 'Change a', changes: [change] }]),
      refusal(/what you have not committed in a\.txt is in the same places/),
    );
    assert.equal(git('branch', '--list', 'trellis/*'), '');
  });
});
