import assert from 'node:assert/strict';
import { remembered } from '../../../src/base/remembered.ts';

describe('remembered', () => {
  it('computes once for each key, and again where that failed', () => {
    const computed: string[] = [];
    const lengthOf = remembered(new Map<string, number>(), text => {
      computed.push(text);
      if (computed.length === 1) throw new Error('not yet');
      return text.length;
    });
    assert.throws(() => lengthOf(''), /not yet/);
    assert.deepEqual([lengthOf(''), lengthOf(''), lengthOf('ab'), lengthOf('ab')], [0, 0, 2, 2]);
    assert.deepEqual(computed, ['', '', 'ab']);
  });
});
