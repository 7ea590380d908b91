import { countLines, nameLines } from '../../domain/lineRanges.ts';
import type { Hunk } from '../../domain/schema/changes.ts';
import type { ChangeCoverage, LineRange } from '../../domain/schema/coverage.ts';
import { addedLines } from './changeCoverage.ts';

/** One sentence on what the tests left out of a file's changed lines, in numbers; undefined when that is nothing. */
export function uncoveredInFile({ neverRan, partlyRan }: ChangeCoverage): string | undefined {
  const words = wordsFor(neverRan, partlyRan, ranges => `${countLines(ranges)}`);
  return words === undefined ? undefined : `Of its changed lines, ${words} in the tests (measured).`;
}

/**
 * One sentence on the lines of a hunk that the tests left out, by their numbers in the file as it is now; undefined when
 * there are none. `staged` is the same hunk as it was measured: edits elsewhere in the file may have moved it since.
 */
export function uncoveredInHunk(hunk: Hunk, staged: Hunk, { neverRan, partlyRan }: ChangeCoverage): string | undefined {
  const lines = addedLines(staged);
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const shift = (addedLines(hunk)[0] ?? first) - first;
  const within = (ranges: readonly LineRange[]) =>
    ranges
      .filter(range => range.last >= first && range.first <= last)
      .map(range => ({ first: Math.max(range.first, first) + shift, last: Math.min(range.last, last) + shift }));
  const words = wordsFor(within(neverRan), within(partlyRan), nameLines);
  return words === undefined ? undefined : `${words.charAt(0).toUpperCase()}${words.slice(1)} in the tests.`;
}

function wordsFor(
  neverRan: readonly LineRange[],
  partlyRan: readonly LineRange[],
  name: (ranges: readonly LineRange[]) => string,
): string | undefined {
  const parts = [
    ...(neverRan.length > 0 ? [`${name(neverRan)} never ran`] : []),
    ...(partlyRan.length > 0 ? [`${name(partlyRan)} ran only in part`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(' and ');
}
