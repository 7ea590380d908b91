import assert from 'node:assert/strict';
import { ModelError, TrellisError, type TrellisErrorKind } from '../../../src/base/errors.ts';
import { errorOfKind } from '../../../src/orchestrator/errorOfKind.ts';

describe('errorOfKind', () => {
  it('makes an error of every kind again', () => {
    const kinds: Record<TrellisErrorKind, true> = {
      planning: true,
      execution: true,
      quality: true,
      validation: true,
      configuration: true,
      sandbox: true,
      storage: true,
      abort: true,
      model: true,
    };
    for (const kind of Object.keys(kinds)) {
      const error = errorOfKind({ kind, message: 'It failed.', details: { provider: 'openai', status: 404 } });
      assert.ok(error instanceof TrellisError);
      assert.deepEqual([error.kind, error.message], [kind, 'It failed.']);
      if (error instanceof ModelError) {
        assert.deepEqual([error.provider, error.status, error.retryable], ['openai', 404, false]);
      }
    }
  });

  it('makes a plain error of what was none of our own', () => {
    const error = errorOfKind({ kind: 'internal', message: 'A fault.' });
    assert.ok(!(error instanceof TrellisError));
    assert.equal(error.message, 'A fault.');
  });
});
