import assert from 'node:assert/strict';
import { planAnswerSchema, planResponseSchema } from '../../../src/planning/planAnswer.ts';

const item = { id: 'item_1', file_path: 'src/a.ts', description: 'Write a', mode: 'coder' };
const parsed = (answer: unknown) => planAnswerSchema.parse(answer);
const problems = (answer: unknown) =>
  planAnswerSchema.safeParse(answer).error?.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`);

describe('the planner’s answer', () => {
  it('needs nothing but work_items with id, file_path, description and mode', () => {
    assert.deepEqual(parsed({ work_items: [item] }), { work_items: [item] });
  });

  it('ignores unknown keys, nulls, and what stands wrongly in a field that nothing hangs on', () => {
    const answer = {
      summary: null,
      confidence: 0.9,
      questions: null,
      work_items: [
        { ...item, file_status: 'modified', priority: 3, acceptance: {}, context: null, dependencies: null, x: 1 },
      ],
    };
    const { file_status: status, priority, acceptance, ...rest } = parsed(answer).work_items?.[0] ?? {};
    assert.deepEqual([status, priority, acceptance], [undefined, undefined, undefined]);
    assert.deepEqual(rest, item);
  });

  for (const [name, mode] of [
    ['Coder', 'coder'],
    ['code', 'coder'],
    ['analyze', 'analyzer'],
    ['tester', 'sdet'],
    ['TEST', 'sdet'],
  ] as const) {
    it(`reads the mode "${name}" as ${mode}`, () => {
      assert.equal(parsed({ work_items: [{ ...item, mode: name }] }).work_items?.[0]?.mode, mode);
    });
  }

  it('takes numbers for ids and one string for a list of one', () => {
    const answer = parsed({ work_items: [{ ...item, id: 2, dependencies: 1, acceptance: 'It works.' }] });
    const [only] = answer.work_items ?? [];
    assert.deepEqual([only?.id, only?.dependencies, only?.acceptance], ['2', ['1'], ['It works.']]);
  });

  it('takes questions as objects and as strings, without items', () => {
    assert.deepEqual(parsed({ questions: ['Which?', { question: 'Where?', options: ['here'] }] }).questions, [
      { question: 'Which?' },
      { question: 'Where?', options: ['here'] },
    ]);
  });

  it('names the field that is missing or wrong', () => {
    assert.deepEqual(problems({}), ['work_items: is missing']);
    assert.deepEqual(problems({ work_items: [{ ...item, mode: 'constructor' }] }), [
      'work_items.0.mode: must be "coder", "sdet" or "analyzer", not "constructor"',
    ]);
    const { id: _, ...withoutId } = item;
    assert.match(problems({ work_items: [item, withoutId] })?.join() ?? '', /^work_items\.1\.id: /);
    assert.deepEqual(problems({ work_items: [{ ...item, description: ' ' }] }), [
      'work_items.0.description: must not be empty',
    ]);
  });

  it('says the same in the schema for the server', () => {
    const { required, properties } = planResponseSchema.schema.properties.work_items.items;
    const example = Object.fromEntries(required.map(name => [name, name === 'mode' ? 'sdet' : 'x']));
    assert.equal(planAnswerSchema.safeParse({ work_items: [example] }).success, true);
    for (const mode of properties.mode.enum) parsed({ work_items: [{ ...item, mode }] });
    for (const name of required) {
      const { [name]: _, ...rest } = example;
      assert.equal(planAnswerSchema.safeParse({ work_items: [rest] }).success, false, name);
    }
  });
});
