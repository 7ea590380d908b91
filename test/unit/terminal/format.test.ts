import assert from 'node:assert/strict';
import { plural } from '../../../src/domain/formatQuantity.ts';
import { formatCost, formatCount, formatDuration, formatTime } from '../../../src/terminal/format.ts';

describe('format', () => {
  it('gives durations in the unit that fits', () => {
    assert.deepEqual([0, 850.4, 1000, 59_949, 59_950, 65_400, 3_600_000].map(formatDuration), [
      '0 ms',
      '850 ms',
      '1.0 s',
      '59.9 s',
      '1 m 00 s',
      '1 m 05 s',
      '60 m 00 s',
    ]);
  });

  it('gives counts, costs and plurals as people read them', () => {
    assert.deepEqual([0, 999, 1234, 999_950, 3_400_000].map(formatCount), ['0', '999', '1.2k', '1.0M', '3.4M']);
    assert.deepEqual([0, 0.01234, 1.5].map(formatCost), ['$0.00', '$0.0123', '$1.50']);
    assert.deepEqual([plural(1, 'file'), plural(0, 'file')], ['1 file', '0 files']);
  });

  it('gives local time', () => {
    assert.equal(formatTime(new Date(2026, 10, 1, 4, 5, 6).getTime()), '2026-11-01 04:05:06');
  });
});
