// A change taken apart into what can be accepted or refused on its own, and put together again from what was accepted.
import type { Hunk, HunkLine } from '../../domain/schema/changes.ts';
import { stagedChanges } from '../fileChange.ts';
import { contentHash, fileVersion } from '../memoryBlobStore.ts';
import type { FileVersion, StagedChange } from '../stagedFiles.ts';
import { decodeText, emptyTextFile, encodeText, splitLines, type TextFile } from '../textFile.ts';
import { diffLines, type LineChange } from './lineDiff.ts';

/** Parts of a change that are no lines have a hunk without lines, under one of these. */
export const RENAME_HUNK = 'rename';
export const MODE_HUNK = 'mode';
export const CONTENT_HUNK = 'content';

/** Unchanged lines shown on each side of a hunk. */
const CONTEXT_LINES = 3;

/**
 * What of `change` can be decided on its own, in the order of the file. A file that is new or gone is one hunk, as is
 * binary content. Ids depend on nothing but what the hunk itself does, so they stay when other hunks come or go.
 */
export function hunksOf(change: StagedChange): Hunk[] {
  const hunks: Hunk[] = [];
  if (change.kind === 'renamed') hunks.push(emptyHunk(RENAME_HUNK));
  if (change.before && change.after && change.before.isExecutable !== change.after.isExecutable)
    hunks.push(emptyHunk(MODE_HUNK));
  if (change.before?.hash === change.after?.hash) return hunks;
  const sides = textSides(change);
  const changes = sides ? changesOf(change, sides) : [];
  // Binary content, or a byte order mark that came or went.
  if (!sides || changes.length === 0) return [...hunks, emptyHunk(CONTENT_HUNK)];
  return [...hunks, ...lineHunks(sides.before, sides.after, changes)];
}

/**
 * The change with only those hunks, or undefined when nothing is left of it. An id that the change does not have is an
 * error of the caller's.
 */
export function keepHunks(change: StagedChange, ids: ReadonlySet<string>): StagedChange | undefined {
  const hunks = hunksOf(change);
  const unknown = [...ids].find(id => !hunks.some(hunk => hunk.id === id));
  if (unknown !== undefined) throw new Error(`${change.path} has no hunk ${unknown}.`);
  if (hunks.every(hunk => ids.has(hunk.id))) return change;
  if (!hunks.some(hunk => ids.has(hunk.id))) return undefined;
  const { before, previousPath, loosestMatch } = change;
  const content = keptContent(change, hunks, ids);
  const isExecutable = (ids.has(MODE_HUNK) || !before ? change.after : before)?.isExecutable ?? false;
  const after = content && fileVersion(content, isExecutable);
  const path = previousPath !== undefined && !ids.has(RENAME_HUNK) ? previousPath : change.path;
  const source = path === previousPath ? undefined : previousPath;
  const [kept] = stagedChanges([
    { path, before: source === undefined ? before : undefined, after, movedFrom: source, loosestMatch },
    ...(source === undefined
      ? []
      : [{ path: source, before, after: undefined, movedFrom: undefined, loosestMatch: undefined }]),
  ]);
  return kept;
}

interface TextSides {
  readonly before: TextFile;
  readonly after: TextFile;
}

function textSides({ before, after }: StagedChange): TextSides | undefined {
  const old = before ? decodeText(before.content) : emptyTextFile;
  const fresh = after ? decodeText(after.content) : emptyTextFile;
  return old && fresh && { before: old, after: fresh };
}

/** A file that is new or gone is one change; else lines differ also by their ends. */
function changesOf({ before, after }: StagedChange, sides: TextSides): LineChange[] {
  if (before && after) return diffLines(withEnds(sides.before), withEnds(sides.after));
  return [{ oldStart: 0, oldCount: sides.before.lines.length, newStart: 0, newCount: sides.after.lines.length }];
}

function withEnds(file: TextFile): string[] {
  return file.lines.map((line, index) => line + (file.ends[index] ?? ''));
}

