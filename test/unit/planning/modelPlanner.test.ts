import assert from 'node:assert/strict';
import path from 'node:path';
import { ModelError } from '../../../src/base/errors.ts';
import { FilePromptLibrary } from '../../../src/base/promptLibrary.ts';
import type { Question } from '../../../src/domain/schema/plan.ts';
import { planSchema } from '../../../src/domain/schema/plan.ts';
import { createPlanner } from '../../../src/planning/modelPlanner.ts';
import type { ProjectContext } from '../../../src/planning/planner.ts';
import { assertGolden } from '../../support/golden.ts';
import { memoryProjectFiles } from '../../support/memoryProjectFiles.ts';
import { scriptedModelClient } from '../../support/scriptedModelClient.ts';

const originalExample =
  '{"work_items":[{"id":"item_1","file_path":"src/hello.py","description":"Create hello function","mode":"coder","language":"python","file_status":"new","dependencies":[]}]}';

const tinyProject: ProjectContext = {
  languages: ['typescript'],
  frameworks: ['mocha'],
  testCommand: 'npm test',
  conventions: ['Tests lie in test/, named *.test.ts.', 'ES modules; 2 spaces; single quotes.'],
  rules: [{ path: 'AGENTS.md', text: 'Every exported function has a doc comment.' }],
  relevantFiles: [
    { path: 'src/sum.ts', excerpt: 'export function sum(a: number, b: number): number {\n  return a + b;\n}' },
    { path: 'test/sum.test.ts' },
  ],
  layout: 'package.json\nsrc/\n  sum.ts\ntest/\n  sum.test.ts',
};

const prompts = new FilePromptLibrary(path.join(import.meta.dirname, '../../../prompts'));

function setUp(...answers: Parameters<typeof scriptedModelClient>) {
  const { client, calls } = scriptedModelClient(...answers);
  const rejections: (readonly [number, readonly string[]])[] = [];
  const asked: Question[] = [];
  let lastId = 0;
  const planner = createPlanner({
    model: client,
    prompts,
    files: memoryProjectFiles({ 'src/sum.ts': '' }),
    clock: { now: () => 42, sleep: async () => undefined },
    ids: prefix => `${prefix}_${++lastId}`,
  });
  const plan = (request = 'Add hello', context = tinyProject, signal = new AbortController().signal) =>
    planner.plan(request, context, {
      signal,
      ask: async question => {
        asked.push(question);
        return `answer to ${question.id}`;
      },
      onRejected: (attempt, problems) => rejections.push([attempt, problems]),
    });
  return { plan, calls, rejections, asked };
}

