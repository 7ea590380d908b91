import assert from 'node:assert/strict';
import { formatCost, formatCount, formatDuration, formatShare, plural } from '../../../src/domain/formatQuantity.ts';

const table = (name: string, format: (value: number) => string, cases: [number, string][]) => {
  describe(name, () => {
    for (const [value, text] of cases) it(`shows ${value} as ${text}`, () => assert.equal(format(value), text));
  });
};

table('formatDuration', formatDuration, [
  [0, '0.0 s'],
  [-5, '0.0 s'],
  [849, '0.8 s'],
  [9949, '9.9 s'],
  [9950, '10 s'],
  [59_499, '59 s'],
  [59_600, '1 min'],
  [125_000, '2 min 5 s'],
  [3_600_000, '1 h'],
  [3_960_000, '1 h 6 min'],
]);

table('formatCount', formatCount, [
  [0, '0'],
  [999, '999'],
  [1234, '1.2k'],
  [45_678, '46k'],
  [999_499, '999k'],
  [999_500, '1.0M'],
  [34_000_000, '34M'],
]);

table('formatCost', formatCost, [
  [0, '$0'],
  [0.0123, '$0.012'],
  [1.5, '$1.50'],
]);

table('formatShare', formatShare, [
  [0, '0 %'],
  [0.001, '1 %'],
  [0.756, '76 %'],
  [0.999, '99 %'],
  [1, '100 %'],
]);

describe('plural', () => {
  it('adds an s to all but one', () => {
    assert.deepEqual(
      [0, 1, 2].map(count => plural(count, 'file')),
      ['0 files', '1 file', '2 files'],
    );
  });
});