function emptyHunk(id: string): Hunk {
  return { id, oldStart: 0, oldLines: 0, newStart: 0, newLines: 0, lines: [] };
}

function lineHunks(before: TextFile, after: TextFile, changes: readonly LineChange[]): Hunk[] {
  const seen = new Map<string, number>();
  const old = withEnds(before);
  const fresh = withEnds(after);
  return changes.map((change, index) => {
    const oldEnd = change.oldStart + change.oldCount;
    const above = Math.min(CONTEXT_LINES, change.oldStart - endOf(changes[index - 1]));
    const below = Math.min(CONTEXT_LINES, (changes[index + 1]?.oldStart ?? before.lines.length) - oldEnd);
    const deleted = old.slice(change.oldStart, oldEnd);
    const added = fresh.slice(change.newStart, change.newStart + change.newCount);
    const text = JSON.stringify([deleted, added]);
    const occurrence = seen.get(text) ?? 0;
    seen.set(text, occurrence + 1);
    return {
      id: contentHash(new TextEncoder().encode(`${occurrence} ${text}`)).slice(0, 16),
      oldStart: startOf(change.oldStart - above, above + change.oldCount + below),
      oldLines: above + change.oldCount + below,
      newStart: startOf(change.newStart - above, above + change.newCount + below),
      newLines: above + change.newCount + below,
      lines: [
        ...hunkLines('context', before.lines.slice(change.oldStart - above, change.oldStart)),
        ...hunkLines('deleted', before.lines.slice(change.oldStart, oldEnd)),
        ...hunkLines('added', after.lines.slice(change.newStart, change.newStart + change.newCount)),
        ...hunkLines('context', before.lines.slice(oldEnd, oldEnd + below)),
      ],
    };
  });
}

function endOf(change: LineChange | undefined): number {
  return change ? change.oldStart + change.oldCount : 0;
}

/** 1-based, and the line before where there are no lines, as unified diffs number. */
function startOf(start: number, count: number): number {
  return count === 0 ? start : start + 1;
}

function hunkLines(kind: HunkLine['kind'], lines: readonly string[]): HunkLine[] {
  return lines.map(text => ({ kind, text }));
}

/** The bytes with the accepted hunks only; undefined: no file. */
function keptContent(change: StagedChange, hunks: readonly Hunk[], ids: ReadonlySet<string>): Uint8Array | undefined {
  const whole: FileVersion | undefined = change.after;
  const sides = textSides(change);
  const lineHunkIds = hunks.map(hunk => hunk.id).filter(id => id !== RENAME_HUNK && id !== MODE_HUNK);
  if (!lineHunkIds.some(id => ids.has(id))) return change.before?.content;
  if (!sides || !change.before || !whole || lineHunkIds.every(id => ids.has(id))) return whole?.content;
  const old = withEnds(sides.before);
  const fresh = withEnds(sides.after);
  const lines: string[] = [];
  let at = 0;
  for (const [index, line] of changesOf(change, sides).entries()) {
    lines.push(...old.slice(at, line.oldStart));
    at = line.oldStart + line.oldCount;
    const isKept = ids.has(lineHunkIds[index] ?? '');
    lines.push(...(isKept ? fresh.slice(line.newStart, line.newStart + line.newCount) : old.slice(line.oldStart, at)));
  }
  lines.push(...old.slice(at));
  const text = closeInnerLines(lines).join('');
  // The encoding is the staged one: what it cannot hold, the file as it was could not either.
  return encodeText({ ...sides.after, ...splitLines(text) }) ?? encodeText({ ...sides.before, ...splitLines(text) });
}

/** A line that was the last one of its side, without an end, may now stand before others. */
function closeInnerLines(lines: readonly string[]): string[] {
  return lines.map((line, index) => (index < lines.length - 1 && !/[\n\r]$/.test(line) ? `${line}\n` : line));
}
