// A small shop, and a model that changes it in several places: what the walks of the review work on.
import type { ModelScript, ScriptRule } from '../support/modelServer/modelScript.ts';

export const request = 'Give a tenth off from ten pieces of an item on';

export const projectFiles: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({ name: 'shop', type: 'module', scripts: { test: 'node --test' } }, undefined, 2)}\n`,
  'src/price.js': `/** What an item costs, in cents. */
export function priceOf({ price, quantity = 1 }) {
  return price * quantity;
}

/** What an order costs, in cents. */
export function total(items) {
  let sum = 0;
  for (const item of items) sum += priceOf(item);
  return sum;
}

/** How a price is shown. */
export function show(cents) {
  return \`\${cents / 100} EUR\`;
}
`,
  'src/label.js': `import { show } from './price.js';

/** What stands on the shelf. */
export const label = item => \`\${item.name}: \${show(item.price)}\`;
`,
  'test/price.test.js': `import assert from 'node:assert/strict';
import test from 'node:test';
import { total } from '../src/price.js';

test('two items', () => assert.equal(total([{ price: 200 }, { price: 50, quantity: 3 }]), 350));
`,
};

const plan = {
  summary: 'The discount where prices are made, a word of it on the label, and a test.',
  work_items: [
    {
      id: 'price',
      file_path: 'src/price.js',
      mode: 'coder',
      description: 'Take a tenth off from ten pieces on',
      file_status: 'existing',
    },
    {
      id: 'label',
      file_path: 'src/label.js',
      mode: 'coder',
      description: 'Say so on the label',
      file_status: 'existing',
    },
    {
      id: 'check',
      file_path: 'test/price.test.js',
      mode: 'sdet',
      description: 'Test the price of ten pieces',
      file_status: 'existing',
      dependencies: ['price'],
    },
  ],
};

const replaced = (name: string, ...blocks: readonly (readonly [search: string, replace: string])[]) =>
  [
    'I change it.\n',
    name,
    ...blocks.map(([search, replace]) => `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE`),
    '',
  ].join('\n');

/** The line that the tests need. */
export const discountLine = '  return quantity < 10 ? full : full * 0.9;';
export const roundedLine = '  return quantity < 10 ? full : Math.round(full * 0.9);';
export const shownLine = '  return `${(cents / 100).toFixed(2)} EUR`;';

const priceEdit = replaced(
  'src/price.js',
  ['  return price * quantity;', `  const full = price * quantity;\n${discountLine}`],
  ['  return `${cents / 100} EUR`;', shownLine],
);

const labelEdit = replaced('src/label.js', [
  'export const label = item => `${item.name}: ${show(item.price)}`;',
  'export const label = item => `${item.name}: ${show(item.price)}, from 10 on 10 % off`;',
]);

const testEdit = replaced('test/price.test.js', [
  "test('two items', () => assert.equal(total([{ price: 200 }, { price: 50, quantity: 3 }]), 350));",
  "test('two items', () => assert.equal(total([{ price: 200 }, { price: 50, quantity: 3 }]), 350));\n\ntest('ten pieces', () => assert.equal(total([{ price: 100, quantity: 10 }]), 900));",
]);

/** What the human asks for in the walks, and what the model makes of it. */
export const remark = 'Round to whole cents';

const rule = (system: string, prompt: string, ...replies: ScriptRule['replies']): ScriptRule => ({
  when: { system, prompt },
  replies,
});

/** The model's side of the run, from the plan over a comment to the judgement. */
export const script: ModelScript = {
  rules: [
    rule('You plan a change', '', JSON.stringify(plan)),
    rule('You are the coder', remark, replaced('src/price.js', [discountLine, roundedLine])),
    rule('You are the coder', 'Say so on the label', labelEdit),
    rule('You are the coder', '', priceEdit),
    rule('You are the tester', '', testEdit, '<done>The tests pass.</done>'),
    rule('You judge a change', '', '{"completeness":1,"correctness":1,"feedback":[]}'),
  ],
};
