import assert from 'node:assert/strict';
import { rateLimitsOf } from '../../../../src/models/providers/rateLimits.ts';

describe('rateLimitsOf', () => {
  it('takes the headers that speak of limits, as the servers call them', () => {
    const headers = {
      'x-ratelimit-remaining-requests': '59',
      'Anthropic-RateLimit-Tokens-Reset': '2026-11-21T10:00:00Z',
      'RateLimit-Policy': '"default";q=100',
      ratelimit: 'limit=10',
    };
    const taken = rateLimitsOf(new Headers({ ...headers, 'content-type': 'text/plain', 'set-cookie': 'ratelimit=1' }));
    assert.deepEqual(Object.keys(taken ?? {}).sort(), [
      'anthropic-ratelimit-tokens-reset',
      'ratelimit',
      'ratelimit-policy',
      'x-ratelimit-remaining-requests',
    ]);
    assert.equal(rateLimitsOf(new Headers({ accept: 'x' })), undefined);
  });

  it('takes no more of a server than it needs', () => {
    const headers = new Headers();
    for (let number = 0; number < 100; number += 1) headers.set(`x-ratelimit-${number}`, 'x'.repeat(1000));
    const taken = Object.values(rateLimitsOf(headers) ?? {});
    assert.deepEqual([taken.length, taken[0]?.length], [24, 120]);
  });
});
