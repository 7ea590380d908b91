import assert from 'node:assert/strict';
import { looksLikeKey, looksLikePassword, looksRandom } from '../../../../src/base/credentials/randomText.ts';

describe('looksRandom', () => {
  it('tells generated text from words', () => {
    for (const text of ['q7Xb2LmZ9tRv4KcW', 'a5b9cdaabb2c7023b55f52ff2fc66206', 'xhWPhtLcckLDvPpzKXDi5bkLxmpxMRWQ']) {
      assert.ok(looksRandom(text), text);
    }
    for (const text of [
      'getTokenFromRequest',
      'aaaaaaaaaaaaaaaa1',
      'abcdefghijklmnop1234567890',
      '12345678901234567890',
      'q7Xb2LmZ',
    ]) {
      assert.ok(!looksRandom(text), text);
    }
  });
});

describe('looksLikeKey', () => {
  it('takes no name with a number in it for a key', () => {
    for (const text of ['SIGN_IN_V2_SUBMIT_PASSWORD', 'JsonWebTokenAlgorithms.ES256', 'FlowPasswordRequiredResultV2']) {
      assert.ok(!looksLikeKey(text), text);
    }
    assert.ok(looksLikeKey('q7Xb2LmZ9tRv4KcW'));
  });
});

describe('looksLikePassword', () => {
  it('asks for three kinds of characters, and takes no path', () => {
    for (const text of ['Tr0ub4dor&3', 'abcD12!x']) assert.ok(looksLikePassword(text), text);
    for (const text of ['password', 'hunter22', '/reset/v1.0/Start', 'two words 1!', 'S1!'])
      assert.ok(!looksLikePassword(text), text);
  });
});
