import assert from 'node:assert/strict';
import { LoopBreather } from '../../../../src/base/loopBreather.ts';
import { estimateTokens } from '../../../../src/base/tokenEstimate.ts';
import { renderLayout } from '../../../../src/planning/context/layoutTree.ts';
import { describePath } from '../../../../src/planning/context/projectPath.ts';

const layout = (paths: readonly string[], tokens: number, scores: Record<string, number> = {}) =>
  renderLayout(
    paths.map(describePath),
    new Map(Object.entries(scores)),
    tokens,
    new LoopBreather(new AbortController().signal),
  );

describe('the layout', () => {
  const paths = ['README.md', 'src/a/one.ts', 'src/a/two.ts', 'src/b/three.ts', 'test/one.test.ts'];

  it('shows everything where the budget allows it', async () => {
    assert.equal(
      await layout(paths, 1000),
      ['src/', '  a/', '    one.ts', '    two.ts', '  b/', '    three.ts', 'test/', '  one.test.ts', 'README.md'].join(
        '\n',
      ),
    );
  });

  it('opens what is relevant first and counts the rest', async () => {
    const text = await layout(paths, 22, { 'src/b/three.ts': 1 });
    assert.match(text, / {2}a\/ \(2 files\)\n {2}b\/\n {4}three\.ts/);
  });

  it('stays within its budget', async () => {
    const many = Array.from({ length: 500 }, (_, index) => `src/d${index % 40}/e${index % 7}/file${index}.ts`);
    for (const budget of [0, 5, 20, 100, 400]) {
      assert.ok(estimateTokens(await layout(many, budget)) <= budget, `${budget} tokens`);
    }
  });

  it('counts the files of a large folder, but shows those that matter', async () => {
    const many = Array.from({ length: 100 }, (_, index) => `file${String(index).padStart(2, '0')}.ts`);
    assert.equal(await layout(many, 1000), '… 100 files');
    assert.equal(await layout(many, 1000, { 'file07.ts': 1 }), 'file07.ts\n… 99 more files');
  });

  it('of nothing is nothing', async () => assert.equal(await layout([], 100), ''));
});
