import assert from 'node:assert/strict';
import { withoutContent } from '../../../../src/orchestrator/review/stagedContents.ts';
import { ReviewFixture, testReport } from '../../../support/reviewFixture.ts';
import { stagedChange } from '../../../support/stagedChange.ts';

const { signal } = new AbortController();

async function kindsOf(fixture: ReviewFixture) {
  const reasons = await fixture.review.reasons({ signal });
  return Object.fromEntries([...reasons].map(([path, found]) => [path, found.map(({ kind }) => kind)]));
}

describe('the reasons to look', () => {
  it('say which source files no test reaches, through other files and by name too', async () => {
    const fixture = new ReviewFixture([
      stagedChange('src/direct.ts', undefined, 'export const a = 1;\n'),
      stagedChange('src/through.ts', undefined, 'export const b = 1;\n'),
      stagedChange('src/named.ts', undefined, 'export const c = 1;\n'),
      stagedChange('src/alone.ts', undefined, 'export const d = 1;\n'),
      stagedChange('test/direct.test.ts', undefined, `import { a } from '../src/direct.ts';\n`),
      stagedChange('README.md', 'one\n', 'two\n'),
    ]);
    fixture.files.set('src/middle.ts', `export { b } from './through.ts';\n`);
    fixture.files.set('test/middle.test.ts', `import { b } from '../src/middle.ts';\n`);
    fixture.files.set('test/named.test.ts', 'runs(it);\n');
    assert.deepEqual(await kindsOf(fixture), {
      'src/direct.ts': [],
      'src/through.ts': [],
      'src/named.ts': [],
      'src/alone.ts': ['noTest'],
      'test/direct.test.ts': [],
      'README.md': [],
    });
    const [reason] = (await fixture.review.reasons({ signal })).get('src/alone.ts') ?? [];
    assert.equal(reason?.text, 'No test reaches it (told by the imports and names of 3 test files).');
  });

  it('count the files that import it, as the workspace is with the changes made', async () => {
    const fixture = new ReviewFixture([
      stagedChange('src/core.ts', 'export const a = 1;\n', 'export const a = 2;\n'),
      stagedChange('src/user5.ts', undefined, `import { a } from './core.ts';\n`),
    ]);
    for (let index = 1; index < 5; index++)
      fixture.files.set(`src/user${index}.ts`, `import { a } from './core.ts';\n`);
    fixture.files.set('src/core.ts', 'export const a = 1;\n');
    fixture.files.set('test/core.test.ts', '');
    const reasons = (await fixture.review.reasons({ signal })).get('src/core.ts');
    assert.deepEqual(reasons, [{ kind: 'manyDependents', text: '5 files import it.' }]);
  });

  it('tell loose matches, failing tests, and that nothing was tested', async () => {
    const loose = { ...stagedChange('a.md', 'one\n', 'two\n'), loosestMatch: 'indentation' as const };
    const failure = { name: 'adds', message: 'no', file: 'test/a.test.ts' };
    const failing = new ReviewFixture([loose, stagedChange('test/a.test.ts', undefined, 'x\n')], {
      test: () => ({ ...testReport(['adds']), failures: [failure] }),
    });
    assert.deepEqual(await kindsOf(failing), { 'a.md': ['looselyMatched'], 'test/a.test.ts': ['failingTests'] });
    const untested = new ReviewFixture([stagedChange('a.md', 'one\n', 'two\n')], { test: () => 'No sandbox.' });
    assert.deepEqual(await kindsOf(untested), { 'a.md': ['unproven'] });
  });

  it('tell what the tests left out where that was measured, whatever imports say', async () => {
    const fixture = new ReviewFixture(
      [
        stagedChange('src/all.ts', undefined, 'a();\n'),
        stagedChange('src/some.ts', undefined, 'a();\nb();\nc();\n'),
        stagedChange('src/unmeasured.ts', undefined, 'a();\n'),
      ],
      {
        coverage: [
          { path: 'src/all.ts', neverRan: [], partlyRan: [] },
          { path: 'src/some.ts', neverRan: [{ first: 1, last: 2 }], partlyRan: [{ first: 3, last: 3 }] },
        ],
      },
    );
    const reasons = await fixture.review.reasons({ signal });
    assert.deepEqual(Object.fromEntries(reasons), {
      'src/all.ts': [],
      'src/some.ts': [
        {
          kind: 'uncovered',
          text: 'Of its changed lines, 2 never ran and 1 ran only in part in the tests (measured).',
        },
      ],
      'src/unmeasured.ts': [{ kind: 'noTest', text: 'No test reaches it (there are no test files).' }],
    });
  });

  it('of a hunk name the lines that the tests left out, where they are now', () => {
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => `line${from + index}();\n`).join('');
    const added = 'one();\ntwo();\nthree();\n';
    const fixture = new ReviewFixture(
      [stagedChange('src/a.ts', lines(1, 20), `${lines(1, 4)}${added}${lines(5, 19)}last();\n`)],
      { coverage: [{ path: 'src/a.ts', neverRan: [{ first: 6, last: 7 }], partlyRan: [{ first: 23, last: 23 }] }] },
    );
    const { review } = fixture;
    const told = (each = review) => each.files[0]?.hunks.map(({ reasons }) => reasons.map(({ text }) => text));
    assert.deepEqual(told(), [['Lines 6–7 never ran in the tests.'], ['Line 23 ran only in part in the tests.']]);
    assert.deepEqual(told(fixture.reopened()), told());
    review.edit('src/a.ts', `new();\nnew();\n${lines(1, 4)}${added}${lines(5, 19)}end();\n`);
    assert.deepEqual(told(), [[], ['Lines 8–9 never ran in the tests.'], []]);
  });

  it('do not take what was measured of an earlier result', async () => {
    const coverage = [{ path: 'src/a.ts', neverRan: [{ first: 1, last: 1 }], partlyRan: [] }];
    const fixture = new ReviewFixture([stagedChange('src/a.ts', undefined, 'a();\n')], { coverage });
    assert.deepEqual(await kindsOf(fixture), { 'src/a.ts': ['uncovered'] });
    const after = [stagedChange('src/a.ts', undefined, 'b();\n')];
    fixture.run.append({ type: 'result.staged', treeHash: 'another', changes: after.map(withoutContent) });
    for (const { after: version } of after) if (version) fixture.run.contents.put(version.content);
    assert.deepEqual(await kindsOf(fixture), { 'src/a.ts': ['noTest'] });
    assert.deepEqual(fixture.review.files[0]?.hunks[0]?.reasons, []);
  });
});