describe('the planner', () => {
  it('takes the original design’s example unchanged', async () => {
    const { plan, calls } = setUp(originalExample);
    const result = await plan();
    assert.deepEqual(planSchema.parse(result), result);
    assert.deepEqual(result, {
      summary: '',
      items: [
        {
          id: 'item_1',
          filePath: 'src/hello.py',
          description: 'Create hello function',
          mode: 'coder',
          language: 'python',
          fileStatus: 'new',
          dependencies: [],
          priority: 'normal',
        },
      ],
      createdAt: 42,
      questions: [],
      metadata: {},
    });
    assert.equal(calls[0]?.role, 'planner');
    assert.equal(calls[0].responseSchema?.name, 'plan');
  });

  it('says the same as the golden files, in few tokens', async () => {
    const { plan, calls } = setUp(originalExample);
    await plan('Add a function that calculates the nth Fibonacci number, with tests');
    const [system, user] = calls[0]?.messages.map(message => message.content) ?? [];
    assertGolden('unit/planning/golden/planner-system.md', system ?? '');
    assertGolden('unit/planning/golden/planner-user.md', user ?? '');
    // Four characters make about one token.
    assert.ok((system ?? '').length / 4 <= 700, 'the fixed text');
    assert.ok(((system ?? '') + (user ?? '')).length / 4 <= 1200, 'all of it for a tiny project');
  });

  it('understands the example of its own prompt', async () => {
    const [example = ''] =
      /^\{"summary".*$/m.exec(prompts.render('planner', { project: '', request: '' }).system) ?? [];
    const { plan } = setUp(example);
    assert.deepEqual(
      (await plan()).items.map(item => [item.id, item.mode, item.dependencies]),
      [
        ['item_1', 'coder', []],
        ['item_2', 'sdet', ['item_1']],
      ],
    );
  });

  for (const [name, answer] of [
    ['a fence', `\`\`\`json\n${originalExample}\n\`\`\``],
    ['prose around it', `Here is the plan:\n\n${originalExample}\n\nTell me if you want more.`],
    ['trailing commas', originalExample.replace('[]}]', '[],},]')],
    ['a forgotten bracket at its end', originalExample.slice(0, -1)],
  ] as const) {
    it(`takes an answer with ${name} without asking again`, async () => {
      const { plan, rejections } = setUp(answer);
      assert.equal((await plan()).items.length, 1);
      assert.deepEqual(rejections, []);
    });
  }

  it('sends an invalid plan back with the exact problems', async () => {
    const wrong = originalExample
      .replace('"src/hello.py"', '"../hello.py"')
      .replace('"dependencies":[]', '"dependencies":["x"]');
    const { plan, calls, rejections } = setUp(wrong, originalExample);
    assert.equal((await plan()).items[0]?.filePath, 'src/hello.py');
    const problems = ['Item "item_1": file_path: "../hello.py" leads out of the workspace.'];
    assert.deepEqual(rejections, [[1, problems]]);
    assert.deepEqual(calls[1]?.messages.slice(0, 2), calls[0]?.messages);
    assert.equal(calls[1]?.messages[2]?.content, wrong);
    assert.ok(calls[1].messages[3]?.content.includes(`- ${problems[0]}`));
  });

  const twoItems = JSON.stringify({
    work_items: [1, 2].map(n => ({ id: `item_${n}`, file_path: `src/${n}.ts`, description: 'd', mode: 'coder' })),
  });

  it('never takes a plan that was cut off for a shorter one', async () => {
    const afterFirstItem = {
      text: twoItems.slice(0, twoItems.indexOf(',{"id":"item_2"')),
      finishReason: 'length',
    } as const;
    const insideSecondItem = twoItems.slice(0, -20);
    const { plan, rejections } = setUp(afterFirstItem, insideSecondItem, twoItems);
    assert.equal((await plan()).items.length, 2);
    assert.deepEqual(
      rejections.map(([attempt]) => attempt),
      [1, 2],
    );
    assert.match(rejections.flatMap(([, problems]) => problems).join(), /broke off before its end/);
  });

  it('takes a whole plan whose prose after it was cut off', async () => {
    const { plan } = setUp({ text: `${twoItems}\n\nLet me also expl`, finishReason: 'length' });
    assert.equal((await plan()).items.length, 2);
  });

  it('gives up after two corrections with one sentence that names the model, the reason and the remedy', async () => {
    const { plan, rejections, calls } = setUp('I would rather not plan.', '', 'x'.repeat(5_000_000));
    await assert.rejects(plan(), {
      name: 'PlanningError',
      message:
        /^There is no plan\. The planner model "test" \(scripted\) gave no usable answer in 3 tries \(the last: .*too long.*choose a stronger model/,
    });
    assert.equal(rejections.length, 3);
    assert.equal(calls.length, 3);
  });

  it('lets a model that cannot be reached be just that', async () => {
    const failure = new ModelError('The server at localhost:1 does not answer.', { provider: 'p', retryable: false });
    const { plan, rejections } = setUp(failure);
    await assert.rejects(plan(), failure);
    assert.deepEqual(rejections, []);
  });

  it('stops when aborted', async () => {
    const reason = new Error('enough');
    const { plan, calls } = setUp(originalExample);
    await assert.rejects(plan('Add hello', tinyProject, AbortSignal.abort(reason)), reason);
    assert.equal(calls.length, 0);
  });
});

describe('the planner’s questions', () => {
  const questions = JSON.stringify({
    questions: [{ id: 'q1', question: 'Recursive?', options: ['yes', 'no'] }, 'Which file?'],
    work_items: [],
  });

  it('are all put to the human, and the answers lead to the plan', async () => {
    const { plan, calls, asked } = setUp(questions, originalExample);
    const result = await plan();
    assert.deepEqual(asked, [
      { id: 'question_1', text: 'Recursive?', options: ['yes', 'no'] },
      { id: 'question_2', text: 'Which file?', options: [] },
    ]);
    assert.deepEqual(result.questions, asked);
    assert.deepEqual(result.metadata, {
      clarifications: 'Recursive? answer to question_1\nWhich file? answer to question_2',
    });
    assert.deepEqual(calls[1]?.messages.slice(0, 2), calls[0]?.messages);
    assertGolden(
      'unit/planning/golden/planner-answers.md',
      calls[1]?.messages
        .map(({ role, content }) => `# ${role}\n\n${content}`)
        .slice(2)
        .join('\n\n') ?? '',
    );
  });

  it('are asked in one round only', async () => {
    const { plan, asked, rejections } = setUp(questions, questions, originalExample);
    assert.equal((await plan()).items.length, 1);
    assert.equal(asked.length, 2);
    assert.deepEqual(rejections, [[1, ['work_items is empty: a plan needs at least one item.']]]);
  });

  it('are asked before the items that came with them are looked at', async () => {
    const both = JSON.stringify({
      questions: ['Where?'],
      work_items: [{ id: 'a', file_path: '/', description: 'd', mode: 'coder' }],
    });
    const { plan, asked, rejections } = setUp(both, originalExample);
    await plan();
    assert.equal(asked.length, 1);
    assert.deepEqual(rejections, []);
  });

  it('are five at most', async () => {
    const flood = JSON.stringify({ questions: Array.from({ length: 500 }, (_, index) => `Question ${index}?`) });
    const { plan, asked } = setUp(flood, originalExample);
    await plan();
    assert.equal(asked.length, 5);
  });
});
