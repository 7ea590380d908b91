import assert from 'node:assert/strict';
import { ThinkingFilter, withoutThinking } from '../../../../src/agents/protocol/thinking.ts';
import { SeededRandom } from '../../../support/seededRandom.ts';

const PIECES = [
  '<think>',
  '</think>',
  '<Thinking>',
  '</thinking>',
  '<reasoning>',
  '</REASONING>',
  '\n',
  '\n',
  ' ',
  'a',
  'İ',
];

describe('ThinkingFilter', () => {
  it('leaves out of the lines what is left out of the whole', () => {
    let withThinking = 0;
    for (let seed = 1; seed <= 5_000; seed++) {
      const random = new SeededRandom(seed);
      const text = Array.from({ length: random.below(12) }, () => random.pick(PIECES)).join('');
      // Without its opening tag, thinking is known by its end only.
      if (!/^\s*<(?:think|thinking|reasoning)>/i.test(text)) continue;
      withThinking++;
      const filter = new ThinkingFilter();
      const lines = text.split('\n').flatMap(line => filter.take(line) ?? []);
      // Blank lines before the thinking are left: they mean nothing.
      assert.equal(lines.join('\n').trimStart(), withoutThinking(text).trimStart(), JSON.stringify(text));
    }
    assert.ok(withThinking > 500);
  });

  it('takes every line of a reply that does not begin with thinking', () => {
    const lines = ['', 'I <think> so.', '<think>', '</think>', 'x'];
    const filter = new ThinkingFilter();
    assert.deepEqual(
      lines.map(line => filter.take(line)),
      lines,
    );
  });
});
