import assert from 'node:assert/strict';
import { AbortError } from '../../../../src/base/errors.ts';
import { Conductor, type ConductorOptions } from '../../../../src/orchestrator/replay/conductor.ts';

const steps = (...lanes: string[]) => lanes.map((lane, index) => ({ seq: index + 1, lane }));

describe('Conductor', () => {
  let order: string[];
  let lost: string[];

  beforeEach(() => {
    order = [];
    lost = [];
  });

  function open(lanes: string[], options: Partial<ConductorOptions> = {}) {
    return new Conductor({
      steps: steps(...lanes),
      isBrokenOff: false,
      onLost: what => void lost.push(what),
      ...options,
    });
  }

  /** Something that waits for its turn and then makes one step of its lane. */
  async function play(conductor: Conductor, lane: string, name = lane): Promise<void> {
    await conductor.turn(lane, Number(name.replaceAll(/\D/g, '')));
    order.push(name);
    conductor.made(lane);
  }

  it('gives the turns as they were, however those who wait come', async () => {
    const conductor = open(['b', 'a', 'c', 'a']);
    const done = ['c', 'a', 'b'].map(lane => play(conductor, lane));
    await Promise.all(done);
    await play(conductor, 'a');
    assert.deepEqual(order, ['b', 'a', 'c', 'a']);
    assert.equal(conductor.nextSeq, undefined);
  });

  it('lets a lane go on in the order in which it got what it waits for', async () => {
    const conductor = open(['a', 'a']);
    await Promise.all([play(conductor, 'a', 'a2'), play(conductor, 'a', 'a1')]);
    assert.deepEqual(order, ['a1', 'a2']);
  });

  it('lets the earliest go on when the one whose turn it is does not come', async () => {
    const conductor = open(['absent', 'b', 'a']);
    await Promise.all([play(conductor, 'a'), play(conductor, 'b')]);
    assert.deepEqual(order, ['b', 'a']);
    assert.deepEqual([conductor.nextSeq, conductor.nextSeqOf('absent'), conductor.nextSeqOf('a')], [1, 1, undefined]);
  });

  it('cancels when all is made that was made before, and what waits then ends', async () => {
    const abort = new AbortController();
    const conductor = open(['a', 'b'], { cancellation: { seq: 1.5, cancel: () => abort.abort() } });
    const waiting = conductor.lost('b', 'asks', abort.signal);
    await play(conductor, 'a');
    await assert.rejects(waiting, AbortError);
    assert.deepEqual([abort.signal.aborted, lost], [true, []]);
  });

  it('reports what the run never had, unless the run was broken off', async () => {
    await assert.rejects(open(['a']).lost('a', 'looks elsewhere'), AbortError);
    assert.deepEqual(lost, ['looks elsewhere']);
    await assert.rejects(open(['a'], { isBrokenOff: true }).lost('a', 'looks elsewhere too'), AbortError);
    assert.deepEqual(lost, ['looks elsewhere']);
  });

  it('ends a wait with its signal', async () => {
    const abort = new AbortController();
    const waiting = open(['a', 'b']).turn('b', 1, abort.signal);
    abort.abort();
    await assert.rejects(waiting, AbortError);
    await assert.rejects(open(['a']).turn('a', 1, AbortSignal.abort()), AbortError);
    await assert.rejects(open(['a']).lost('a', 'asks', AbortSignal.abort()), AbortError);
  });
});
