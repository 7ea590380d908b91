import { diffLines, type LineChange } from '../diff/lineDiff.ts';

/** Losing fewer lines than this at once is an ordinary edit. */
const LEAST_LINES_LOST = 10;
/** The part of the file that has to be gone from one end, or to be left in all, to look like a fragment. */
const SHARE_LOST_AT_ONE_END = 0.2;
const SHARE_LEFT = 0.3;
/** A short file is taken for a fragment where so many lines fewer, and such a part of it, are left, and half of them are old. */
const LEAST_LINES_OF_SHORT_FILE = 4;
const SHARE_OF_SHORT_FILE = 0.4;
const SHARE_OLD = 0.5;
/** New lines for each line lost that still count as nothing in its place. */
const SHARE_REPLACED = 0.1;

/**
 * Whether `after`, sent as the whole of a file, looks like a part of it: its beginning or its end is gone with next
 * to nothing in its place, or little of it is left. Deleting on purpose stays possible with an edit that names what it deletes.
 */
export function looksPartial(before: readonly string[], after: readonly string[]): boolean {
  if (after.length >= before.length) return false;
  if (before.length - after.length >= LEAST_LINES_LOST * 3 && after.length < before.length * SHARE_LEFT) return true;
  const changes = diffLines(before, after);
  const first = changes[0];
  const last = changes.at(-1);
  const leastLost = Math.max(LEAST_LINES_LOST, before.length * SHARE_LOST_AT_ONE_END);
  const isLoss = (change: LineChange) =>
    change.oldCount >= leastLost && change.newCount <= change.oldCount * SHARE_REPLACED;
  const hasLostHead = first?.oldStart === 0 && isLoss(first);
  const hasLostTail = last !== undefined && last.oldStart + last.oldCount === before.length && isLoss(last);
  return hasLostHead || hasLostTail || isFragmentOfShort(before, after, changes);
}

function isFragmentOfShort(
  before: readonly string[],
  after: readonly string[],
  changes: readonly LineChange[],
): boolean {
  const lost = before.length - after.length;
  if (lost < Math.max(LEAST_LINES_OF_SHORT_FILE, before.length * SHARE_OF_SHORT_FILE)) return false;
  const added = changes.reduce((sum, change) => sum + change.newCount, 0);
  return after.length - added >= after.length * SHARE_OLD;
}
