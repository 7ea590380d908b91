import { MyersSearch, type SearchSide } from './myersSearch.ts';
import { slideGroups } from './slideGroups.ts';

/** `oldCount` lines from `oldStart` became `newCount` lines from `newStart`; 0-based. Changes are in order and never touch. */
export interface LineChange {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
}

/**
 * The changes between two lists of lines: a shortest edit script (for all but huge differences), each change slid to
 * where git would show it, so that merges and hunks agree with git's.
 */
export function diffLines(before: readonly string[], after: readonly string[]): LineChange[] {
  const shortest = Math.min(before.length, after.length);
  let prefix = 0;
  while (prefix < shortest && before[prefix] === after[prefix]) prefix++;
  if (prefix === before.length && prefix === after.length) return [];
  let suffix = 0;
  while (suffix < shortest - prefix && before[before.length - 1 - suffix] === after[after.length - 1 - suffix])
    suffix++;

  const numbers = new Map<string, number>();
  const old = numberLines(before, prefix, before.length - suffix, numbers);
  const fresh = numberLines(after, prefix, after.length - suffix, numbers);
  const oldChanged = new Uint8Array(before.length);
  const newChanged = new Uint8Array(after.length);
  new MyersSearch(
    sharedLines(old, fresh, { prefix, lineCount: numbers.size }, oldChanged),
    sharedLines(fresh, old, { prefix, lineCount: numbers.size }, newChanged),
  ).run();
  slideGroups(before, oldChanged, newChanged);
  slideGroups(after, newChanged, oldChanged);
  return collectChanges(oldChanged, newChanged);
}

/** How many lines came and went. */
export function countChanges(changes: readonly LineChange[]): {
  readonly additions: number;
  readonly deletions: number;
} {
  let additions = 0;
  let deletions = 0;
  for (const change of changes) {
    additions += change.newCount;
    deletions += change.oldCount;
  }
  return { additions, deletions };
}

/** The lines from `start` to `end` as small integers, the same for equal lines. */
function numberLines(lines: readonly string[], start: number, end: number, numbers: Map<string, number>): Int32Array {
  const result = new Int32Array(end - start);
  for (let index = start; index < end; index++) {
    const line = lines[index] ?? '';
    let number = numbers.get(line);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(line, number);
    }
    result[index - start] = number;
  }
  return result;
}

/** The lines that the other side has too; the rest is marked as changed at once, since it can match nothing. */
function sharedLines(
  own: Int32Array,
  other: Int32Array,
  range: { readonly prefix: number; readonly lineCount: number },
  changed: Uint8Array,
): SearchSide {
  const isInOther = new Uint8Array(range.lineCount);
  for (const number of other) isInOther[number] = 1;
  const positions: number[] = [];
  const numbers: number[] = [];
  for (const [index, number] of own.entries()) {
    if (isInOther[number] === 1) {
      positions.push(range.prefix + index);
      numbers.push(number);
    } else changed[range.prefix + index] = 1;
  }
  return { positions: Int32Array.from(positions), numbers: Int32Array.from(numbers), changed };
}

function collectChanges(oldChanged: Uint8Array, newChanged: Uint8Array): LineChange[] {
  const changes: LineChange[] = [];
  let oldAt = 0;
  let newAt = 0;
  while (oldAt < oldChanged.length || newAt < newChanged.length) {
    const oldStart = oldAt;
    const newStart = newAt;
    while (oldChanged[oldAt] === 1) oldAt++;
    while (newChanged[newAt] === 1) newAt++;
    if (oldAt > oldStart || newAt > newStart)
      changes.push({ oldStart, oldCount: oldAt - oldStart, newStart, newCount: newAt - newStart });
    else {
      oldAt++;
      newAt++;
    }
  }
  return changes;
}
