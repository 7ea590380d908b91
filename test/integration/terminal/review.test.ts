import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { createTrellis } from '../../../src/app/trellis.ts';
import { openWorkspaceSink } from '../../../src/app/workspaceSink.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { SqliteJournal } from '../../../src/journal/sqliteJournal.ts';
import { journalFileIn, prepareStorageDirectory } from '../../../src/journal/storageDirectory.ts';
import { runCommandLine } from '../../../src/terminal/main.ts';
import type { ReviewObject } from '../../../src/terminal/review/reviewObject.ts';
import { buildItem, buildPlan } from '../../support/builders.ts';
import { FakeOutput } from '../../support/fakeOutput.ts';
import { ReviewFixture } from '../../support/reviewFixture.ts';
import { stagedChange } from '../../support/stagedChange.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { snapshotTree, writeTree } from '../../support/treeSnapshot.ts';

const filler = Array.from({ length: 20 }, (_, index) => `// ${index}\n`).join('');
const source = (double: string, triple: string) =>
  `export const double = n => ${double};\n${filler}export const triple = n => ${triple};\n`;
const before = {
  'package.json': JSON.stringify({ name: 'numbers', type: 'module', scripts: { test: 'node --test' } }),
  'src/numbers.js': source('n + n + 1', '3 * n'),
  'notes.md': 'one\ntwo\nthree\n',
};
const tests = `import assert from 'node:assert/strict';
import test from 'node:test';
import { double } from '../src/numbers.js';
test('doubles', () => assert.equal(double(2), 4));
`;
const after = {
  'src/numbers.js': source('2 * n', 'n * 3'),
  'test/numbers.test.js': tests,
  'notes.md': 'one\nTWO\nthree\n',
};

