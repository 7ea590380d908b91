// An edit written down in each dialect, as a model does that keeps to the prompt.
import type { LineChange } from '../../../src/changes/diff/lineDiff.ts';
import type { EditPair } from './editPair.ts';

/** One place of the edit as it is written: old lines, new lines, and for patches the lines above that tell it apart. */
export interface WrittenHunk {
  readonly lines: readonly string[];
  readonly oldStart: number;
  readonly heading: string | undefined;
  readonly anchors: readonly string[];
}

export type RenderedDialect = 'wholeFile' | 'searchReplace' | 'unifiedDiff' | 'beginPatch';

export const renderedDialects: readonly RenderedDialect[] = ['wholeFile', 'searchReplace', 'unifiedDiff', 'beginPatch'];

/** An edit in a dialect, before it is text: what corruption works on. */
export interface WrittenEdit {
  readonly dialect: RenderedDialect;
  readonly path: string;
  readonly hunks: readonly WrittenHunk[];
  /** The new file, for `wholeFile`. */
  readonly content: readonly string[];
}

/** `contextLines`: how many lines around a change are written at least; more where the place is not the only one. */
export function writeEdit(pair: EditPair, dialect: RenderedDialect, contextLines = 3): WrittenEdit {
  const groups = dialect === 'wholeFile' ? [] : groupChanges(pair, contextLines);
  const hunks = groups.map(group => writeHunk(pair, group));
  return { dialect, path: pair.path, hunks, content: pair.after };
}

interface Group {
  readonly changes: readonly LineChange[];
  /** Context included. */
  readonly start: number;
  readonly end: number;
}

/** Changes whose contexts meet are one; a context grows until the old lines are in one place only, as the prompt asks for. */
function groupChanges({ before, changes }: EditPair, contextLines: number): Group[] {
  const positions = new Map<string, number[]>();
  for (const [index, line] of before.entries()) positions.set(line, [...(positions.get(line) ?? []), index]);
  const groups: Group[] = [];
  for (const change of changes) {
    let start = Math.max(0, change.oldStart - contextLines);
    let end = Math.min(before.length, change.oldStart + change.oldCount + contextLines);
    while (!isUnique(before, positions, start, end) && (start > 0 || end < before.length)) {
      start = Math.max(0, start - 1);
      end = Math.min(before.length, end + 1);
    }
    const last = groups.at(-1);
    if (last && start <= last.end)
      groups[groups.length - 1] = { changes: [...last.changes, change], start: Math.min(last.start, start), end };
    else groups.push({ changes: [change], start, end });
  }
  return groups;
}

function isUnique(
  before: readonly string[],
  positions: ReadonlyMap<string, number[]>,
  start: number,
  end: number,
): boolean {
  const wanted = before.slice(start, end);
  if (wanted.every(line => line.trim() === '')) return false;
  let rarest = 0;
  for (const [offset, line] of wanted.entries())
    if ((positions.get(line)?.length ?? 0) < (positions.get(wanted[rarest] ?? '')?.length ?? 0)) rarest = offset;
  const places = (positions.get(wanted[rarest] ?? '') ?? []).filter(position =>
    wanted.every((line, offset) => before[position - rarest + offset] === line),
  );
  return places.length === 1;
}

function writeHunk({ before, after }: EditPair, { changes, start, end }: Group): WrittenHunk {
  const lines: string[] = [];
  let at = start;
  for (const change of changes) {
    for (const line of before.slice(at, change.oldStart)) lines.push(` ${line}`);
    at = change.oldStart + change.oldCount;
    for (const line of before.slice(change.oldStart, at)) lines.push(`-${line}`);
    for (const line of after.slice(change.newStart, change.newStart + change.newCount)) lines.push(`+${line}`);
  }
  for (const line of before.slice(at, end)) lines.push(` ${line}`);
  return { lines, oldStart: start + 1, heading: headingAbove(before, start), anchors: [] };
}

/** The line that git puts behind the numbers of a hunk that starts at the 0-based `start`. */
export function headingAbove(before: readonly string[], start: number): string | undefined {
  return before.slice(0, start).findLast(line => /^[A-Za-z_$]/.test(line));
}

/** The text of the reply. */
export function renderEdit(edit: WrittenEdit): string {
  switch (edit.dialect) {
    case 'wholeFile':
      return `${edit.path}\n${fenced(edit.content, '')}`;
    case 'searchReplace':
      return `${edit.path}\n${fenced(edit.hunks.flatMap(blockLines), '')}`;
    case 'unifiedDiff':
      return fenced([`--- a/${edit.path}`, `+++ b/${edit.path}`, ...edit.hunks.flatMap(diffLinesOf)], 'diff');
    case 'beginPatch':
      return [
        '*** Begin Patch',
        `*** Update File: ${edit.path}`,
        ...edit.hunks.flatMap(patchLines),
        '*** End Patch',
        '',
      ].join('\n');
  }
}

function fenced(lines: readonly string[], info: string): string {
  const longest = Math.max(2, ...lines.map(line => /^\s*(`{3,})/.exec(line)?.[1]?.length ?? 0));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${info}\n${lines.map(line => `${line}\n`).join('')}${fence}\n`;
}

export function sideOf(hunk: WrittenHunk, side: 'old' | 'new'): string[] {
  const other = side === 'old' ? '+' : '-';
  return hunk.lines.filter(line => !line.startsWith(other)).map(line => line.slice(1));
}

function blockLines(hunk: WrittenHunk): string[] {
  const search = sideOf(hunk, 'old');
  const replace = sideOf(hunk, 'new');
  const longest = Math.max(0, ...[...search, ...replace].map(line => /^\s*([<=>]{5,})/.exec(line)?.[1]?.length ?? 0));
  const row = (sign: string) => sign.repeat(Math.max(7, longest + 1));
  return [`${row('<')} SEARCH`, ...search, row('='), ...replace, `${row('>')} REPLACE`, ''];
}

function diffLinesOf(hunk: WrittenHunk): string[] {
  const [oldCount, newCount] = [sideOf(hunk, 'old').length, sideOf(hunk, 'new').length];
  const heading = hunk.heading === undefined ? '' : ` ${hunk.heading.slice(0, 80)}`;
  return [`@@ -${hunk.oldStart},${oldCount} +${hunk.oldStart},${newCount} @@${heading}`, ...hunk.lines];
}

function patchLines(hunk: WrittenHunk): string[] {
  const anchors = hunk.anchors.length > 0 ? hunk.anchors.map(anchor => `@@ ${anchor}`) : ['@@'];
  return [...anchors, ...hunk.lines];
}
