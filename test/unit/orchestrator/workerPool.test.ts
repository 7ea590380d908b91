import assert from 'node:assert/strict';
import type { Clock } from '../../../src/base/clock.ts';
import type { RunLog } from '../../../src/domain/runLog.ts';
import { initialRunState } from '../../../src/domain/runState.ts';
import type { RunEvent, RunEventPayload } from '../../../src/domain/schema/events.ts';
import { type OrderRunner, WorkerPool } from '../../../src/orchestrator/workerPool.ts';
import { buildEvents } from '../../support/builders.ts';
import { FakeQueue } from '../../support/fakeQueue.ts';

/** Time that stands still until it is told to go on. */
class ManualClock implements Clock {
  readonly sleeps: { readonly ms: number; readonly wake: () => void }[] = [];
  now = () => 1000;
  sleep = (ms: number) => new Promise<void>(resolve => void this.sleeps.push({ ms, wake: resolve }));
}

function poolFor(queue: FakeQueue, workers: number, runOrder: OrderRunner) {
  const clock = new ManualClock();
  const appended: RunEventPayload[] = [];
  const log: RunLog = {
    state: initialRunState('run_test'),
    append: payload => {
      appended.push(payload);
      return buildEvents([payload])[0] as RunEvent;
    },
  };
  const abort = new AbortController();
  const pool = new WorkerPool({
    clock,
    queue,
    log,
    workerIds: Array.from({ length: workers }, (_, index) => `w${index + 1}`),
    capabilities: ['coder'],
    runOrder,
    signal: abort.signal,
    abandon: () => abort.abort(new Error('abandoned')),
  });
  return { pool, clock, appended, abort };
}

describe('the worker pool', () => {
  it('keeps at most as many orders under way as there are workers, and works all of them off', async () => {
    let running = 0;
    let most = 0;
    const queue = new FakeQueue(['a', 'b', 'c', 'd', 'e']);
    const { pool, appended } = poolFor(queue, 2, async claim => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      queue.complete(claim);
    });
    await pool.workOff();
    assert.equal(most, 2);
    assert.equal(queue.log.filter(line => line.endsWith('done')).length, 5);
    assert.deepEqual(
      appended.map(event => event.type),
      ['worker.registered', 'worker.registered'],
    );
  });

  it('gives the worker of an order that waits for a human to another order, and resumes before new work', async () => {
    const answer = Promise.withResolvers<string>();
    const queue = new FakeQueue(['a', 'b', 'c']);
    const heard: string[] = [];
    const { pool } = poolFor(queue, 1, async (claim, pause) => {
      if (claim.orderId === 'a') heard.push(await pause.whileWaitingFor('q1', answer.promise));
      if (claim.orderId === 'b') answer.resolve('blue');
      queue.complete(claim);
    });
    await pool.workOff();
    assert.deepEqual(heard, ['blue']);
    assert.deepEqual(queue.log.slice(0, 4), ['w1 claims a', 'a waits', 'w1 claims b', 'b done']);
    assert.ok(queue.log.indexOf('w1 resumes a') < queue.log.indexOf('a done'));
    assert.ok(queue.log.includes('c done'));
  });

  it('is not done while an order waits for a human and no worker works', async () => {
    const answer = Promise.withResolvers<string>();
    const queue = new FakeQueue(['a']);
    const { pool } = poolFor(queue, 2, async (claim, pause) => {
      await pause.whileWaitingFor('q1', answer.promise);
      queue.complete(claim);
    });
    let isDone = false;
    const done = pool.workOff().then(() => {
      isDone = true;
    });
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(isDone, false);
    answer.resolve('yes');
    await done;
    assert.deepEqual(queue.log, ['w1 claims a', 'a waits', 'w2 resumes a', 'a done']);
  });

  it('ends with the first error, after everything under way has ended, and starts nothing more', async () => {
    const queue = new FakeQueue(['broken', 'slow', 'never']);
    let slowEnded = false;
    const { pool, abort } = poolFor(queue, 2, async claim => {
      if (claim.orderId === 'broken') throw new Error('the model is gone');
      await new Promise<void>(resolve => {
        if (abort.signal.aborted) resolve();
        else abort.signal.addEventListener('abort', () => resolve());
      });
      slowEnded = true;
      throw new Error('a later error');
    });
    await assert.rejects(pool.workOff(), { message: 'the model is gone' });
    assert.ok(slowEnded);
    assert.ok(!queue.log.some(line => line.includes('never')));
  });

  it('ends although a question is open when its answer is given up', async () => {
    const queue = new FakeQueue(['asks', 'breaks']);
    const answer = Promise.withResolvers<string>();
    const { pool, abort } = poolFor(queue, 2, async (claim, pause) => {
      if (claim.orderId === 'asks') await pause.whileWaitingFor('q1', answer.promise);
      else throw new Error('the disk is full');
    });
    abort.signal.addEventListener('abort', () => answer.reject(new Error('nobody will answer')));
    await assert.rejects(pool.workOff(), { message: 'the disk is full' });
  });

  it('waits for a back-off to be over', async () => {
    const queue = new FakeQueue(['a']);
    queue.holdBackUntil(1500);
    const { pool, clock } = poolFor(queue, 1, claim => Promise.resolve(void queue.complete(claim)));
    const done = pool.workOff();
    assert.deepEqual(
      clock.sleeps.map(sleep => sleep.ms),
      [500],
    );
    queue.release();
    clock.sleeps[0]?.wake();
    await done;
    assert.deepEqual(queue.log, ['w1 claims a', 'a done']);
  });
});
