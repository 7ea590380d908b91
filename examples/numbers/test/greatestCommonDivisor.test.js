import assert from 'node:assert/strict';
import { test } from 'node:test';
import { greatestCommonDivisor } from '../src/index.js';

test('greatest common divisor', () => {
  assert.equal(greatestCommonDivisor(12, 18), 6);
  assert.equal(greatestCommonDivisor(-4, 6), 2);
  assert.equal(greatestCommonDivisor(7, 0), 7);
});
