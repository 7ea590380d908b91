import assert from 'node:assert/strict';
import { AbortError } from '../../../../src/base/errors.ts';
import { Budget, type LimitDecision, type LimitReached, LimitStop } from '../../../../src/models/budget/budget.ts';
import { DayPurse, startOfDay } from '../../../../src/models/budget/dayPurse.ts';
import { Purse } from '../../../../src/models/budget/purse.ts';
import { SeededRandom } from '../../../support/seededRandom.ts';

const signal = new AbortController().signal;
const tokens = (count: number) => ({ tokens: count, usd: 0 });
const settled = () => new Promise(resolve => setImmediate(resolve));

/** A budget whose questions are answered by `decide`. */
function build(run: Purse, decide: (reached: LimitReached) => LimitDecision | Promise<LimitDecision>, day?: DayPurse) {
  const asked: LimitReached[] = [];
  const onLimit = (reached: LimitReached) => {
    asked.push(reached);
    return Promise.resolve(decide(reached));
  };
  return { asked, budget: new Budget({ run, onLimit, ...(day && { day }) }) };
}

describe('Budget', () => {
  it('lets everything pass without limits', async () => {
    const { budget, asked } = build(new Purse({}), () => 'stop');
    const reservation = await budget.reserve({ tokens: 1e9, usd: 1e9 }, signal);
    reservation.settle({ tokens: 1e9, usd: 1e9 });
    assert.deepEqual(asked, []);
  });

  it('has a call wait while what others may take leaves no room, and go on when they took less', async () => {
    const purse = new Purse({ tokens: 100 });
    const { budget, asked } = build(purse, () => 'stop');
    const first = await budget.reserve(tokens(60), signal);
    let hasRoom = false;
    const second = budget.reserve(tokens(60), signal).then(reservation => {
      hasRoom = true;
      return reservation;
    });
    await settled();
    assert.equal(hasRoom, false);
    first.settle(tokens(10));
    (await second).settle(tokens(10));
    assert.deepEqual([purse.spent.tokens, asked], [20, []]);
  });

  it('asks once for all who meet the limit, and goes on when it is raised', async () => {
    const purse = new Purse({ tokens: 100 });
    const answer = Promise.withResolvers<LimitDecision>();
    const { budget, asked } = build(purse, () => answer.promise);
    (await budget.reserve(tokens(90), signal)).settle(tokens(90));
    const calls = [1, 2, 3].map(() => budget.reserve(tokens(20), signal));
    await settled();
    assert.deepEqual(asked, [{ scope: 'run', unit: 'tokens', limit: 100, spent: 90, needed: 20 }]);
    answer.resolve('raise');
    for (const reservation of await Promise.all(calls)) reservation.settle(tokens(20));
    assert.deepEqual([purse.limits.tokens, purse.spent.tokens, asked.length], [200, 150, 1]);
  });

  it('turns away all who meet a limit that is not to be raised', async () => {
    const { budget } = build(new Purse({ usd: 1 }), () => 'stop');
    const calls = [1, 2].map(() => budget.reserve({ tokens: 0, usd: 2 }, signal));
    for (const outcome of await Promise.allSettled(calls)) {
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof LimitStop);
      assert.deepEqual(outcome.reason.reached, { scope: 'run', unit: 'usd', limit: 1, spent: 0, needed: 2 });
    }
  });

  it('lets a call that is cancelled go, whatever it waits for, and asks again for those whose question went with it', async () => {
    const purse = new Purse({ tokens: 100 });
    const asked: AbortSignal[] = [];
    const onLimit = (_: LimitReached, options: { readonly signal: AbortSignal }) => {
      asked.push(options.signal);
      if (asked.length > 1) return Promise.resolve<LimitDecision>('raise');
      return new Promise<LimitDecision>((_resolve, reject) => {
        options.signal.addEventListener('abort', () => reject(new AbortError()));
      });
    };
    const budget = new Budget({ run: purse, onLimit });
    const held = await budget.reserve(tokens(80), signal);
    const waiting = new AbortController();
    const forRoom = budget.reserve(tokens(50), waiting.signal);
    waiting.abort();
    await assert.rejects(forRoom, AbortError);
    held.settle(tokens(80));
    const asking = new AbortController();
    const first = budget.reserve(tokens(50), asking.signal);
    const second = budget.reserve(tokens(50), signal);
    asking.abort();
    await assert.rejects(first, AbortError);
    (await second).settle(tokens(50));
    assert.equal(asked.length, 2);
    assert.equal(purse.spent.tokens, 130);
  });

  it('never goes beyond a limit, however many calls there are and whatever they take', async () => {
    const random = new SeededRandom(7);
    const purse = new Purse({ tokens: 10_000 });
    const { budget } = build(purse, () => 'stop');
    const worker = async () => {
      for (;;) {
        const most = 1 + Math.floor(random.next() * 500);
        const reservation = await budget.reserve(tokens(most), signal);
        await settled();
        reservation.settle(tokens(Math.floor(random.next() * most)));
      }
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, worker));
    assert.ok(outcomes.every(outcome => outcome.status === 'rejected' && outcome.reason instanceof LimitStop));
    assert.ok(purse.spent.tokens <= 10_000 && purse.spent.tokens > 9000, `${purse.spent.tokens}`);
  });

  describe('of a day', () => {
    const noon = new Date(2026, 10, 21, 12).getTime();
    const hour = 3_600_000;
    let now = noon;
    const clock = { now: () => now };

    beforeEach(() => {
      now = noon;
    });

    it('holds for all runs together, and begins anew at midnight', async () => {
      const day = new DayPurse({ limits: { tokens: 100 }, clock });
      const one = build(new Purse({}), () => 'stop', day);
      const other = build(new Purse({}), () => 'stop', day);
      (await one.budget.reserve(tokens(70), signal)).settle(tokens(70));
      await assert.rejects(other.budget.reserve(tokens(50), signal), LimitStop);
      assert.equal(other.asked[0]?.scope, 'day');
      now = noon + 13 * hour;
      (await other.budget.reserve(tokens(50), signal)).settle(tokens(50));
      assert.equal(day.current.spent.tokens, 50);
    });

    it('takes in what others spend while it goes on, once a second, beside what is spent here', async () => {
      let others = { tokens: 10, usd: 2 };
      const asked: number[] = [];
      const spentElsewhere = (since: number) => {
        asked.push(since);
        return others;
      };
      const day = new DayPurse({ limits: { usd: 5 }, clock, spentElsewhere });
      const { budget } = build(new Purse({}), () => 'stop', day);
      (await budget.reserve({ tokens: 1, usd: 1 }, signal)).settle({ tokens: 1, usd: 1 });
      others = { tokens: 20, usd: 3.5 };
      assert.deepEqual(day.current.spent, { tokens: 11, usd: 3 });
      now += 1000;
      await assert.rejects(budget.reserve({ tokens: 1, usd: 1 }, signal), LimitStop);
      assert.deepEqual([day.current.spent, asked], [{ tokens: 21, usd: 4.5 }, Array(2).fill(startOfDay(noon))]);
      others = { tokens: 0, usd: 0 };
      now = noon + 13 * hour;
      assert.deepEqual(day.current.spent, { tokens: 0, usd: 0 });
      const free = new DayPurse({ limits: {}, clock, spentElsewhere: () => assert.fail('nobody is asked') });
      assert.deepEqual(free.current.spent, { tokens: 0, usd: 0 });
    });

    it('is raised once when two runs that share it both say so', async () => {
      const day = new DayPurse({ limits: { tokens: 100 }, clock, spentElsewhere: () => tokens(100) });
      const answers = [Promise.withResolvers<LimitDecision>(), Promise.withResolvers<LimitDecision>()] as const;
      const reservations = answers.map(answer =>
        build(new Purse({}), () => answer.promise, day).budget.reserve(tokens(50), signal),
      );
      for (const answer of answers) answer.resolve('raise');
      await Promise.all(reservations);
      assert.equal(day.current.limits.tokens, 200);
    });

    it('begins at midnight by the clock on the wall', () => {
      assert.equal(new Date(startOfDay(noon)).getHours(), 0);
      assert.equal(noon - startOfDay(noon), 12 * hour);
    });
  });
});
