import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorial } from '../src/index.js';

test('factorial of small numbers', () => {
  assert.deepEqual([0, 1, 2, 5].map(factorial), [1n, 1n, 2n, 120n]);
});

test('factorial refuses what is not a whole number from 0 on', () => {
  for (const n of [-1, 1.5, Number.NaN]) assert.throws(() => factorial(n), RangeError);
});
