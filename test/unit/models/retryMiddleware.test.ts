import assert from 'node:assert/strict';
import { AbortError, ModelError, type ModelErrorDetails } from '../../../src/base/errors.ts';
import { retryMiddleware } from '../../../src/models/retryMiddleware.ts';
import { buildReply, buildRequest, keepingRecorder, logger, steppingClock } from './fakes.ts';

const failure = (details: Partial<ModelErrorDetails> = {}) =>
  new ModelError('The server failed.', { provider: 'fake', retryable: true, ...details });

/** Runs a call whose first tries throw `failures`, one after the other. */
function setUp(failures: readonly Error[], options: { maxRetries?: number; random?: () => number } = {}) {
  const clock = steppingClock();
  const recorder = keepingRecorder();
  const retry = retryMiddleware({ maxRetries: 3, random: () => 0.5, clock, recorder, logger, ...options });
  let tries = 0;
  const next = async () => {
    const error = failures[tries];
    tries += 1;
    if (error !== undefined) throw error;
    return buildReply();
  };
  return { clock, recorder, retry, next, tries: () => tries };
}

describe('the retry middleware', () => {
  it('passes a first success on as it is', async () => {
    const { retry, next, clock, recorder } = setUp([]);
    assert.deepEqual(await retry.handle(buildRequest(), next), buildReply());
    assert.deepEqual([clock.sleeps, recorder.events], [[], []]);
  });

  it('waits twice as long each time, by a random part of it, and counts the waiting as latency', async () => {
    const { retry, next, clock } = setUp([failure(), failure(), failure()]);
    const reply = await retry.handle(buildRequest(), next);
    assert.deepEqual(clock.sleeps, [250, 500, 1000]);
    assert.equal(reply.latencyMs, 1750);
  });

  it('uses the whole range of the jitter, from nothing to the full delay', async () => {
    for (const [random, expected] of [
      [0, 0],
      [0.999, 500],
    ] as const) {
      const { retry, next, clock } = setUp([failure()], { random: () => random });
      await retry.handle(buildRequest(), next);
      assert.deepEqual(clock.sleeps, [expected]);
    }
  });

  it('never waits more than 30 s by itself', async () => {
    const failures = Array.from({ length: 10 }, () => failure());
    const { retry, next, clock } = setUp(failures, { maxRetries: 10, random: () => 0.9999 });
    await retry.handle(buildRequest(), next);
    assert.equal(Math.max(...clock.sleeps), 29_997);
  });

  it('waits at least as long as the server asked for, but not for hours', async () => {
    const { retry, next, clock } = setUp([failure({ retryAfterMs: 5000 })]);
    await retry.handle(buildRequest(), next);
    assert.deepEqual(clock.sleeps, [5250]);
    const impatient = setUp([failure({ retryAfterMs: 7_200_000 })]);
    await assert.rejects(impatient.retry.handle(buildRequest(), impatient.next), ModelError);
    assert.equal(impatient.tries(), 1);
  });

  it('gives up after the retries, keeping the facts and saying how often it was tried', async () => {
    const { retry, next, tries, recorder } = setUp(Array.from({ length: 9 }, () => failure({ status: 503 })));
    await assert.rejects(retry.handle(buildRequest(), next), (error: unknown) => {
      assert.ok(error instanceof ModelError);
      assert.equal(error.message, 'The server failed. It was tried 4 times.');
      assert.deepEqual([error.status, error.retryable, error.provider], [503, true, 'fake']);
      return true;
    });
    assert.equal(tries(), 4);
    assert.equal(recorder.events.filter(event => event.type === 'failed' && event.willRetry).length, 3);
  });

  it('does not retry what cannot pass, nor what is no model error', async () => {
    for (const error of [failure({ retryable: false, status: 401 }), new Error('bug'), new AbortError()]) {
      const { retry, next, tries, recorder } = setUp([error]);
      await assert.rejects(retry.handle(buildRequest(), next), thrown => thrown === error);
      assert.deepEqual([tries(), recorder.events], [1, []]);
    }
  });

  it('throws the cancellation, not the failure, when both came', async () => {
    const { retry, next } = setUp([failure()]);
    const request = buildRequest({ signal: AbortSignal.abort() });
    await assert.rejects(retry.handle(request, next), AbortError);
  });
});
