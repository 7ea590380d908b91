// The task of the bench: ten items, and what a model answers to each.
import type { ModelServerRequest, ScriptRule } from '../../test/support/modelServer/modelScript.ts';

export const request =
  'Add a small library of conversions between units, one file for each quantity, and a test of the lengths';
/** The others are independent of each other; two need the first. */
const quantities = ['length', 'area', 'volume', 'mass', 'speed', 'time', 'energy', 'power'];
const fileOf = (quantity: string) => `src/${quantity}.js`;

export const items = [
  ...quantities.map(quantity => ({
    id: quantity,
    file_path: fileOf(quantity),
    mode: 'coder',
    description: `Export convert(value, from, to) for the units of ${quantity}, and units, the list of their names; a RangeError that names an unknown unit.`,
    acceptance: ['a unit converted to itself is itself', 'an unknown unit throws a RangeError'],
    ...(quantity === 'area' && { dependencies: ['length'] }),
  })),
  { id: 'docs', file_path: 'docs/units.md', mode: 'coder', description: 'List the quantities and how to convert.' },
  {
    id: 'check',
    file_path: 'test/length.test.js',
    mode: 'sdet',
    description: 'Test the conversions of length: there and back, an unknown unit.',
    dependencies: ['length'],
  },
];
const plan = JSON.stringify({ summary: 'A library of conversions.', work_items: items });

const file = (name: string, text: string) => `I write it as the item says.\n\n${name}\n\`\`\`js\n${text}\`\`\`\n`;
const codeOf = (quantity: string, note = '') => `${note}const factors = new Map([
  ['base', 1],
  ['kilo', 1000],
  ['milli', 0.001],
]);

/** The names of the units of ${quantity}. */
export const units = [...factors.keys()];

function factorOf(unit) {
  const factor = factors.get(unit);
  if (factor === undefined) throw new RangeError(\`There is no unit of ${quantity} called \${unit}\`);
  return factor;
}

export function convert(value, from, to) {
  return (value * factorOf(from)) / factorOf(to);
}
`;
const testText = `import assert from 'node:assert/strict';
import test from 'node:test';
import { convert } from '../src/length.js';

test('there and back', () => assert.equal(convert(convert(3, 'kilo', 'base'), 'base', 'kilo'), 3));
test('an unknown unit', () => assert.throws(() => convert(1, 'no', 'base'), RangeError));
`;
const perfect = '{"completeness": 1, "correctness": 1, "feedback": [], "items_at_fault": []}';
const faultOf = (quantity: string) =>
  JSON.stringify({
    completeness: 0.9,
    correctness: 0.4,
    feedback: [
      `${fileOf(quantity)}: the factors have no unit between base and kilo; the request wants all that are in use.`,
    ],
    items_at_fault: [quantity],
  });

export interface ScriptOptions {
  /** Every answer that is given goes in here. */
  readonly answered: string[];
  /** What an agent asks for before it writes, one answer each. */
  readonly looks: readonly string[];
  /** The item that the judge finds fault with, once, and that is then mended. */
  readonly fault?: string | undefined;
}

/** The answers of all roles to the request, the same whoever asks. */
export function rulesFor({ answered, looks, fault }: ScriptOptions): ScriptRule[] {
  const says = (text: string | ((prompt: string) => string)) => (received: ModelServerRequest) => {
    const turn = received.messages.filter(message => message.role === 'assistant').length;
    const look = typeof text === 'string' ? undefined : looks[turn];
    const answer = look ?? (typeof text === 'string' ? text : text(received.messages[1]?.content ?? ''));
    answered.push(answer);
    return answer;
  };
  const about = (name: string) => ({ prompt: new RegExp(`Your file: ${name.replaceAll('.', '\\.')}`) });
  const faults = fault === undefined ? [] : [says(faultOf(fault))];
  return [
    { when: { system: 'You plan a change' }, replies: [says(plan)] },
    { when: { system: 'You judge a change' }, replies: [...faults, says(perfect)] },
    ...quantities.map(quantity => ({
      when: about(fileOf(quantity)),
      replies: [
        says(prompt => {
          const isMending = quantity === fault && prompt.includes('last attempt was not good enough');
          if (prompt.includes('does not exist yet') || isMending) {
            return file(fileOf(quantity), codeOf(quantity, isMending ? '// All units in use.\n' : ''));
          }
          return '<done>It holds for the new code as it is.</done>';
        }),
      ],
    })),
    { when: about('docs/units.md'), replies: [says(() => file('docs/units.md', `${quantities.join('\n')}\n`))] },
    {
      when: about('test/length.test.js'),
      replies: [
        says(prompt =>
          prompt.includes('does not exist yet')
            ? file('test/length.test.js', testText)
            : '<done>The tests hold for the new code as they are.</done>',
        ),
      ],
    },
  ];
}

export const project = {
  'package.json': JSON.stringify({ name: 'units', type: 'module', scripts: { test: 'node --test' } }),
  'README.md': '# Units\n\nConversions between units.\n',
  'AGENTS.md': '- Whole words as names.\n- Errors name what was wrong.\n- A test for every promise.\n',
  'src/index.js': "/** The version of the library. */\nexport const version = '1.0.0';\n",
  'test/index.test.js':
    "import assert from 'node:assert/strict';\nimport test from 'node:test';\nimport { version } from '../src/index.js';\n\ntest('has a version', () => assert.match(version, /^\\d/));\n",
};
