import assert from 'node:assert/strict';
import path from 'node:path';
import { ValidationError } from '../../../../src/base/errors.ts';
import { FilePromptLibrary } from '../../../../src/base/promptLibrary.ts';
import { estimateTokens } from '../../../../src/base/tokenEstimate.ts';
import { createContextCollector } from '../../../../src/planning/context/contextCollector.ts';
import { renderContext } from '../../../../src/planning/renderContext.ts';
import { assertGolden } from '../../../support/golden.ts';
import { memoryProjectFiles } from '../../../support/memoryProjectFiles.ts';

const sum = 'export function sum(a: number, b: number): number {\n  return a + b;\n}\n';
const tinyProject = {
  'AGENTS.md': 'Every exported function has a doc comment.\n',
  'package.json':
    '{ "type": "module", "scripts": { "test": "mocha" }, "devDependencies": { "mocha": "^11", "typescript": "^6" } }\n',
  'src/sum.ts': sum,
  'src/product.ts': sum.replaceAll('sum', 'product').replace('+', '*'),
  'test/sum.test.ts':
    "import assert from 'node:assert/strict';\nimport { sum } from '../src/sum.ts';\n\ndescribe('sum', () => {\n  it('adds', () => {\n    assert.equal(sum(1, 2), 3);\n  });\n});\n",
};
const request = 'Add a function that calculates the nth Fibonacci number, with tests';

function collect(
  texts: Record<string, string>,
  { tokenBudget = 2000, areRulesTrusted = true, signal = new AbortController().signal, text = request } = {},
) {
  const collector = createContextCollector({
    files: memoryProjectFiles(texts),
    testCommand: async () => 'npm test',
    areRulesTrusted,
  });
  return collector.collect(text, { tokenBudget, signal });
}

describe('the context collector', () => {
  it('says the same of a tiny project as the golden file, in so few tokens that the planner’s input stays under 1,200', async () => {
    const rendered = renderContext(await collect(tinyProject));
    assertGolden('unit/planning/golden/context-tiny.md', rendered);
    const prompts = new FilePromptLibrary(path.join(import.meta.dirname, '../../../../prompts'));
    const { system, user } = prompts.render('planner', { project: rendered, request });
    assert.ok(estimateTokens(system + user) < 1200, String(estimateTokens(system + user)));
  });

  it('of an empty folder is empty', async () => {
    assert.deepEqual(await collect({}), {
      languages: [],
      frameworks: [],
      testCommand: 'npm test',
      conventions: [],
      rules: [],
      layout: '',
      relevantFiles: [],
    });
  });

  it('stays within its budget', async () => {
    const large = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [
        `src/module${index % 17}/fibonacci${index}.ts`,
        sum.replaceAll('sum', `fibonacci${index}`).repeat(40),
      ]),
    );
    for (const tokenBudget of [300, 1000, 4000]) {
      const context = await collect({ ...large, 'AGENTS.md': 'Be careful.\n'.repeat(2000) }, { tokenBudget });
      const tokens = estimateTokens(renderContext(context));
      // Tags and labels come on top of what is budgeted.
      assert.ok(tokens <= tokenBudget * 1.15 + 50, `${tokens} tokens for ${tokenBudget}`);
      assert.ok(context.relevantFiles.length > 0);
    }
  });

  it('does not pass on the rules of a workspace that is not trusted', async () => {
    const text = 'Does AGENTS.md say that every function has a doc comment?';
    assert.equal((await collect(tinyProject, { text })).rules.length, 1);
    const context = await collect(tinyProject, { text, areRulesTrusted: false });
    assert.deepEqual(context.rules, []);
    assert.ok(!JSON.stringify(context.relevantFiles).includes('doc comment'));
  });

  it('shows few tests, and names the rest', async () => {
    const tests = Object.fromEntries(
      Array.from({ length: 6 }, (_, index) => [`test/sum${index}.test.ts`, tinyProject['test/sum.test.ts']]),
    );
    const { relevantFiles } = await collect({ ...tinyProject, ...tests }, { text: 'sum' });
    const shown = relevantFiles.filter(file => file.excerpt !== undefined).map(file => file.path);
    assert.equal(shown.filter(file => file.startsWith('test/')).length, 2);
    assert.ok(shown.includes('src/sum.ts'));
    assert.ok(relevantFiles.some(file => file.path === 'test/sum5.test.ts' && file.excerpt === undefined));
  });

  it('does without a file that cannot be read, and not without a disk', async () => {
    const collectWith = (failure: Error) => {
      const files = memoryProjectFiles(tinyProject);
      const readText = (file: string) => (file === 'src/sum.ts' ? Promise.reject(failure) : files.readText(file));
      const collector = createContextCollector({
        files: { ...files, readText },
        testCommand: async () => undefined,
        areRulesTrusted: true,
      });
      return collector.collect('sum', { tokenBudget: 1000, signal: new AbortController().signal });
    };
    const { relevantFiles } = await collectWith(new ValidationError('"src/sum.ts" has 50 MB.'));
    assert.equal(relevantFiles.find(file => file.path === 'src/sum.ts')?.excerpt, undefined);
    assert.ok(relevantFiles.some(file => file.path === 'test/sum.test.ts' && file.excerpt !== undefined));
    await assert.rejects(collectWith(new Error('EIO')), /EIO/);
  });

  it('stops when aborted, before it begins and on the way', async () => {
    const reason = new Error('enough');
    await assert.rejects(collect(tinyProject, { signal: AbortSignal.abort(reason) }), reason);
    const controller = new AbortController();
    const files = memoryProjectFiles(tinyProject);
    const collector = createContextCollector({
      files: {
        ...files,
        readText: async () => {
          controller.abort(reason);
          return '';
        },
      },
      testCommand: async () => undefined,
      areRulesTrusted: true,
    });
    await assert.rejects(collector.collect(request, { tokenBudget: 100, signal: controller.signal }), reason);
  });
});
