import assert from 'node:assert/strict';
import { AbortError, ModelError } from '../../../../src/base/errors.ts';
import { silentLogger } from '../../../../src/base/logger.ts';
import { Governor } from '../../../../src/models/governor/governor.ts';
import { VirtualClock } from '../../../support/virtualClock.ts';

const signal = new AbortController().signal;

function modelError(status: number | undefined, retryAfterMs?: number, retryable = true): ModelError {
  return new ModelError(`status ${status}`, {
    provider: 'fake',
    retryable,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** A server that answers after `latencyMs`, and refuses what exceeds `perWindow` starts in any `windowMs`. */
function limitingServer(clock: VirtualClock, limit: { perWindow: number; windowMs: number; latencyMs: number }) {
  const accepted: number[] = [];
  const refusedAt: number[] = [];
  return {
    accepted,
    refusedAt,
    call: async (): Promise<string> => {
      const now = clock.now();
      if (accepted.filter(at => at > now - limit.windowMs).length >= limit.perWindow) {
        refusedAt.push(now);
        await clock.sleep(5);
        throw modelError(429);
      }
      accepted.push(now);
      await clock.sleep(limit.latencyMs);
      return 'answer';
    },
  };
}

describe('Governor', () => {
  let clock: VirtualClock;
  let governor: Governor;

  beforeEach(() => {
    clock = new VirtualClock();
    governor = new Governor({ clock, logger: silentLogger, provider: 'fake' });
  });

  /** Asks again after a refusal, as the retry does. */
  async function persistently(party: string, work: () => Promise<string>): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      try {
        await governor.run(party, signal, work);
        return tries;
      } catch {
        await clock.sleep(250);
      }
    }
  }

  for (const windowMs of [1000, 60_000]) {
    it(`finds the pace of a server that takes ${windowMs === 1000 ? 'five calls a second' : 'thirty calls a minute'}`, async () => {
      const perWindow = windowMs === 1000 ? 5 : 30;
      const server = limitingServer(clock, { perWindow, windowMs, latencyMs: 400 });
      const start = clock.now();
      const calls = windowMs === 1000 ? 600 : 200;
      const worker = async (count: number) => {
        const tries: number[] = [];
        for (let index = 0; index < count; index += 1) tries.push(await persistently('run', server.call));
        return Math.max(...tries);
      };
      const mostTries = await clock.run(Promise.all(Array.from({ length: 20 }, () => worker(calls / 20))));
      assert.equal(server.accepted.length, calls);
      const warmUpMs = windowMs === 1000 ? 10_000 : 180_000;
      const late = (at: number) => at > start + warmUpMs;
      const refused = server.refusedAt.filter(late).length;
      const share = refused / (refused + server.accepted.filter(late).length);
      const allowed = windowMs === 1000 ? 0.02 : 0.1;
      assert.ok(share <= allowed, `${refused} refused, ${(share * 100).toFixed(1)} %`);
      assert.ok(Math.max(...mostTries) <= 4, `${mostTries.join(' ')} tries`);
      // Not by being idle: at least 70 % of what the server would take.
      const ideal = (calls / perWindow) * windowMs;
      const took = clock.now() - start;
      assert.ok(took < ideal / 0.7, `${Math.round(took / 1000)} s instead of ${ideal / 1000} s`);
    });
  }

  it('lets more through, one by one, where nothing is refused', async () => {
    let underWay = 0;
    let most = 0;
    const work = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await clock.sleep(100);
      underWay -= 1;
    };
    const calls = (count: number) =>
      Promise.all(Array.from({ length: count }, () => governor.run('run', signal, work)));
    await clock.run(calls(20));
    assert.ok(most >= 8 && most < 20, `${most}`);
    await clock.run(calls(300));
    assert.ok(most >= 20, `${most}`);
    assert.equal(governor.limits.rate, undefined);
  });

  it('halves what is under way once for a burst of refusals', async () => {
    const refuse = async () => {
      await clock.sleep(10);
      throw modelError(429);
    };
    await clock.run(Promise.allSettled(Array.from({ length: 8 }, () => governor.run('run', signal, refuse))));
    assert.equal(governor.limits.concurrency, 4);
    await clock.run(assert.rejects(governor.run('run', signal, refuse)));
    assert.equal(governor.limits.concurrency, 2);
  });

  it('stops all calls for as long as the server asked, and no longer', async () => {
    const start = clock.now();
    const limited = async () => {
      throw modelError(503, 7000);
    };
    await assert.rejects(governor.run('run', signal, limited));
    let startedAt = 0;
    await clock.run(governor.run('another', signal, async () => void (startedAt = clock.now())));
    assert.equal(startedAt - start, 7000);
  });

  it('serves the parties in turn, however much one of them asks', async () => {
    const order: string[] = [];
    const call = (party: string) =>
      governor.run(party, signal, async () => {
        order.push(party);
        await clock.sleep(100);
      });
    const greedy = Array.from({ length: 100 }, () => call('greedy'));
    const modest = Array.from({ length: 4 }, () => call('modest'));
    await clock.run(Promise.all(modest));
    // Eight of the greedy were under way before the modest came; from then on it is their turn.
    assert.deepEqual(order.slice(0, 12), [...Array<string>(8).fill('greedy'), ...Array<string>(4).fill('modest')]);
    await clock.run(Promise.all(greedy));
  });

  it('lets a call that is cancelled while it waits go, and does not count it', async () => {
    const release = Promise.withResolvers<void>();
    const busy = Array.from({ length: 8 }, () => governor.run('run', signal, () => release.promise));
    const controller = new AbortController();
    let hasRun = false;
    const cancelled = governor.run('run', controller.signal, async () => void (hasRun = true));
    controller.abort();
    await assert.rejects(cancelled, AbortError);
    release.resolve();
    await Promise.all(busy);
    assert.equal(hasRun, false);
    await assert.rejects(
      governor.run('run', controller.signal, () => Promise.resolve()),
      AbortError,
    );
    assert.equal(await governor.run('run', signal, () => Promise.resolve('next')), 'next');
  });

  describe('with a server that is down', () => {
    let asked = 0;
    const fail = async () => {
      asked += 1;
      await clock.sleep(1);
      throw modelError(500);
    };

    beforeEach(async () => {
      asked = 0;
      for (let count = 0; count < 10; count += 1) {
        await clock.run(assert.rejects(governor.run('run', signal, fail), /status 500/));
      }
    });

    it('turns calls away without asking it, and says for how long', async () => {
      await assert.rejects(governor.run('run', signal, fail), (error: unknown) => {
        assert.ok(error instanceof ModelError);
        assert.equal(error.retryable, true);
        assert.equal(error.retryAfterMs, 15_000);
        assert.match(error.message, /has failed 10 times one after the other and is not asked again for 15 s; see/);
        return true;
      });
      assert.equal(asked, 10);
    });

    it('tries one call after that, lets the others wait for it, and goes on when it succeeds', async () => {
      await clock.run(clock.sleep(15_000));
      const order: string[] = [];
      const call = (name: string) =>
        governor.run('run', signal, async () => {
          order.push(`${name} begins`);
          await clock.sleep(10);
          order.push(`${name} ends`);
        });
      await clock.run(Promise.all([call('probe'), call('a'), call('b')]));
      assert.deepEqual(order, ['probe begins', 'probe ends', 'a begins', 'b begins', 'a ends', 'b ends']);
    });

    it('waits twice as long when that call fails too, and turns away who waited', async () => {
      await clock.run(clock.sleep(15_000));
      const outcomes = await clock.run(Promise.allSettled([1, 2, 3].map(() => governor.run('run', signal, fail))));
      assert.equal(asked, 11);
      const waits = outcomes.map(outcome =>
        outcome.status === 'rejected' && outcome.reason instanceof ModelError ? outcome.reason.retryAfterMs : 0,
      );
      assert.deepEqual(waits, [undefined, 30_000, 30_000]);
    });
  });

  it('takes a server that refuses a call for its content, or limits it, for one that runs', async () => {
    for (let count = 0; count < 30; count += 1) {
      const error = count % 9 === 8 ? modelError(400, undefined, false) : modelError(500);
      await assert.rejects(
        governor.run('run', signal, () => Promise.reject(error)),
        /status/,
      );
    }
  });
});
