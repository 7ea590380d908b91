import type { FileVersion, StagedChange } from '../stagedFiles.ts';
import { decodeText, emptyTextFile, type TextFile } from '../textFile.ts';
import { diffLines, type LineChange } from './lineDiff.ts';

const CONTEXT_LINES = 3;

/** The changes as a patch that `git apply` takes. Of a binary file it says only that it differs. */
export function unifiedPatch(changes: readonly StagedChange[]): string {
  return changes.map(patchOf).join('');
}

function patchOf(change: StagedChange): string {
  const oldName = quotedName('a/', change.previousPath ?? change.path);
  const newName = quotedName('b/', change.path);
  const head = [`diff --git ${oldName} ${newName}`, ...extendedHeader(change)].map(line => `${line}\n`).join('');
  const before = textOf(change.before);
  const after = textOf(change.after);
  if (!before || !after) return `${head}Binary files ${oldName} and ${newName} differ\n`;
  const hunks = hunkTexts(before, after);
  if (hunks.length === 0) return head;
  const from = change.before ? oldName : '/dev/null';
  const to = change.after ? newName : '/dev/null';
  return `${head}--- ${from}${timeMark(from)}\n+++ ${to}${timeMark(to)}\n${hunks.join('')}`;
}

function extendedHeader({ before, after, previousPath, path }: StagedChange): string[] {
  const header: string[] = [];
  if (!before && after) header.push(`new file mode ${modeOf(after)}`);
  if (before && !after) header.push(`deleted file mode ${modeOf(before)}`);
  if (before && after && before.isExecutable !== after.isExecutable)
    header.push(`old mode ${modeOf(before)}`, `new mode ${modeOf(after)}`);
  if (previousPath !== undefined)
    header.push(`rename from ${quotedName('', previousPath)}`, `rename to ${quotedName('', path)}`);
  return header;
}

function modeOf(version: FileVersion): string {
  return version.isExecutable ? '100755' : '100644';
}

/** A patch is UTF-8 throughout, so a file in another encoding cannot be in it. */
function textOf(version: FileVersion | undefined): TextFile | undefined {
  const text = version ? decodeText(version.content) : emptyTextFile;
  return text?.encoding === 'utf-8' ? text : undefined;
}

/** A name with signs that would end or hide it goes into quotes, as git writes it. */
function quotedName(prefix: string, path: string): string {
  const name = prefix + path;
  return /["\\\u0000-\u001f\u007f]/.test(name) ? JSON.stringify(name) : name;
}

/** A name with a space in it has to be closed with a tab, or tools take the rest of the line for a time. */
function timeMark(name: string): string {
  return name.includes(' ') && !name.startsWith('"') ? '\t' : '';
}

function hunkTexts(before: TextFile, after: TextFile): string[] {
  const old = rawLines(before);
  const fresh = rawLines(after);
  return groups(diffLines(old, fresh)).map(group => {
    const first = group[0];
    const last = group.at(-1);
    if (!first || !last) return '';
    const oldStart = Math.max(0, first.oldStart - CONTEXT_LINES);
    const oldEnd = Math.min(old.length, last.oldStart + last.oldCount + CONTEXT_LINES);
    const newStart = first.newStart - (first.oldStart - oldStart);
    const newEnd = last.newStart + last.newCount + (oldEnd - (last.oldStart + last.oldCount));
    const lines: string[] = [];
    let at = oldStart;
    for (const change of group) {
      for (const line of old.slice(at, change.oldStart)) lines.push(signed(' ', line));
      at = change.oldStart + change.oldCount;
      for (const line of old.slice(change.oldStart, at)) lines.push(signed('-', line));
      for (const line of fresh.slice(change.newStart, change.newStart + change.newCount)) lines.push(signed('+', line));
    }
    for (const line of old.slice(at, oldEnd)) lines.push(signed(' ', line));
    return `@@ -${range(oldStart, oldEnd)} +${range(newStart, newEnd)} @@\n${lines.join('')}`;
  });
}

/** Lines as a patch has them: ended by `\n` and by nothing else, so that a `\r` is part of the line. */
function rawLines(file: TextFile): string[] {
  const text = file.lines.map((line, index) => line + (file.ends[index] ?? '')).join('');
  if (text === '') return [];
  return (file.hasByteOrderMark ? `\ufeff${text}` : text).split(/(?<=\n)/);
}

function signed(sign: string, line: string): string {
  return line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`;
}

function range(start: number, end: number): string {
  const count = end - start;
  return `${count === 0 ? start : start + 1},${count}`;
}

function groups(changes: readonly LineChange[]): LineChange[][] {
  const grouped: LineChange[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const change of changes) {
    if (change.oldStart - end > 2 * CONTEXT_LINES) grouped.push([]);
    grouped.at(-1)?.push(change);
    end = change.oldStart + change.oldCount;
  }
  return grouped;
}
