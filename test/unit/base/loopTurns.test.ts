import assert from 'node:assert/strict';
import { LoopTurns } from '../../../src/base/loopTurns.ts';

describe('LoopTurns', () => {
  /** A hundred pieces of work that take `pieceMs` by a clock of their own; how many were done in each turn of the loop. */
  async function crowd(pieceMs: number): Promise<{ readonly order: number[]; readonly perTurn: number[] }> {
    let now = 0;
    const turns = new LoopTurns(() => now);
    const order: number[] = [];
    const perTurn: number[] = [];
    let done = 0;
    let isRunning = true;
    const count = () => {
      perTurn.push(done);
      done = 0;
      if (isRunning) setImmediate(count);
    };
    setImmediate(count);
    const work = async (_: unknown, index: number) => {
      await turns.turn();
      now += pieceMs;
      done += 1;
      order.push(index);
    };
    await Promise.all(Array.from({ length: 100 }, work));
    isRunning = false;
    return { order, perTurn: [...perTurn, done].filter(pieces => pieces > 0) };
  }

  it('lets a crowd through at once that takes no time', async () => {
    const { perTurn } = await crowd(0);
    assert.deepEqual(perTurn, [100]);
  });

  it('has a crowd that takes long go on in the turns that follow, in order', async () => {
    const { order, perTurn } = await crowd(2);
    assert.deepEqual(
      order,
      Array.from({ length: 100 }, (_, index) => index),
    );
    assert.equal(perTurn[0], 4);
    assert.ok(Math.max(...perTurn) <= 4, perTurn.join());
  });

  it('counts the time of a piece until it waits for the loop, whatever else it awaits', async () => {
    let now = 0;
    const turns = new LoopTurns(() => now);
    const begun: number[] = [];
    const work = async (index: number) => {
      await turns.turn();
      begun.push(index);
      for (let step = 0; step < 20; step += 1) await Promise.resolve();
      now += 8;
    };
    const all = Promise.all([1, 2, 3].map(work));
    await new Promise(process.nextTick);
    assert.deepEqual(begun, [1]);
    await all;
    assert.deepEqual(begun, [1, 2, 3]);
  });

  it('says beforehand whether there is time left', async () => {
    let now = 0;
    const turns = new LoopTurns(() => now);
    assert.equal(turns.hasTimeLeft(), true);
    now = 8;
    assert.equal(turns.hasTimeLeft(), false);
    await turns.turn();
    assert.equal(turns.hasTimeLeft(), true);
  });
});
