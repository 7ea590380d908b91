import assert from 'node:assert/strict';
import { countLines, nameLines } from '../../../src/domain/lineRanges.ts';

const range = (first: number, last = first) => ({ first, last });

describe('ranges of lines', () => {
  it('are named one by one', () => {
    assert.equal(nameLines([range(3)]), 'line 3');
    assert.equal(nameLines([range(12, 18)]), 'lines 12–18');
    assert.equal(nameLines([range(3), range(5)]), 'lines 3 and 5');
    assert.equal(nameLines([range(1, 2), range(5), range(8, 9)]), 'lines 1–2, 5 and 8–9');
  });

  it('are counted where there are many', () => {
    const many = [1, 3, 5, 7, 9, 11, 13].map(line => range(line));
    assert.equal(nameLines(many), 'lines 1, 3, 5, 7, 9 and 2 more places');
    assert.equal(countLines([range(1, 3), range(8)]), 4);
  });
});
