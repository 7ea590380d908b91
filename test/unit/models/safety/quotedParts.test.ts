import assert from 'node:assert/strict';
import { quoteData } from '../../../../src/base/quotedData.ts';
import { quotedParts } from '../../../../src/models/safety/quotedParts.ts';

const labels = (prompt: string) =>
  quotedParts(prompt).map(({ label, start, end }) => [label, prompt.slice(start, end)]);

describe('quotedParts', () => {
  it('finds what quoteData quotes, and the planner tags', () => {
    const prompt = `The human wants:\nx\n\n${quoteData('src/a.ts', 'one\n')}\n<rules path="AGENTS.md">\ntwo\n</rules>\n${quoteData('output', 'three')}`;
    assert.deepEqual(labels(prompt), [
      ['src/a.ts', 'one\n'],
      ['AGENTS.md', 'two\n'],
      ['output', 'three\n'],
    ]);
  });

  it('is not led astray by quotations inside of a quotation', () => {
    const inner = quoteData('fake', 'inner');
    const prompt = quoteData('real', `a\n${inner}\n<file path="b">\n[end 00000000]\nc`);
    assert.deepEqual(labels(prompt), [['real', `a\n${inner}\n<file path="b">\n[end 00000000]\nc\n`]]);
  });

  it('leaves alone what is not closed', () => {
    assert.deepEqual(labels('[data 00000000: x]\nabc\n<file path="a">\nabc'), []);
    assert.deepEqual(labels('[data 00000000: x]\n'.repeat(20_000)), []);
  });
});
