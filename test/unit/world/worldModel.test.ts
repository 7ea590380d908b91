import assert from 'node:assert/strict';
import type { FileChange } from '../../../src/domain/schema/changes.ts';
import { findViolations } from '../../../src/world/worldModel.ts';
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
});
