import assert from 'node:assert/strict';
import { maskStrings } from '../../../src/orchestrator/maskStrings.ts';

const mask = (text: string) => text.replaceAll('a long secret', '[masked]');

describe('maskStrings', () => {
  it('masks every string of plain data, however deep', () => {
    const value = { kind: 'x', list: [{ text: 'it is a long secret' }, 'a long secret', 5, null], flag: true };
    assert.deepEqual(maskStrings(value, mask), {
      kind: 'x',
      list: [{ text: 'it is [masked]' }, '[masked]', 5, null],
      flag: true,
    });
    assert.equal(value.list[1], 'a long secret');
  });

  it('gives back the same object when there is nothing to mask', () => {
    const value = { list: ['nothing to see here'], inner: { text: 'nor is there here' } };
    assert.equal(maskStrings(value, mask), value);
  });
});
