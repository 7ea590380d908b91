import assert from 'node:assert/strict';
import { ConfigurationError } from '../../../../src/base/errors.ts';
import { parseScript } from '../../../../src/models/scripted/script.ts';

const problemOf = (text: string): string => {
  try {
    parseScript(text, 'demo.yml');
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.message;
  }
  return 'none';
};

describe('parseScript', () => {
  it('reads YAML and JSON, and the short forms of an answer and of a text to look for', () => {
    const yaml = `
rules:
  - role: planner
    contains: fibonacci
    answer: the plan
  - contains: [one, two]
    answers: [first, { text: second, delayMs: 20, finishReason: length }, { failure: Overloaded., status: 503 }]
`;
    const rules = parseScript(yaml, 'demo.yml');
    assert.deepEqual(rules, [
      { role: 'planner', contains: ['fibonacci'], answers: [{ text: 'the plan' }] },
      {
        role: undefined,
        contains: ['one', 'two'],
        answers: [
          { text: 'first' },
          { text: 'second', delayMs: 20, finishReason: 'length' },
          { failure: 'Overloaded.', status: 503 },
        ],
      },
    ]);
    assert.deepEqual(parseScript(JSON.stringify({ rules: [{ answer: 'yes' }] }), 'demo.json')[0]?.answers, [
      { text: 'yes' },
    ]);
  });

  it('names every problem with its path inside the file', () => {
    const problems = problemOf(`
rules:
  - { role: cook, answer: soup }
  - { contains: [], answers: [{ text: a, delayMs: -1 }, { text: a, failure: b }] }
  - { contain: x, answer: y }
  - { role: judge }
`);
    assert.match(problems, /^The script demo\.yml has 6 problems:/);
    for (const place of [
      'rules[0].role: ',
      'rules[1].contains: ',
      'rules[1].answers[0].delayMs: ',
      'rules[1].answers[1]: needs either "text" or "failure"',
      'rules[2]: Unrecognized key: "contain"',
      'rules[3]: needs either "answer" or "answers"',
    ])
      assert.ok(problems.includes(`\n  - ${place}`), `${place} is not in ${problems}`);
  });

  it('says in one sentence that a file is no script at all', () => {
    assert.match(problemOf('rules: ['), /^The script demo\.yml is neither YAML nor JSON: .+\.$/);
    assert.match(problemOf('hello'), /^The script demo\.yml is not valid: the whole: .+\.$/);
    assert.match(problemOf('rules: []'), /^The script demo\.yml is not valid: rules: .+\.$/);
  });
});
