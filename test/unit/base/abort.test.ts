import assert from 'node:assert/strict';
import { abortErrorOf, throwIfAborted, waitUnlessAborted } from '../../../src/base/abort.ts';
import { AbortError, ExecutionError } from '../../../src/base/errors.ts';

describe('abort helpers', () => {
  it('keep a reason of ours and turn any other into an AbortError with its cause', () => {
    const controller = new AbortController();
    const timedOut = new ExecutionError('The item ran out of time.');
    controller.abort(timedOut);
    assert.equal(abortErrorOf(controller.signal), timedOut);
    const error = abortErrorOf(AbortSignal.abort('stop'));
    assert.ok(error instanceof AbortError);
    assert.equal(error.cause, 'stop');
  });

  it('throw only when the signal is aborted', () => {
    throwIfAborted(new AbortController().signal);
    assert.throws(() => throwIfAborted(AbortSignal.abort()), AbortError);
  });

  it('wait for the promise, its failure or the signal, whichever is first', async () => {
    const controller = new AbortController();
    assert.equal(await waitUnlessAborted(Promise.resolve(3), controller.signal), 3);
    await assert.rejects(waitUnlessAborted(Promise.reject(new Error('broken')), controller.signal), /broken/);
    const never = waitUnlessAborted(new Promise<void>(() => undefined), controller.signal);
    controller.abort();
    await assert.rejects(never, AbortError);
    await assert.rejects(waitUnlessAborted(Promise.resolve(3), controller.signal), AbortError);
  });
});
