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
});
