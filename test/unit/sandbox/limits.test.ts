import assert from 'node:assert/strict';
import { ValidationError } from '../../../src/base/errors.ts';
import { defaultSandboxLimits, withLimits } from '../../../src/sandbox/limits.ts';

describe('withLimits', () => {
  it('replaces what is given and keeps the rest', () => {
    assert.deepEqual(withLimits(defaultSandboxLimits, undefined), defaultSandboxLimits);
    assert.deepEqual(withLimits(defaultSandboxLimits, { processes: 3 }), { ...defaultSandboxLimits, processes: 3 });
  });

  it('refuses what is no positive whole number, by name', () => {
    for (const wallTimeMs of [0, -5, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(
        () => withLimits(defaultSandboxLimits, { wallTimeMs }),
        (error: unknown) => {
          assert.ok(error instanceof ValidationError);
          return /wallTimeMs/.test(error.message);
        },
      );
    }
  });
});
