import assert from 'node:assert/strict';
import { maskForStorage } from '../../../../src/models/safety/maskForStorage.ts';

describe('maskForStorage', () => {
  it('leaves neither credentials nor personal data, and changes nothing more the second time', async () => {
    const mask = maskForStorage(async () => [{ kind: 'environment-value', value: 'correct horse' }]);
    const text = 'key AKIAQ7XB2LMZ3TRV4KCW of ada@analytical-engine.org, card 4539 1488 0343 6467, correct horse';
    const masked = await mask(text);
    assert.equal(
      masked,
      'key [masked: aws-access-key] of [masked: email], card [masked: payment-card], [masked: environment-value]',
    );
    assert.equal(await mask(masked), masked);
  });
});
