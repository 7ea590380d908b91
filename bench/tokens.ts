// How many input tokens a small task takes in all, and how many of them are the same whatever is asked.   node bench/tokens.ts
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parsePromptTemplate, renderPrompt } from '../src/base/promptTemplate.ts';
import { type ModelRole, modelRoleSchema } from '../src/domain/schema/model.ts';
import type { ModelServerRequest } from '../test/support/modelServer/modelScript.ts';
import { ModelServer } from '../test/support/modelServer/modelServer.ts';
import { configurationFor, runTrellis, writeProject } from '../test/support/trellisHarness.ts';
import { countInput, countSchema, countText } from './tokenCount.ts';

const mostTokens = 5000;
const mostFixedTokens = 700;

/** What agents of 2026 sent for this task, with the answers given by a script too. */
const others: Readonly<Record<string, number>> = {
  Continue: 8904,
  Cline: 18_814,
  opencode: 28_114,
  Codex: 31_881,
  'Gemini CLI': 42_708,
  'Claude Code': 44_856,
  Kilo: 45_548,
  Qwen: 68_435,
};

const request = 'add a function that computes the nth Fibonacci number, with a test';

const project = {
  'package.json': JSON.stringify({ name: 'numbers', type: 'module', scripts: { test: 'node --test' } }, undefined, 2),
  'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, module: 'nodenext', target: 'es2024' } }),
  'README.md': '# Numbers\n\nA few functions on numbers.\n',
  'src/sum.ts':
    '/** The sum of the numbers. */\nexport function sum(numbers: readonly number[]): number {\n  return numbers.reduce((total, next) => total + next, 0);\n}\n',
  'test/sum.test.ts':
    "import assert from 'node:assert/strict';\nimport test from 'node:test';\nimport { sum } from '../src/sum.ts';\n\ntest('adds numbers up', () => assert.equal(sum([1, 2, 3]), 6));\ntest('of nothing is 0', () => assert.equal(sum([]), 0));\n",
};

const file = (name: string, text: string) =>
  `I write it in the style of the project.\n\n${name}\n\`\`\`ts\n${text}\`\`\`\n`;
const answers: Readonly<Record<Exclude<ModelRole, 'analyzer'>, string>> = {
  planner: JSON.stringify({
    summary: 'Add fibonacci and its test.',
    work_items: [
      {
        id: 'item_1',
        file_path: 'src/fibonacci.ts',
        mode: 'coder',
        description:
          'Export fibonacci(n: number): number, the nth Fibonacci number with fibonacci(0) = 0 and fibonacci(1) = 1; a RangeError for n that is negative or no integer.',
        dependencies: [],
        acceptance: ['fibonacci(10) is 55', 'fibonacci(-1) throws a RangeError'],
      },
      {
        id: 'item_2',
        file_path: 'test/fibonacci.test.ts',
        mode: 'sdet',
        description: 'Test fibonacci: 0, 1, 10, a negative number, a fraction.',
        dependencies: ['item_1'],
        acceptance: ['an off-by-one error makes a test fail'],
      },
    ],
  }),
  coder: file(
    'src/fibonacci.ts',
    `/** The nth Fibonacci number; the 0th is 0. Throws a RangeError for what is no natural number. */
export function fibonacci(n: number): number {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(\`fibonacci takes a natural number, not \${n}\`);
  let [current, next] = [0, 1];
  for (let index = 0; index < n; index += 1) [current, next] = [next, current + next];
  return current;
}
`,
  ),
  sdet: file(
    'test/fibonacci.test.ts',
    `import assert from 'node:assert/strict';
import test from 'node:test';
import { fibonacci } from '../src/fibonacci.ts';

test('begins with 0 and 1', () => assert.deepEqual([0, 1].map(fibonacci), [0, 1]));
test('the tenth is 55', () => assert.equal(fibonacci(10), 55));
test('refuses what is no natural number', () => {
  for (const n of [-1, 1.5]) assert.throws(() => fibonacci(n), RangeError);
});
`,
  ),
  judge: '{"completeness": 1, "correctness": 1, "feedback": [], "items_at_fault": []}',
};

const templates = new Map(
  modelRoleSchema.options.map(role => {
    const text = readFileSync(path.join(import.meta.dirname, `../prompts/${role}.md`), 'utf8');
    return [role, parsePromptTemplate(role, text)] as const;
  }),
);
function roleOf({ messages }: ModelServerRequest): ModelRole {
  const system = messages[0]?.content;
  const found = [...templates].find(([, template]) => template.system === system);
  if (found === undefined) throw new Error(`No prompt has this system message: ${system?.slice(0, 80) ?? 'none'}`);
  return found[0];
}

/** The prompt with nothing filled in. */
function fixedTokens(role: ModelRole): number {
  const template = templates.get(role);
  if (template === undefined) return 0;
  const { system, user } = renderPrompt(
    template,
    Object.fromEntries(template.header.variables.map(name => [name, ''])),
  );
  return countText(system) + countText(user);
}

const folder = mkdtempSync(path.join(tmpdir(), 'trellis-tokens-'));
const rules = Object.entries(answers).map(([role, answer]) => ({
  when: (received: ModelServerRequest) => roleOf(received) === role,
  replies: [answer],
}));
const server = await ModelServer.start({ rules });
try {
  writeProject(path.join(folder, 'project'), project);
  const { state } = await runTrellis({
    workspace: path.join(folder, 'project'),
    storageDirectory: path.join(folder, 'storage'),
    configuration: configurationFor(server, 'openai'),
    request,
    sink: { apply: () => Promise.resolve({}) },
  });
  report(state.end?.outcome, state.end?.message);
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}

function report(outcome: string | undefined, message: string | undefined): void {
  const calls = server.requests.map(received => ({
    role: roleOf(received),
    'input tokens': countInput(received),
    'of them fixed text': fixedTokens(roleOf(received)),
    'of them schema': countSchema(received.body),
  }));
  const schemas = new Map(calls.map(call => [call.role, call['of them schema']]));
  const total = calls.reduce((sum, call) => sum + call['input tokens'], 0);
  console.log(`"${request}"`);
  console.table(calls);
  const all = [['Trellis', total] as const, ...Object.entries(others)].sort(([, left], [, right]) => left - right);
  console.table(all.map(([agent, tokens]) => ({ agent, 'input tokens': tokens, ratio: (tokens / total).toFixed(1) })));
  const fixed = modelRoleSchema.options.map(role => {
    const text = fixedTokens(role);
    return { role, text, 'with schema': text + (schemas.get(role) ?? 0) };
  });
  console.table(fixed);
  const failures = [
    ...(outcome === 'applied' ? [] : [`The run ended as ${outcome ?? 'nothing'}: ${message ?? ''}`]),
    ...(total > mostTokens ? [`${total} input tokens; at most ${mostTokens} are wanted.`] : []),
    ...fixed.flatMap(({ role, 'with schema': tokens }) =>
      tokens > mostFixedTokens
        ? [`${tokens} tokens of fixed text for the ${role}; at most ${mostFixedTokens} are wanted.`]
        : [],
    ),
  ];
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) process.exitCode = 1;
}
