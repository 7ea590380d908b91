import assert from 'node:assert/strict';
import { ConfigurationError } from '../../../../src/base/errors.ts';
import { cassetteHeader, isCassette, parseCassette } from '../../../../src/models/cassette/cassette.ts';

const request = {
  provider: 'openai',
  model: 'm',
  parameters: { temperature: 0, maxOutputTokens: 5 },
  messages: [{ role: 'user', content: 'Hello' }],
};
const reply = { text: 'Hi', finishReason: 'stop', usage: { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 } };
const line = `${JSON.stringify({ request, reply })}\n`;

const problemOf = (text: string): string => {
  try {
    parseCassette(text, 'c.jsonl');
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.message;
  }
  return 'none';
};

describe('parseCassette', () => {
  it('reads a line for each exchange', () => {
    assert.deepEqual(parseCassette(cassetteHeader, 'c.jsonl'), []);
    assert.deepEqual(parseCassette(cassetteHeader + line + line, 'c.jsonl'), [
      { request, reply },
      { request, reply },
    ]);
  });

  it('says in one sentence what is no cassette, of another version, or damaged', () => {
    for (const text of ['', '{}', 'hello\n', line])
      assert.equal(problemOf(text), 'The file c.jsonl is not a cassette; name one that was made with --record.');
    assert.equal(
      problemOf('{"format":"trellis-cassette","version":2}\n'),
      'The cassette c.jsonl has the form 2, and this version of Trellis reads the form 1; record it again.',
    );
    const cut = cassetteHeader + line + line.slice(0, 40);
    assert.equal(problemOf(cut), 'The cassette c.jsonl is damaged in line 3; record it again.');
    const neither = `${cassetteHeader}${JSON.stringify({ request })}\n`;
    assert.equal(problemOf(neither), 'The cassette c.jsonl is damaged in line 2; record it again.');
  });

  it('knows a cassette of another version for one', () => {
    assert.ok(isCassette('{"format":"trellis-cassette","version":9}\nwhatever'));
    assert.ok(!isCassette('# My notes'));
  });
});
