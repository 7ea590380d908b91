// Edits to the text of one file, on the file as it is. Nothing here reads or writes anything.
import type {
  EditProblem,
  Excerpt,
  HunkLine,
  MatchRung,
  PatchHunk,
  ReplaceBlock,
} from '../../domain/schema/changes.ts';
import { diffLines } from '../diff/lineDiff.ts';
import { type TextFile, textLines } from '../textFile.ts';
import { findElision, findStandIn } from './elision.ts';
import { noShift } from './indentShift.ts';
import { indentStyleAdapter } from './indentStyle.ts';
import { LineFinder, type Place } from './matchLines.ts';
import { excerptAt } from './nearestLines.ts';
import { oldLines, placeHunk } from './placeHunk.ts';
import { type PlacedHunk, spliceHunks } from './spliceHunks.ts';

/** A problem before it is known which file and edit it belongs to; `reason` is a sentence without its full stop. */
export interface TextProblem {
  readonly kind: EditProblem['kind'];
  readonly reason: string;
  readonly nearest: readonly Excerpt[];
}

export type TextEditResult =
  | { readonly ok: true; readonly file: TextFile; readonly loosestMatch: MatchRung }
  | { readonly ok: false; readonly problems: readonly TextProblem[] };

/** Applies the hunks of a patch: every one is placed on the file as it is before any of them. */
export function applyHunks(file: TextFile, hunks: readonly PatchHunk[]): TextEditResult {
  const { placed, problems } = placeAll(file, distinct(hunks), { hasSigns: true });
  if (problems.length > 0) return { ok: false, problems };
  return splice(file, placed);
}

/**
 * Applies search/replace blocks. Like hunks they are placed on the file as it is; only a block that is nowhere in it is
 * looked for, to the letter, in what the others made of it.
 */
export function applyReplaceBlocks(file: TextFile, blocks: readonly ReplaceBlock[]): TextEditResult {
  const hunks = distinct(blocks).map(blockHunk);
  const first = placeAll(file, hunks, { hasSigns: false });
  const { missing, problems } = first;
  const isOnlyMissing = missing.length > 0 && missing.length === problems.length && first.placed.length > 0;
  if (!isOnlyMissing) return problems.length > 0 ? { ok: false, problems } : splice(file, first.placed);
  let result = splice(file, first.placed);
  for (const hunk of missing) {
    if (!result.ok) return result;
    const { placed } = placeAll(result.file, [hunk], { hasSigns: false });
    if (placed[0]?.place.rung !== 'exact') return { ok: false, problems };
    const next = splice(result.file, placed);
    result = next.ok ? { ...next, loosestMatch: result.loosestMatch } : next;
  }
  return result;
}

interface Placed {
  readonly placed: readonly PlacedHunk[];
  /** Hunks whose old lines are nowhere. */
  readonly missing: readonly PatchHunk[];
  readonly problems: readonly TextProblem[];
}

/**
 * Finds the place of every hunk. Where one of them has its indents shifted the others may have too, and what is the exact
 * text of one place could be meant for another: then each has to be in one place whatever the indent.
 */
function placeAll(file: TextFile, hunks: readonly PatchHunk[], options: { readonly hasSigns: boolean }): Placed {
  const finder = new LineFinder(file.lines);
  const trusting = hunks.map(hunk => placeHunk(finder, hunk, { ...options, isIndentTrusted: true }));
  const isShifted = trusting.some(placement => 'place' in placement && placement.place.shift !== noShift);
  const placements =
    isShifted && hunks.length > 1
      ? hunks.map(hunk => placeHunk(finder, hunk, { ...options, isIndentTrusted: false }))
      : trusting;
  const placed: PlacedHunk[] = [];
  const missing: PatchHunk[] = [];
  const problems: TextProblem[] = [];
  for (const [index, hunk] of hunks.entries()) {
    const placement = placements[index];
    if (!placement) continue;
    const elision = elisionIn(file, hunk);
    if (elision !== undefined) {
      const nearest = 'place' in placement ? [excerptOf(file, hunk, placement.place)] : placement.misplacement.nearest;
      problems.push({ kind: 'elided', reason: `the new text ${elisionReason(elision)}`, nearest });
    }
    if ('place' in placement) {
      placed.push({ hunk, place: placement.place });
      continue;
    }
    const { kind, reason, nearest } = placement.misplacement;
    if (kind === 'noMatch') missing.push(hunk);
    problems.push({ kind, reason: `${nameOf(hunk)} ${reason}`, nearest });
  }
  return { placed, missing, problems };
}

/** The line of the hunk that stands for code which it leaves out. */
function elisionIn(file: TextFile, hunk: PatchHunk): string | undefined {
  const added = hunk.lines.filter(line => line.kind === 'added').map(line => line.text);
  const elision = findElision(
    added,
    file.lines,
    hunk.lines.some(line => line.kind === 'deleted'),
  );
  return (
    elision ??
    changesOf(hunk)
      .map(change => findStandIn(change.deleted, change.added))
      .find(line => line !== undefined)
  );
}