describe('trellis review and trellis revert', function () {
  // Tests run in the sandbox, on a machine that may be busy.
  this.timeout(60_000);
  const temporary = useTemporaryDirectory();
  const workspace = () => path.join(temporary(), 'project');
  const project = () => {
    const { '.trellis/': _, ...files } = snapshotTree(workspace());
    return Object.fromEntries(Object.entries(files).filter(([name]) => !name.startsWith('.trellis/')));
  };
  const read = (name: string) => readFileSync(path.join(workspace(), name), 'utf8');

  /** A run that ended at its review. */
  beforeEach(async () => {
    mkdirSync(workspace());
    writeTree(workspace(), before);
    const storage = await prepareStorageDirectory(workspace());
    const journal = new SqliteJournal({ file: journalFileIn(storage), clock: systemClock });
    const plan = buildPlan([
      buildItem('fix', { filePath: 'src/numbers.js', description: 'Mend double' }),
      buildItem('check', { filePath: 'test/numbers.test.js', mode: 'sdet', description: 'Test it' }),
    ]);
    const changes = [
      stagedChange('notes.md', before['notes.md'], after['notes.md']),
      stagedChange('src/numbers.js', before['src/numbers.js'], after['src/numbers.js']),
      stagedChange('test/numbers.test.js', undefined, tests),
    ];
    const never = { first: 22, last: 22 };
    const coverage = [{ path: 'src/numbers.js', neverRan: [never], partlyRan: [] }];
    const { run } = new ReviewFixture(changes, { journal, plan, coverage });
    run.append({ type: 'run.ended', outcome: 'cancelled', message: 'You cancelled the run; nothing was applied.' });
    await journal.dispose();
  });

  async function trellis(args: readonly string[], input = '', environment: Record<string, string> = {}) {
    const [stdin, stdout, stderr] = [new PassThrough(), new FakeOutput(), new FakeOutput()];
    stdin.end(input);
    const code = await runCommandLine(args, {
      stdin,
      stdout,
      stderr,
      environment: { NO_COLOR: '1', ...environment },
      currentDirectory: workspace(),
      version: 'test',
      resourcesDirectory: path.join(import.meta.dirname, '../../..'),
      clock: systemClock,
      createTrellis,
      openSink: openWorkspaceSink,
      onInterrupt: () => ({ dispose: () => undefined }),
      exitNow: () => assert.fail('nothing ends the process'),
    });
    return { code, out: stdout.text, error: stderr.text };
  }
  const reviewed = async () => JSON.parse((await trellis(['review', 'test', '--json'])).out) as ReviewObject;
  const hunksOf = async (name: string) => (await reviewed()).files.find(file => file.path === name)?.hunks ?? [];

  it('lists items, files and hunks, with what to look at, and changes nothing', async () => {
    const { code, out } = await trellis(['review', 'test']);
    const [first, second] = await hunksOf('src/numbers.js');
    assert.equal(code, 0);
    for (const line of [
      'fix: Mend double',
      '  [x] src/numbers.js (modified) +2 -2',
      '      ! Of its changed lines, 1 never ran in the tests (measured).',
      `      [x] ${first?.id.slice(0, 8)} line 1 +1 -1`,
      `      [x] ${second?.id.slice(0, 8)} line 19 +1 -1\n          ! Line 22 never ran in the tests.`,
      'check: Test it',
      'Changed by no item',
      '3 files kept. 3 tests pass.',
    ])
      assert.ok(out.includes(line), `${line} is not in\n${out}`);
    const shown = await trellis(['review', 'test', 'show', 'notes.md']);
    assert.match(
      shown.out,
      /^notes\.md \(modified\) \+1 -1\n@@ \w{8} line 1 \+1 -1 kept\n {2}one\n- two\n\+ TWO\n {2}three\n$/,
    );
    const { out: numbers } = await trellis(['review', 'test', 'show', 'src/numbers.js']);
    assert.match(numbers, /\n@@ \w{8} line 19 \+1 -1 kept\n! Line 22 never ran in the tests\.\n {2}/);
    assert.deepEqual(first?.reasons, []);
    assert.deepEqual(second?.reasons, [{ kind: 'uncovered', text: 'Line 22 never ran in the tests.' }]);
    assert.deepEqual(project(), before);
  });

  it('needs no key of a model provider, and takes no path that the run does not change', async () => {
    const environment = { TRELLIS_PLANNER_PROVIDER: 'openai', TRELLIS_PLANNER_MODEL: 'm' };
    const { code, error } = await trellis(['review', 'test', '--reject', 'src/other.js'], '', environment);
    assert.deepEqual(
      [code, error],
      [2, 'trellis: The run does not change "src/other.js"; trellis review lists its files and hunks.\n'],
    );
  });

  it('applies what is accepted by hunk after the tests held for exactly that', async () => {
    const [first] = await hunksOf('src/numbers.js');
    const { code, out, error } = await trellis([
      ...['review', 'test', '--accept', `src/numbers.js#${first?.id.slice(0, 6)}`, '--accept', 'test/numbers.test.js'],
    ]);
    assert.deepEqual([code, error], [0, '']);
    assert.match(
      out,
      /^Tests \(selection, in the process sandbox\): 1 passed, 0 failed .*\nWhat is kept: 1 test passes\.\nApplied: 2 files\.\n$/,
    );
    assert.deepEqual(project(), {
      ...before,
      'src/numbers.js': source('2 * n', '3 * n'),
      'test/numbers.test.js': tests,
    });
    const again = await trellis(['review', 'test', '--all']);
    assert.equal(again.code, 2);
    assert.match(again.error, /applied already/);
    assert.match((await trellis(['history'])).out, /applied/);
  });

  it('applies nothing whose tests fail, names the hunk that they need, and gives way once that was seen', async () => {
    const [first] = await hunksOf('src/numbers.js');
    const reject = ['review', 'test', '--reject', `src/numbers.js#${first?.id}`];
    const failed = await trellis([...reject, '--despite-tests']);
    assert.equal(failed.code, 1);
    assert.match(failed.error, /Nothing was applied\. The tests fail: "doubles"\. Give --despite-tests as well/);
    assert.match(failed.error, new RegExp(`rejected here:\n {2}src/numbers\\.js#${first?.id.slice(0, 8)}\n`));
    assert.deepEqual(project(), before);
    assert.deepEqual((await reviewed()).proof?.neededHunks, [{ path: 'src/numbers.js', hunkId: first?.id }]);
    const forced = await trellis([...reject, '--despite-tests']);
    assert.deepEqual([forced.code, forced.out], [0, 'Applied: 3 files.\n'], forced.error);
    assert.equal(read('src/numbers.js'), source('n + n + 1', 'n * 3'));
  });

  it('writes a patch of what is kept that git applies to the same files', async () => {
    const [, second] = await hunksOf('src/numbers.js');
    const patch = path.join(temporary(), 'kept.patch');
    const { code, out } = await trellis([
      'review',
      'test',
      '--reject',
      `src/numbers.js#${second?.id}`,
      '--patch',
      patch,
    ]);
    assert.deepEqual([code, out], [0, '']);
    assert.deepEqual(project(), before);
    assert.equal((await trellis(['review', 'test', '--patch', '-'])).out, readFileSync(patch, 'utf8'));
    execFileSync('git', ['init', '-q'], { cwd: workspace() });
    execFileSync('git', ['apply', '--check', patch], { cwd: workspace() });
    execFileSync('git', ['apply', patch], { cwd: workspace() });
    assert.equal(read('src/numbers.js'), source('2 * n', '3 * n'));
    assert.deepEqual([read('notes.md'), read('test/numbers.test.js')], [after['notes.md'], tests]);
  });

  it('asks hunk by hunk, and applies what was kept', async () => {
    // h: hunk by hunk; notes.md no, numbers.js first yes, second no, the test yes; then apply.
    const { code, out } = await trellis(['review', 'test', '--interactive'], 'h\nn\ny\nn\na\ny\n');
    assert.equal(code, 0, out);
    assert.match(
      out,
      /\(2\/4\) src\/numbers\.js \(modified\) \+2 -2\n@@ \w{8} line 1 \+1 -1 kept\n- export const double/,
    );
    assert.match(out, /\[y\/n\/a\/d\/e\/c\/j\/k\/q\/\?\] /);
    assert.match(out, /Apply these changes to 2 files\?/);
    assert.deepEqual(project(), {
      ...before,
      'src/numbers.js': source('2 * n', '3 * n'),
      'test/numbers.test.js': tests,
    });
  });

  it('edits the staged text in the editor of the person, and tests what came of it', async () => {
    const script = path.join(temporary(), 'editor.sh');
    writeFileSync(script, `sed -i 's/2 \\* n/n * 2/' "$1"\n`);
    const { code, out } = await trellis(['review', 'test', '--interactive'], 'h\nj\ne\nq\ny\n', {
      EDITOR: `sh ${script}`,
    });
    assert.equal(code, 0, out);
    assert.equal(read('src/numbers.js'), source('n * 2', 'n * 3'));
  });

  it('keeps what was decided when the person leaves', async () => {
    const { code, out } = await trellis(['review', 'test', '--interactive'], 'h\nn\nq\nq\n');
    assert.deepEqual([code, out.endsWith('Nothing was applied; what you decided is kept.\n')], [0, true]);
    assert.equal((await reviewed()).files[0]?.decision, 'rejected');
    const { code: applied } = await trellis(['review', 'test', '--apply']);
    assert.equal(applied, 0);
    assert.deepEqual(project(), { ...before, ...after, 'notes.md': before['notes.md'] });
  });

  it('shows a file that was edited meanwhile in the same place with both versions, and overwrites nothing', async () => {
    writeFileSync(path.join(workspace(), 'notes.md'), 'one\nmine\nthree\n');
    const { code, error } = await trellis(['review', 'test', '--all']);
    assert.equal(code, 1);
    assert.match(error, /notes\.md has conflicts with what is in your workspace/);
    assert.equal(read('notes.md'), 'one\nmine\nthree\n');
    const { out } = await trellis(['review', 'test', 'show', 'notes.md']);
    assert.match(
      out,
      /<<<<<<< in your workspace\n {2}mine\n[^]*\n\+ \|{7} before\n\+ two\n\+ =======\n\+ TWO\n\+ >>>>>>> staged by Trellis/,
    );
    assert.equal((await trellis(['review', 'test', '--apply', '--reject', 'notes.md'])).code, 0);
    assert.deepEqual([read('notes.md'), read('src/numbers.js')], ['one\nmine\nthree\n', after['src/numbers.js']]);
  });

  it('turns the changes down, and takes them up again later', async () => {
    assert.equal((await trellis(['review', 'test', '--refuse'])).code, 0);
    assert.deepEqual(project(), before);
    assert.match((await trellis(['history'])).out, /refused/);
    assert.equal((await trellis(['review', 'test', '--all'])).code, 0);
    assert.deepEqual(project(), { ...before, ...after });
  });

  it('puts what was accepted on a branch too, a commit for each item, where that is wanted', async () => {
    writeFileSync(path.join(workspace(), '.trellis/config.yml'), 'git: { branch: trellis/<run> }\n');
    const git = (...args: string[]) => execFileSync('git', args, { cwd: workspace(), encoding: 'utf8', stdio: 'pipe' });
    const without = await trellis(['review', 'test', '--all']);
    assert.equal(without.code, 0);
    assert.match(
      without.out,
      /! Nothing was committed to the branch trellis\/run_test: .* is not in the work tree of a git repository\./,
    );
    assert.equal((await trellis(['revert', 'test'])).code, 0);
    git('init', '-q', '-b', 'main');
    git('config', 'user.name', 'A Person');
    git('config', 'user.email', 'person@example.org');
    git('add', '.');
    git('commit', '-q', '-m', 'First');
    const head = git('rev-parse', 'HEAD');
    const { code, out } = await trellis(['review', 'test', '--all']);
    assert.equal(code, 0);
    assert.match(out, /Committed to trellis\/run_test: 3 commits\.\n$/);
    const format = '--format=%s|%(trailers:key=Trellis-Item,valueonly,separator=%x2C)';
    assert.deepEqual(git('log', format, 'main..trellis/run_test').trim().split('\n'), [
      'Do it|',
      'Test it|check',
      'Mend double|fix',
    ]);
    assert.equal(git('show', 'trellis/run_test:src/numbers.js'), after['src/numbers.js']);
    assert.deepEqual([git('rev-parse', 'HEAD'), git('diff', '--name-only').split('\n').length], [head, 3]);
  });

  it('reverts exactly the run, with later edits kept', async () => {
    assert.equal((await trellis(['review', 'test', '--all'])).code, 0);
    writeFileSync(path.join(workspace(), 'src/numbers.js'), after['src/numbers.js'].replace('// 10\n', '// mine\n'));
    writeFileSync(path.join(workspace(), 'own.txt'), 'mine\n');
    const { code, out } = await trellis(['revert', 'test']);
    assert.deepEqual([code, out], [0, 'Taken back: 3 files. notes.md, src/numbers.js, test/numbers.test.js\n']);
    assert.deepEqual(project(), {
      ...before,
      'src/numbers.js': before['src/numbers.js'].replace('// 10\n', '// mine\n'),
      'own.txt': 'mine\n',
    });
    const twice = await trellis(['revert', 'test']);
    assert.deepEqual([twice.code, /taken back already/.test(twice.error)], [2, true]);
    assert.equal((await trellis(['review', 'test', '--apply'])).code, 0, 'and can be applied again');
  });

  it('reverts nothing where later edits are in the same places, and names the files', async () => {
    assert.equal((await trellis(['review', 'test', '--all'])).code, 0);
    writeFileSync(path.join(workspace(), 'notes.md'), 'one\nTWO and mine\nthree\n');
    const now = project();
    const { code, error, out } = await trellis(['revert', 'test', '--json']);
    assert.equal(code, 1);
    assert.match(error, /notes\.md was edited since in the same places, so nothing was taken back/);
    assert.deepEqual(JSON.parse(out), { runId: 'run_test', paths: [], conflicts: ['notes.md'] });
    assert.deepEqual(project(), now);
  });
});
