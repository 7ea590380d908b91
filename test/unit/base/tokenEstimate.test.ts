import assert from 'node:assert/strict';
import { estimateTokens } from '../../../src/base/tokenEstimate.ts';

describe('estimateTokens', () => {
  it('counts four ASCII characters as one token, rounded up', () => {
    assert.equal(estimateTokens(''), 0);
    assert.equal(estimateTokens('abcde'), 2);
  });

  it('counts every other character as one token, also outside the basic plane', () => {
    assert.equal(estimateTokens('你好😀'), 3);
  });

  it('counts the characters alike, whether or not all of them are ASCII', () => {
    for (const text of ['', 'abcd', 'a\u007f', '\u0080', 'é', 'aé', '你好', '😀', '\ud83d', '\ude00', 'a\ude00b']) {
      const characters = Array.from(text, character => character.charCodeAt(0));
      const ascii = characters.filter(code => code < 0x80).length;
      const other = characters.filter(code => code >= 0x80 && (code < 0xdc00 || code > 0xdfff)).length;
      assert.equal(estimateTokens(text), Math.ceil(ascii / 4) + other, JSON.stringify(text));
      assert.equal(estimateTokens(`${text}é`), Math.ceil(ascii / 4) + other + 1, JSON.stringify(text));
    }
  });
});
