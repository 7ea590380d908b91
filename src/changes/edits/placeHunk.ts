import type { Excerpt, PatchHunk } from '../../domain/schema/changes.ts';
import { indentOf, noShift } from './indentShift.ts';
import { hasWord, type LineFinder, type Place, plainPunctuation } from './matchLines.ts';
import { excerptAt, nearestExcerpts } from './nearestLines.ts';

/** Why a hunk has no place, as the end of a sentence about it, and where to look. */
export interface Misplacement {
  readonly kind: 'noMatch' | 'ambiguous';
  readonly reason: string;
  readonly nearest: readonly Excerpt[];
}

export type Placement = { readonly place: Place } | { readonly misplacement: Misplacement };

const MAX_CANDIDATES_SHOWN = 5;

/** The lines that a hunk expects to find: its context and what it deletes. */
export function oldLines(hunk: PatchHunk): string[] {
  return hunk.lines.filter(line => line.kind !== 'added').map(line => line.text);
}

export interface PlaceOptions {
  /** The hunk's lines were written with a sign before each, which is a space for context and sometimes lost. */
  readonly hasSigns: boolean;
  /** False where their author is known to get indents wrong: then an indent tells no place from another. */
  readonly isIndentTrusted: boolean;
}

/** The one place where the hunk applies, or why there is not exactly one. */
export function placeHunk(finder: LineFinder, hunk: PatchHunk, options: PlaceOptions): Placement {
  const pattern = oldLines(hunk);
  if (pattern.length === 0) return placeInsertion(finder, hunk);
  const found = finder.find(pattern, options.isIndentTrusted);
  if (found.length === 0) return { misplacement: notFound(finder, pattern) };
  const candidates = narrow(finder, hunk, found, pattern);
  const [only] = candidates;
  if (candidates.length === 1 && only)
    return canShift(hunk, only, options.hasSigns)
      ? { place: only }
      : { misplacement: indentMismatch(finder, only, pattern.length) };
  return { misplacement: severalPlaces(finder, candidates.length > 0 ? candidates : found, hunk, pattern.length) };
}

function canShift(hunk: PatchHunk, place: Place, hasSigns: boolean): boolean {
  // Context one space too far to the left has most likely lost its sign, and says nothing about the new lines.
  const isSignLost = hasSigns && place.shift.apply('x') === ' x';
  if (isSignLost && hunk.lines.every(line => line.kind !== 'deleted' || line.text.trim() === '')) return false;
  return hunk.lines.every(line => line.kind !== 'added' || place.shift.apply(line.text) !== undefined);
}

function indentMismatch(finder: LineFinder, place: Place, length: number): Misplacement {
  const reason = 'is in the file with another indent, which the new lines do not follow; copy the indent exactly';
  return { kind: 'noMatch', reason, nearest: [excerptAt(finder.lines, place.start, length, 1)] };
}

/** Without any old line only an empty file or the end of the file is a place. */
function placeInsertion(finder: LineFinder, hunk: PatchHunk): Placement {
  if (finder.lines.length === 0 || hunk.isAtEndOfFile)
    return { place: { start: finder.lines.length, rung: 'exact', shift: noShift } };
  const reason = 'has no line of the file to find its place by; add the lines before and after it as context';
  const named = [...hunk.anchors, ...(hunk.heading === undefined ? [] : [hunk.heading])];
  const added = hunk.lines.map(line => line.text);
  return { misplacement: { kind: 'noMatch', reason, nearest: nearestExcerpts(finder.lines, [...named, ...added]) } };
}

/**
 * Keeps the places that the hunk's other statements allow: its anchors always, the rest only to tell several apart. The
 * heading of a unified diff is no such statement: it is made by a rule that nobody keeps to from memory.
 */
function narrow(
  finder: LineFinder,
  hunk: PatchHunk,
  found: readonly Place[],
  pattern: readonly string[],
): readonly Place[] {
  let places = found;
  // Lines without a word are in too many places for an anchor to tell which is meant.
  if (hunk.anchors.length > 0 && hasWord(pattern)) {
    const after = places.filter(place => isAfterAnchors(finder.lines, hunk.anchors, place.start));
    // A block that is opened by several equal lines is not told by that line.
    const isTelling = after.length > 1 && isUnique(finder.lines, hunk.anchors[0] ?? '');
    places = isTelling ? after.filter(place => isInScope(finder.lines, hunk.anchors, place.start)) : after;
  }
  if (places.length > 1 && hunk.isAtEndOfFile)
    places = places.filter(place => place.start + pattern.length === finder.lines.length);
  return places;
}

function isAnchor(line: string, anchor: string): boolean {
  return plainPunctuation(line).trim().startsWith(plainPunctuation(anchor).trim());
}

function isUnique(lines: readonly string[], anchor: string): boolean {
  return lines.filter(line => isAnchor(line, anchor)).length === 1;
}

/** Whether the anchors stand, in their order, above `start` or, the last of them, on it. */
function isAfterAnchors(lines: readonly string[], anchors: readonly string[], start: number): boolean {
  let at = 0;
  for (const anchor of anchors) {
    while (at <= start && !isAnchor(lines[at] ?? '', anchor)) at++;
    if (at > start) return false;
    at++;
  }
  return true;
}

/** Whether the anchors open the blocks around `start`, going by the indents: the last is the innermost. */
function isInScope(lines: readonly string[], anchors: readonly string[], start: number): boolean {
  let first = start;
  while (first < lines.length - 1 && lines[first]?.trim() === '') first++;
  let inner = { at: start, indent: indentOf(lines[first] ?? '').length };
  for (const anchor of anchors.toReversed()) {
    const opener = openerAbove(lines, anchor, inner);
    if (!opener) return false;
    inner = opener;
  }
  return true;
}

/** The nearest line above that starts with `anchor` and is the line before, or indented less than all in between. */
function openerAbove(
  lines: readonly string[],
  anchor: string,
  inner: { readonly at: number; readonly indent: number },
): { readonly at: number; readonly indent: number } | undefined {
  let least = inner.indent;
  for (let at = inner.at - 1; at >= 0; at--) {
    const line = lines[at] ?? '';
    const indent = indentOf(line).length;
    if (line.trim() === '' || (indent >= least && at < inner.at - 1)) continue;
    if (isAnchor(line, anchor)) return { at, indent };
    least = Math.min(least, indent);
  }
  return undefined;
}

function notFound(finder: LineFinder, pattern: readonly string[]): Misplacement {
  if (finder.lines.length === 0) return { kind: 'noMatch', reason: 'is not there, the file is empty', nearest: [] };
  const reason = 'is not in the file; copy the lines exactly as they are there';
  return { kind: 'noMatch', reason, nearest: nearestExcerpts(finder.lines, pattern) };
}

function severalPlaces(
  finder: LineFinder,
  candidates: readonly Place[],
  hunk: PatchHunk,
  length: number,
): Misplacement {
  const nearest = candidates
    .slice(0, MAX_CANDIDATES_SHOWN)
    .map(place => excerptAt(finder.lines, place.start, length, 2));
  if (candidates.length === 1) {
    const [anchor = ''] = hunk.anchors;
    return { kind: 'noMatch', reason: `is in the file, but not below "${anchor}"`, nearest };
  }
  const numbers = candidates.slice(0, MAX_CANDIDATES_SHOWN).map(place => place.start + 1);
  const more = candidates.length > numbers.length ? ' and more' : '';
  const reason = `is in ${candidates.length} places (lines ${numbers.join(', ')}${more}); add lines before or after it until it is in one only`;
  return { kind: 'ambiguous', reason, nearest };
}
