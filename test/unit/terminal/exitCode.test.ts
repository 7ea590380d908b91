import assert from 'node:assert/strict';
import { AbortError, ModelError, PlanningError, SandboxError, ValidationError } from '../../../src/base/errors.ts';
import { exitCodeOfError, exitCodeOfRun } from '../../../src/terminal/exitCode.ts';

describe('the exit code', () => {
  const cases = [
    ['planned', undefined, 0],
    ['applied', undefined, 0],
    ['qualityNotReached', undefined, 1],
    ['refused', undefined, 4],
    ['cancelled', undefined, 4],
    ['failed', 'model', 3],
    ['failed', 'planning', 3],
    ['failed', 'configuration', 2],
    ['failed', 'validation', 2],
    ['failed', 'sandbox', 5],
    ['failed', 'storage', 5],
    ['failed', 'execution', 1],
    ['failed', 'something new', 5],
    ['failed', undefined, 5],
  ] as const;
  for (const [outcome, errorKind, code] of cases) {
    it(`is ${code} for ${outcome}${errorKind === undefined ? '' : ` (${errorKind})`}`, () => {
      assert.equal(exitCodeOfRun({ outcome, message: '', ...(errorKind === undefined ? {} : { errorKind }) }), code);
    });
  }

  it('is that of the error where there was no run', () => {
    assert.equal(exitCodeOfRun(undefined), 5);
    assert.equal(exitCodeOfError(new ModelError('', { provider: 'p', retryable: false })), 3);
    assert.equal(exitCodeOfError(new PlanningError('')), 3);
    assert.equal(exitCodeOfError(new ValidationError('')), 2);
    assert.equal(exitCodeOfError(new AbortError()), 4);
    assert.equal(exitCodeOfError(new SandboxError('')), 5);
    assert.equal(exitCodeOfError(new TypeError('a fault')), 5);
  });
});
