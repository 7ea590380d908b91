// A small project, and a model that plans, asks and writes in it: what the tests of the user interface work on.
import type { ModelScript, ScriptRule } from '../support/modelServer/modelScript.ts';

export const request = 'Add a function that calculates the nth Fibonacci number, with tests';

export const projectFiles: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({ name: 'numbers', type: 'module', scripts: { test: 'node --test' } }, undefined, 2)}\n`,
  'src/index.js': "export { gcd } from './gcd.js';\n",
  'src/gcd.js': 'export const gcd = (a, b) => (b === 0 ? a : gcd(b, a % b));\n',
  'test/gcd.test.js': `import assert from 'node:assert/strict';
import test from 'node:test';
import { gcd } from '../src/index.js';

test('gcd of 12 and 18 is 6', () => assert.equal(gcd(12, 18), 6));
`,
};

export const fibonacciSource = `/** The nth Fibonacci number, counted from 0. */
export function fibonacci(n) {
  let [current, next] = [0, 1];
  for (let i = 0; i < n; i++) [current, next] = [next, current + next];
  return current;
}
`;

const fibonacciTest = `import assert from 'node:assert/strict';
import test from 'node:test';
import { fibonacci } from '../src/index.js';

test('the first ten', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(fibonacci), [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]);
});
`;

const plan = {
  summary: 'An iterative helper with its tests, exported beside gcd.',
  work_items: [
    {
      id: 'look',
      file_path: 'src/gcd.js',
      mode: 'analyzer',
      description: 'Find out how helpers and their tests are laid out',
      file_status: 'existing',
      priority: 'high',
    },
    {
      id: 'write',
      file_path: 'src/fibonacci.js',
      mode: 'coder',
      description: 'Write fibonacci(n), counted from 0',
      dependencies: ['look'],
      acceptance: ['fibonacci(10) is 55'],
    },
    {
      id: 'export',
      file_path: 'src/index.js',
      mode: 'coder',
      description: 'Export fibonacci beside gcd',
      file_status: 'existing',
      dependencies: ['look'],
    },
    {
      id: 'check',
      file_path: 'test/fibonacci.test.js',
      mode: 'sdet',
      description: 'Test the first ten Fibonacci numbers',
      dependencies: ['write', 'export'],
    },
  ],
};

const file = (name: string, text: string) => `I write it.\n\n${name}\n\`\`\`js\n${text}\`\`\`\n`;

const exportEdit = `I export it.

src/index.js
<<<<<<< SEARCH
export { gcd } from './gcd.js';
=======
export { fibonacci } from './fibonacci.js';
export { gcd } from './gcd.js';
>>>>>>> REPLACE
`;

const rule = (system: string, ...replies: ScriptRule['replies']): ScriptRule => ({ when: { system }, replies });

/** The model's side of the run, from the plan to the judgement. */
export const script: ModelScript = {
  rules: [
    rule('You plan a change', JSON.stringify(plan)),
    rule('You are the analyzer', '<done>Helpers are named exports, one file each; tests use node:test.</done>'),
    { when: { system: 'You are the coder', prompt: 'Export fibonacci beside gcd' }, replies: [exportEdit] },
    rule(
      'You are the coder',
      '<ask options="iterative|recursive">Should fibonacci be iterative or recursive?</ask>',
      file('src/fibonacci.js', fibonacciSource),
    ),
    rule('You are the tester', file('test/fibonacci.test.js', fibonacciTest), '<done>The tests pass.</done>'),
    rule(
      'You judge a change',
      '{"completeness":1,"correctness":0.9,"feedback":["Say what happens for a negative n."]}',
    ),
  ],
};
