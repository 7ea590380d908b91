import assert from 'node:assert/strict';
import type { FileChange } from '../../../src/domain/schema/changes.ts';
import { findResultViolations, findViolations } from '../../../src/world/worldModel.ts';
import { buildItem } from '../../support/builders.ts';

const change = (path: string): FileChange => ({
  path,
  kind: 'modified',
  isBinary: false,
  isExecutable: false,
  additions: 1,
  deletions: 1,
});

describe('the world model', () => {
  it('finds files changed that the item does not declare', async () => {
    const violations = await findViolations({
      item: buildItem('a'),
      reads: new Map(),
      changes: [change('src/a.ts'), change('package.json')],
      bases: new Map(),
      stagedPaths: new Set(),
      currentHash: () => Promise.resolve(''),
    });
    assert.deepEqual(
      violations.map(({ kind, path }) => [kind, path]),
      [['unexpected-change', 'package.json']],
    );
  });

  it('finds files that the user changed after they were read, and not those that a dependency staged', async () => {
    const violations = await findViolations({
      item: buildItem('a'),
      reads: new Map([
        ['same.ts', 'h1'],
        ['edited.ts', 'h2'],
        ['deleted.ts', 'h3'],
        ['made.ts', ''],
        ['staged.ts', 'h4'],
      ]),
      changes: [],
      bases: new Map(),
      stagedPaths: new Set(['staged.ts']),
      currentHash: path => Promise.resolve({ 'same.ts': 'h1', 'edited.ts': 'x', 'made.ts': 'y' }[path] ?? ''),
    });
    assert.deepEqual(
      violations.map(({ path, actual }) => [path, /changed|deleted|made/.exec(actual)?.[0]]),
      [
        ['edited.ts', 'changed'],
        ['deleted.ts', 'deleted'],
        ['made.ts', 'made'],
      ],
    );
  });

  it('finds that the user edited the very file that the item changed', async () => {
    const violations = await findViolations({
      item: buildItem('a'),
      reads: new Map([['src/a.ts', 'h1']]),
      changes: [change('src/a.ts')],
      bases: new Map([
        ['src/a.ts', 'h1'],
        ['src/new.ts', ''],
      ]),
      stagedPaths: new Set(['src/a.ts', 'src/new.ts']),
      currentHash: path => Promise.resolve(path === 'src/a.ts' ? 'h2' : ''),
    });
    assert.deepEqual(violations, [
      {
        kind: 'user-edit',
        itemId: 'a',
        path: 'src/a.ts',
        expected: 'src/a.ts stays in the workspace as it was when the run first saw it.',
        actual: 'It was changed in the workspace meanwhile.',
      },
    ]);
  });

  it('names the item behind a file that does not parse and a test that fails', () => {
    const violations = findResultViolations({
      items: [buildItem('a'), buildItem('t', { filePath: 'test/a.test.ts' })],
      newFailures: [
        { name: 'adds', message: 'x'.repeat(9_000), file: '/project/test/a.test.ts' },
        { name: 'subtracts', message: 'no' },
        ...Array.from({ length: 50 }, () => ({ name: 'more', message: '' })),
      ],
      syntaxProblems: [{ path: 'src/a.ts', message: 'Unexpected token' }],
    });
    assert.equal(violations.length, 21);
    assert.deepEqual(violations[0], {
      kind: 'compile-error',
      path: 'src/a.ts',
      expected: 'src/a.ts parses.',
      actual: 'Unexpected token',
      itemId: 'a',
    });
    assert.deepEqual(violations[1], {
      kind: 'test-failure',
      expected: 'The test "adds" passes.',
      actual: 'x'.repeat(500),
      path: '/project/test/a.test.ts',
      itemId: 't',
    });
    assert.deepEqual(violations[2], { kind: 'test-failure', expected: 'The test "subtracts" passes.', actual: 'no' });
  });
});
