import assert from 'node:assert/strict';
import { ConfigurationError } from '../../../src/base/errors.ts';
import { parsePromptTemplate, renderPrompt } from '../../../src/base/promptTemplate.ts';

function promptText(parts: { variables?: string; body?: string; header?: string }): string {
  const header =
    parts.header ?? `role: planner\npurpose: Plans.\nvariables: ${parts.variables ?? '[request]'}\noutput: JSON`;
  return `---\n${header}\n---\n${parts.body ?? '<!-- system -->\nYou plan.\n\n<!-- user -->\n{{request}}\n'}`;
}

function assertRejected(text: string, message: RegExp): void {
  assert.throws(
    () => parsePromptTemplate('planner', text),
    (error: unknown) =>
      error instanceof ConfigurationError && error.message.includes('"planner"') && message.test(error.message),
  );
}

describe('parsePromptTemplate', () => {
  it('splits the header, the system section and the user section', () => {
    const template = parsePromptTemplate('planner', promptText({}));
    assert.deepEqual(template.header, { role: 'planner', purpose: 'Plans.', variables: ['request'], output: 'JSON' });
    assert.equal(template.system, 'You plan.');
    assert.equal(template.user, '{{request}}');
  });

  it('reads files with Windows line ends', () => {
    const template = parsePromptTemplate('planner', promptText({}).replaceAll('\n', '\r\n'));
    assert.equal(template.system, 'You plan.');
  });

  it('takes a prompt with a user section only', () => {
    const template = parsePromptTemplate('planner', promptText({ body: '\n<!-- user -->\nAgain: {{request}}' }));
    assert.equal(template.system, '');
  });

  it('rejects a file that is wrong, naming the file and the fault', () => {
    assertRejected('You plan.', /does not start with a header/);
    assertRejected(promptText({ header: 'role: [' }), /header is not YAML/);
    assertRejected(promptText({ header: 'role: planner' }), /purpose: .*; variables: .*; output: /);
    assertRejected(promptText({ variables: '["2x"]' }), /a variable is a name/);
    assertRejected(promptText({ body: 'Hello\n<!-- user -->\n{{request}}' }), /text before its first section marker/);
    assertRejected(promptText({ body: '<!-- assistant -->\n{{request}}' }), /unknown name, `assistant`/);
    assertRejected(promptText({ body: '<!-- user -->\n{{request}}\n<!-- user -->\nx' }), /two sections `user`/);
    assertRejected(
      promptText({ body: '<!-- user -->\n{{request}}\n<!-- system -->\nx' }),
      /system section comes after/,
    );
    assertRejected(promptText({ body: '<!-- system -->\n{{request}}' }), /no text under `<!-- user -->`/);
  });

  it('rejects holes that are undeclared, unused or misspelled', () => {
    assertRejected(promptText({ body: '<!-- user -->\n{{request}} {{plan}}' }), /does not declare: `plan`/);
    assertRejected(promptText({ variables: '[request, plan]' }), /does not use: `plan`/);
    assertRejected(promptText({ body: '<!-- user -->\n{{request}} {{ plan }}' }), /`\{\{ plan \}\}` is not a hole/);
  });
});

describe('renderPrompt', () => {
  it('fills every hole with its value as it is, without reading holes or patterns in it', () => {
    const template = parsePromptTemplate(
      'planner',
      promptText({ variables: '[request, plan]', body: '<!-- user -->\n{{request}}, {{plan}}, {{request}}' }),
    );
    const { user } = renderPrompt(template, { request: '{{plan}} $& $1', plan: '<!-- system -->' });
    assert.equal(user, '{{plan}} $& $1, <!-- system -->, {{plan}} $& $1');
  });

  it('drops the line of a hole whose value is empty, and keeps empty lines inside values', () => {
    const template = parsePromptTemplate(
      'planner',
      promptText({ variables: '[feedback, request]', body: '<!-- user -->\nDo:\n\n{{feedback}}\n\n{{request}}' }),
    );
    assert.equal(renderPrompt(template, { feedback: '', request: 'a\n\n\nb' }).user, 'Do:\n\na\n\n\nb');
    assert.equal(renderPrompt(template, { feedback: 'f', request: 'r' }).user, 'Do:\n\nf\n\nr');
  });

  it('throws when a variable is missing or unknown', () => {
    const template = parsePromptTemplate('planner', promptText({}));
    assert.throws(() => renderPrompt(template, {}), /without `request`/);
    assert.throws(() => renderPrompt(template, { request: '', plan: '' }), /with `plan`, which it does not use/);
    assert.throws(
      () => renderPrompt(template, Object.create({ request: 'inherited' }) as object as Record<string, string>),
      /without `request`/,
    );
  });
});
