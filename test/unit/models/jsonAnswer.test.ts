import assert from 'node:assert/strict';
import { z } from 'zod';
import { parseJsonAnswer } from '../../../src/models/jsonAnswer.ts';

const schema = z.object({ summary: z.string(), items: z.array(z.object({ id: z.string() })).min(1) });
const value = { summary: 'Add {x}', items: [{ id: 'a' }, { id: 'b' }] };
const json = JSON.stringify(value);

function assertParsed(text: string, repairs: string[], expected: unknown = value): void {
  assert.deepEqual(parseJsonAnswer(text, schema), { ok: true, value: expected, repairs });
}

describe('parseJsonAnswer', () => {
  it('takes plain JSON as it is', () => {
    assertParsed(json, []);
    assertParsed(`\n${json}  `, []);
  });

  it('leaves out fences and prose', () => {
    assertParsed(`\`\`\`json\n${json}\n\`\`\``, ['surroundingTextRemoved']);
    assertParsed(`Here is {the} plan [1]:\n\n${json}\nGood luck {x}!`, ['surroundingTextRemoved']);
  });

  it('keeps fences that are part of a string', () => {
    const fenced = { summary: 'Write ```js\n{}\n``` here', items: [{ id: 'a' }] };
    assertParsed(`Plan: ${JSON.stringify(fenced)}`, ['surroundingTextRemoved'], fenced);
  });

  it('mends small errors of syntax', () => {
    assertParsed(`{summary: 'Add {x}', "items": [{"id": "a"}, {"id": "b"},],}`, ['syntaxRepaired']);
  });

  it('closes a cut-off end', () => {
    assertParsed(json.slice(0, -3), ['endClosed']);
    assertParsed(`Sure:\n\`\`\`\n${json.slice(0, -2)}`, ['surroundingTextRemoved', 'endClosed']);
  });

  it('finds the object although a stray quote in the prose hides its beginning', () => {
    assertParsed(`Take {5" screws} and [this] ${json}`, ['surroundingTextRemoved']);
  });

  it('names the path of what does not fit', () => {
    const result = parseJsonAnswer('{"summary": "s", "items": [{"id": "a"}, {"id": 7}]}', schema);
    assert.equal(result.ok, false);
    assert.match(result.problems.join(), /^items\.1\.id: /);
  });

  it('says first that an answer broke off, where that may be why it does not fit', () => {
    const result = parseJsonAnswer('{"summary": "s", "items": [{"id": "a"}, {"na', schema);
    assert.ok(!result.ok);
    assert.equal(result.problems[0], 'The answer broke off before its end.');
    assert.match(result.problems[1] ?? '', /^items\.1\.id: /);
  });

  it('reports at most twenty problems', () => {
    const items = Array.from({ length: 50 }, () => ({}));
    const result = parseJsonAnswer(JSON.stringify({ summary: 's', items }), schema);
    assert.ok(!result.ok);
    assert.equal(result.problems.length, 21);
    assert.equal(result.problems.at(-1), '… and 30 more');
  });

  it('says so when there is nothing, prose only, or far too much', () => {
    assert.deepEqual(parseJsonAnswer(' \n', schema), { ok: false, problems: ['The answer is empty.'] });
    assert.deepEqual(parseJsonAnswer('I cannot do that.', schema), {
      ok: false,
      problems: ['The answer holds no JSON object.'],
    });
    const result = parseJsonAnswer('{'.repeat(5_000_000), schema);
    assert.ok(!result.ok && result.problems[0]?.startsWith('The answer is too long: 5000000 characters'));
  });

  it('gives up on hostile nesting within the time of a test', () => {
    for (const text of ['{'.repeat(1_000_000), '{}'.repeat(500_000), '[{"'.repeat(60_000), '"{'.repeat(400_000)]) {
      assert.equal(parseJsonAnswer(text, schema).ok, false);
    }
  });
});
