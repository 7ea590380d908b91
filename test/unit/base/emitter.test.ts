import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/emitter.ts';

describe('Emitter', () => {
  it('calls every listener although one throws', () => {
    const errors: unknown[] = [];
    const emitter = new Emitter<number>(error => errors.push(error));
    const seen: number[] = [];
    emitter.event(() => {
      throw new Error('broken listener');
    });
    emitter.event(value => seen.push(value));
    emitter.fire(7);
    assert.deepEqual(seen, [7]);
    assert.equal(errors.length, 1);
  });

  it('does not call a listener that was disposed while firing is under way for the next event', () => {
    const emitter = new Emitter<number>(() => assert.fail('no listener throws'));
    const seen: number[] = [];
    const subscription = emitter.event(value => {
      seen.push(value);
      void subscription.dispose();
    });
    emitter.fire(1);
    emitter.fire(2);
    assert.deepEqual(seen, [1]);
  });
});