/** The changed lines of a hunk, each stretch of them without the context around it. */
function changesOf(hunk: PatchHunk): { readonly deleted: string[]; readonly added: string[] }[] {
  const changes = [{ deleted: [] as string[], added: [] as string[] }];
  for (const { kind, text } of hunk.lines) {
    if (kind === 'context') changes.push({ deleted: [], added: [] });
    else changes.at(-1)?.[kind].push(text);
  }
  return changes;
}

/** The lines that a hunk is about, as they are in the file. */
function excerptOf(file: TextFile, hunk: PatchHunk, place: Place): Excerpt {
  return excerptAt(file.lines, place.start, oldLines(hunk).length, 1);
}

const MAX_QUOTED_LENGTH = 60;

/** A hunk by its first line that says something. */
function nameOf(hunk: PatchHunk): string {
  const old = oldLines(hunk);
  const lines = old.length > 0 ? old : hunk.lines.map(line => line.text);
  const line = (lines.find(text => text.trim() !== '') ?? '').trim();
  const quoted = line.length > MAX_QUOTED_LENGTH ? `${line.slice(0, MAX_QUOTED_LENGTH)}…` : line;
  return old.length > 0 ? `the text that begins "${quoted}"` : `the block that adds "${quoted}"`;
}

/** The end of the sentence about new text that stands for text it leaves out. */
export function elisionReason(line: string): string {
  return `has the line "${line.trim()}" in place of code; write that code out, or edit only the lines that change`;
}

function splice(file: TextFile, placed: readonly PlacedHunk[]): TextEditResult {
  const result = spliceHunks(file, placed);
  if (!('first' in result)) return { ok: true, file: result, loosestMatch: loosestOf(file, placed) };
  const reason = `${nameOf(result.second)} overlaps with ${nameOf(result.first)}; join the two into one`;
  const nearest = placed
    .filter(({ hunk }) => hunk === result.first || hunk === result.second)
    .map(({ hunk, place }) => excerptOf(file, hunk, place));
  return { ok: false, problems: [{ kind: 'overlap', reason, nearest }] };
}

const RUNGS: readonly MatchRung[] = ['exact', 'lineEnds', 'trailingSpace', 'indentation', 'punctuation'];

/** The looser of two rungs. */
export function looserRung(left: MatchRung, right: MatchRung): MatchRung {
  return RUNGS.indexOf(left) < RUNGS.indexOf(right) ? right : left;
}

function loosestOf(file: TextFile, placed: readonly PlacedHunk[]): MatchRung {
  const hasOtherEnds = file.ends.some(end => end === '\r\n' || end === '\r');
  return placed.map(({ place }) => place.rung).reduce<MatchRung>(looserRung, hasOtherEnds ? 'lineEnds' : 'exact');
}

/** A block as a hunk, so that the lines which search and replace have in common stay the file's own. */
export function blockHunk(block: ReplaceBlock): PatchHunk {
  const search = textLines(block.search);
  const replace = textLines(block.replace);
  const lines: HunkLine[] = [];
  let at = 0;
  for (const change of diffLines(search, replace)) {
    for (const text of search.slice(at, change.oldStart)) lines.push({ kind: 'context', text });
    at = change.oldStart + change.oldCount;
    for (const text of search.slice(change.oldStart, at)) lines.push({ kind: 'deleted', text });
    const added = replace.slice(change.newStart, change.newStart + change.newCount);
    for (const text of added) lines.push({ kind: 'added', text });
  }
  for (const text of search.slice(at)) lines.push({ kind: 'context', text });
  return { lines, anchors: [], isAtEndOfFile: false };
}

function sameTrimmed(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line.trim() === right[index]?.trim());
}

/** Models repeat themselves: the same block sent twice is meant once. */
function distinct<T>(blocks: readonly T[]): readonly T[] {
  return [...new Map(blocks.map(block => [JSON.stringify(block), block])).values()];
}

/** The file with `content` for all of its lines, in the file's style; a line that was there keeps its own end. */
export function rewriteLines(file: TextFile, content: readonly string[]): TextFile {
  const isReindented = sameTrimmed(file.lines, content);
  const lines = isReindented ? content : content.map(indentStyleAdapter(file.lines, content));
  const placed = diffLines(file.lines, lines).map((change): PlacedHunk => {
    const deleted = file.lines.slice(change.oldStart, change.oldStart + change.oldCount);
    const added = lines.slice(change.newStart, change.newStart + change.newCount);
    const hunkLines: HunkLine[] = [
      ...deleted.map((text): HunkLine => ({ kind: 'deleted', text })),
      ...added.map((text): HunkLine => ({ kind: 'added', text })),
    ];
    const place: Place = { start: change.oldStart, rung: 'exact', shift: noShift };
    return { hunk: { lines: hunkLines, anchors: [], isAtEndOfFile: false }, place };
  });
  const result = spliceHunks(file, placed);
  if ('first' in result) throw new Error('The changes of one line diff never overlap.');
  return result;
}
