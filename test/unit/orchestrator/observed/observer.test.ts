import assert from 'node:assert/strict';
import { z } from 'zod';
import { AbortError, ValidationError } from '../../../../src/base/errors.ts';
import { recordedRun } from '../../../support/recordedRun.ts';

describe('RecordingObserver', () => {
  const look = { what: 'kind', subject: ['src/a.ts'], schema: z.string() } as const;
  const search = { what: 'search', subject: ['item', 'x'], schema: z.string() } as const;

  it('writes what is seen before anyone acts on it, and the same again only when it has changed', async () => {
    const { observer, seen } = recordedRun();
    for (const value of ['file', 'file', 'directory', 'file']) {
      assert.equal(await observer.observe(look, () => Promise.resolve(value)), value);
    }
    assert.deepEqual(
      seen().map(({ kept }) => kept),
      [{ value: 'file' }, { value: 'directory' }, { value: 'file' }],
    );
    assert.deepEqual(seen()[0]?.subject, ['src/a.ts']);
  });

  it('writes every search and every command, of which each counts', async () => {
    const { observer, seen } = recordedRun();
    for (const value of ['same', 'same']) await observer.observe(search, () => Promise.resolve(value));
    assert.equal(seen().length, 2);
  });

  it('writes an error of our own, and neither an abort nor a fault', async () => {
    const { observer, seen } = recordedRun();
    for (const error of [new ValidationError('Not there.'), new AbortError(), new TypeError('A fault.')]) {
      await assert.rejects(
        observer.observe(look, () => Promise.reject(error)),
        error,
      );
    }
    assert.deepEqual(
      seen().map(({ kept }) => kept),
      [{ error: { kind: 'validation', message: 'Not there.' } }],
    );
  });
});
