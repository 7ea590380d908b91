import type { LineRange } from './schema/coverage.ts';

/** Ranges that are named before the rest is counted. */
const NAMED = 5;

/** `line 3`, `lines 12–18 and 20`; a long list is cut, and says so. */
export function nameLines(ranges: readonly LineRange[]): string {
  const names = ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`));
  const shown = names.length > NAMED ? [...names.slice(0, NAMED), `${names.length - NAMED} more places`] : names;
  const list = [shown.slice(0, -1).join(', '), ...shown.slice(-1)].filter(part => part !== '').join(' and ');
  return `${countLines(ranges) === 1 ? 'line' : 'lines'} ${list}`;
}

export function countLines(ranges: readonly LineRange[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}
