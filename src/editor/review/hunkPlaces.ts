// Where the hunks of a file stand in the two sides of its diff.
import type { Hunk } from '../../domain/schema/changes.ts';

export type DiffSide = 'before' | 'after';

/** The lines that a hunk changes on one side, from 0, the end exclusive: none where lines were only added or removed. */
export interface HunkPlace<H extends Hunk = Hunk> {
  readonly hunk: H;
  readonly startLine: number;
  readonly endLine: number;
}

/** The hunks that have a place in the text, in its order; those of a rename, a mode or binary content have none. */
export function placesOf<H extends Hunk>(hunks: readonly H[], side: DiffSide): HunkPlace<H>[] {
  return hunks.filter(hunk => hunk.lines.length > 0).map(hunk => placeOf(hunk, side));
}

/** The hunk that the cursor is in; where a hunk has no lines on that side, the two lines that it is between count. */
export function placeAt<H extends Hunk>(places: readonly HunkPlace<H>[], line: number): HunkPlace<H> | undefined {
  const inside = places.find(({ startLine, endLine }) => startLine <= line && line < endLine);
  return (
    inside ?? places.find(({ startLine, endLine }) => startLine === endLine && Math.abs(line - startLine + 0.5) < 1)
  );
}

/** How far from a hunk the cursor may be and still mean it: the lines of context that a diff shows around a change. */
const REACH = 3;

/**
 * The hunk that the cursor is in, or else the nearest within reach, the lower one of two. The editor's own diff may let a
 * change begin some lines above or below, and its commands put the cursor there.
 */
export function placeNear<H extends Hunk>(places: readonly HunkPlace<H>[], line: number): HunkPlace<H> | undefined {
  const distances = places.map(({ startLine, endLine }) =>
    Math.max(startLine - line, line - Math.max(startLine, endLine - 1)),
  );
  const nearest = Math.min(...distances);
  return placeAt(places, line) ?? (nearest <= REACH ? places[distances.lastIndexOf(nearest)] : undefined);
}

/** The nearest hunk after the cursor, or before it, that the cursor is not in. */
export function neighbourOf<H extends Hunk>(
  places: readonly HunkPlace<H>[],
  line: number,
  direction: 'next' | 'previous',
): HunkPlace<H> | undefined {
  const current = placeAt(places, line);
  if (direction === 'next') return places.find(place => place !== current && place.startLine > line);
  return places.findLast(place => place !== current && place.startLine < line);
}

function placeOf<H extends Hunk>(hunk: H, side: DiffSide): HunkPlace<H> {
  const { lines } = hunk;
  const first = lines.findIndex(line => line.kind !== 'context');
  const [start, count] = side === 'after' ? [hunk.newStart, hunk.newLines] : [hunk.oldStart, hunk.oldLines];
  // Without lines of its own a hunk names the line before it.
  const startLine = (count === 0 ? start : start - 1) + first;
  const kind = side === 'after' ? 'added' : 'deleted';
  return { hunk, startLine, endLine: startLine + lines.filter(line => line.kind === kind).length };
}
