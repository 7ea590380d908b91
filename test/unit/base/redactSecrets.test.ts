import assert from 'node:assert/strict';
import { redactSecrets } from '../../../src/base/redactSecrets.ts';

describe('redactSecrets', () => {
  it('masks what is known to be secret, whatever it looks like', () => {
    assert.equal(redactSecrets('key horse.battery (x)', ['horse.battery', '']), 'key [redacted] (x)');
  });

  it('masks keys of the common formats', () => {
    const keys = [
      'sk-proj-abcdefghijklmnop',
      'sk-ab********************wxyz',
      'ghp_abcdefghijklmnopqrstuvwx',
      'xoxb-123456789012-abc',
      'AKIAABCDEFGHIJKLMNOP',
      `AIza${'x'.repeat(35)}`,
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc',
    ];
    for (const key of keys) assert.equal(redactSecrets(`Incorrect key: ${key}.`), 'Incorrect key: [redacted].');
  });

  it('masks authorization headers and passwords in addresses', () => {
    assert.equal(redactSecrets('authorization: Bearer abc.def-ghi'), 'authorization: Bearer [redacted]');
    assert.equal(redactSecrets('GET http://me:hunter2@host:8080/v1'), 'GET http://me:[redacted]@host:8080/v1');
  });

  it('leaves ordinary text alone', () => {
    const text =
      'The model "gpt-4o" at http://localhost:8080/v1 asked me@example.com: task-1, risk-averse, basic understanding. Basic.';
    assert.equal(redactSecrets(text), text);
  });
});
