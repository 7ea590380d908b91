import assert from 'node:assert/strict';
import { LoopBreather } from '../../../src/base/loopBreather.ts';

describe('LoopBreather', () => {
  it('lets the loop turn only when its slice is over', async () => {
    let now = 0;
    let turns = 0;
    const breather = new LoopBreather(new AbortController().signal, () => now);
    setImmediate(() => turns++);
    await breather.breathe();
    assert.equal(turns, 0);
    now = 8;
    await breather.breathe();
    assert.equal(turns, 1);
    setImmediate(() => turns++);
    await breather.breathe();
    assert.equal(turns, 1);
  });

  it('stops work that was aborted, within a slice and between two', async () => {
    const reason = new Error('enough');
    await assert.rejects(new LoopBreather(AbortSignal.abort(reason), () => 0).breathe(), reason);
    let now = 0;
    const controller = new AbortController();
    const breather = new LoopBreather(controller.signal, () => now);
    now = 10;
    setImmediate(() => controller.abort(reason));
    await assert.rejects(breather.breathe(), reason);
  });
});
