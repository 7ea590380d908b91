// What the scripted models of the demonstration say. They are told apart, as real ones would be, by what they are asked;
// nothing in Trellis knows of them. The coder's first attempt is wrong on purpose, and only a request that holds the
// failure of the tests gets the right one.
import type { ModelScript } from '../../test/support/modelServer/modelScript.ts';

const plan = {
  summary: 'Add fibonacci(n) to the library, export it, and test it.',
  work_items: [
    {
      id: 'analyse',
      file_path: 'src/factorial.js',
      mode: 'analyzer',
      description: 'Report how functions of this library are written, checked, exported and tested.',
      file_status: 'existing',
      language: 'javascript',
    },
    {
      id: 'implement',
      file_path: 'src/fibonacci.js',
      mode: 'coder',
      description: 'Add fibonacci(n), the nth Fibonacci number: fibonacci(0) is 0n, fibonacci(1) is 1n.',
      language: 'javascript',
      dependencies: ['analyse'],
      acceptance: ['fibonacci(10) is 55n'],
    },
    {
      id: 'export',
      file_path: 'src/index.js',
      mode: 'coder',
      description: 'Export fibonacci from ./fibonacci.js beside the others.',
      file_status: 'existing',
      language: 'javascript',
      dependencies: ['analyse'],
    },
    {
      id: 'test',
      file_path: 'test/fibonacci.test.js',
      mode: 'sdet',
      description: 'Test fibonacci: the first numbers, a large one, and arguments that it refuses.',
      language: 'javascript',
      dependencies: ['implement', 'export'],
    },
  ],
};

const report = `<done>
src/factorial.js exports one function with a one-line JSDoc comment. It checks its argument first and throws a RangeError that
names what it got; results that grow are BigInt. src/index.js re-exports every function by name, in alphabetical order.
Tests are in test/*.test.js, use node:test and node:assert/strict, import from ../src/index.js, and run by \`node --test\`.
</done>`;

const question = `The request leaves open what a negative position means, and the two usual answers exclude each other.

<ask options="throw a RangeError, as the other functions do|continue the sequence to the left">What should fibonacci(-1) do?</ask>`;

const implementation = (first: string, second: string) => `src/fibonacci.js
\`\`\`js
/** The \`n\`th Fibonacci number; 0 for \`n\` = 0. */
export function fibonacci(n) {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(\`n must be a whole number from 0 on, not \${n}\`);
  let [current, next] = [${first}, ${second}];
  for (let position = 0; position < n; position += 1) [current, next] = [next, current + next];
  return current;
}
\`\`\``;

const exported = `The export goes between the two that are there, in alphabetical order.

src/index.js
<<<<<<< SEARCH
export { factorial } from './factorial.js';
=======
export { factorial } from './factorial.js';
export { fibonacci } from './fibonacci.js';
>>>>>>> REPLACE`;

const tests = `The first numbers, one beyond the range of Number, and what is refused.

test/fibonacci.test.js
\`\`\`js
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fibonacci } from '../src/index.js';

test('the first Fibonacci numbers', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 10].map(fibonacci), [0n, 1n, 1n, 2n, 3n, 5n, 55n]);
});

test('a Fibonacci number beyond the safe integers', () => {
  assert.equal(fibonacci(100), 354224848179261915075n);
});

test('fibonacci refuses what is not a whole number from 0 on', () => {
  for (const n of [-1, 1.5, Number.NaN]) assert.throws(() => fibonacci(n), RangeError);
});
\`\`\``;

const blame = `<done>
The tests are right and stay as they are. src/fibonacci.js begins the sequence with 1, 1: fibonacci(0) returns 1n instead
of 0n, and every later number is that of the next position.
</done>`;

const unchanged = '<done>The tests said what is right all along; they stay as they are.</done>';

const verdict = { completeness: 1, correctness: 1, feedback: [], items_at_fault: [] };

const script: ModelScript = {
  rules: [
    { when: { system: 'You plan a change' }, replies: [JSON.stringify(plan)] },
    { when: { system: 'You are the analyzer' }, replies: [report] },
    {
      when: { system: 'You are the coder', prompt: 'Your file: src/index.js' },
      replies: [exported, '<done>The export is there.</done>'],
    },
    {
      when: {
        system: 'You are the coder',
        prompt: /The last attempt was not good enough[^]+the first Fibonacci numbers/,
      },
      replies: [`The sequence begins with 0 and 1, not with 1 and 1.\n\n${implementation('0n', '1n')}`],
    },
    {
      when: { system: 'You are the coder', lastMessage: 'RangeError, as the other functions do' },
      replies: [`Negative positions are refused as elsewhere.\n\n${implementation('1n', '1n')}`],
    },
    { when: { system: 'You are the coder' }, replies: [question] },
    { when: { system: 'You are the tester', prompt: 'The last attempt was not good enough' }, replies: [unchanged] },
    { when: { system: 'You are the tester', lastMessage: 'the first Fibonacci numbers' }, replies: [blame] },
    { when: { system: 'You are the tester' }, replies: [tests] },
    { when: { system: 'You judge a change' }, replies: [JSON.stringify(verdict)] },
  ],
};

export default script;
