// Text that was sent as the whole of a file and, going by the file that is there, is something else.

import { diffLines } from '../diff/lineDiff.ts';
import { elisionReason } from './editText.ts';
import { findElision, findStandIn, mayStandIn } from './elision.ts';
import { looksPartial } from './partialFile.ts';

/** Why `after` is not the whole of the file that holds `before`, as the end of a sentence about it; `before` is empty for a new file. */
export function doubtAboutWhole(before: readonly string[], after: readonly string[]): string | undefined {
  const isThere = before.length > 0;
  const elision = findElision(after, before, isThere) ?? standInOf(before, after);
  if (elision !== undefined) return `its new content ${elisionReason(elision)}`;
  if (hasDiffSigns(before, after))
    return 'its new content is a diff; put rows "@@" into it and mark its fence as a diff';
  if (hasLineNumbers(before, after)) return 'its new content has a number before each line; send the lines without';
  if (!isThere || !looksPartial(before, after)) return undefined;
  const counts = `${after.length} lines where the file has ${before.length}`;
  return `this looks like a part of the file and not the whole, ${counts}; send search/replace blocks that change, or delete, only what they name`;
}

function standInOf(before: readonly string[], after: readonly string[]): string | undefined {
  if (!after.some(mayStandIn)) return undefined;
  for (const { oldStart, oldCount, newStart, newCount } of diffLines(before, after)) {
    const deleted = before.slice(oldStart, oldStart + oldCount);
    const line = findStandIn(deleted, after.slice(newStart, newStart + newCount));
    if (line !== undefined) return line;
  }
  return undefined;
}

/** Whether every line has a sign before it, and behind one of them stands a line of the file. */
function hasDiffSigns(before: readonly string[], after: readonly string[]): boolean {
  const written = after.filter(line => line.trim() !== '');
  if (!written.some(line => /^[+-]/.test(line)) || !written.every(line => /^[ +-]/.test(line))) return false;
  if (before.length === 0) return after.every(line => line.startsWith('+')) && written.some(line => /^\+\S/.test(line));
  return holdsBehind(before, written, /^[ -]/);
}

/** Whether the lines are counted one by one, and behind one of the numbers stands a line of the file. */
function hasLineNumbers(before: readonly string[], after: readonly string[]): boolean {
  let last: number | undefined;
  for (const line of after) {
    const number = Number(NUMBER.exec(line)?.[1] ?? Number.NaN);
    if (Number.isNaN(number) || (last !== undefined && number !== last + 1)) return false;
    last = number;
  }
  return holdsBehind(before, after, NUMBER);
}

const NUMBER = /^\s*L?(\d+)\s*(?:[|│:→]|\t) ?/;

/** Whether behind what `prefix` matches there is a line of the file that has some words, and the file has none with the prefix. */
function holdsBehind(before: readonly string[], lines: readonly string[], prefix: RegExp): boolean {
  const known = new Set(before.map(line => line.trimEnd()));
  return lines.some(line => {
    const rest = line.replace(prefix, '').trimEnd();
    return rest !== line.trimEnd() && /\w/.test(rest) && known.has(rest) && !known.has(line.trimEnd());
  });
}
