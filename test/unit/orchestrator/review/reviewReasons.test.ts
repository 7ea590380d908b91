import assert from 'node:assert/strict';
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
});
