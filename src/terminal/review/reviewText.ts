import { diffLines, type LineChange } from '../../changes/diff/lineDiff.ts';
import type { FileVersion, StagedChange } from '../../changes/stagedFiles.ts';
import { decodeText, emptyTextFile, type TextFile } from '../../changes/textFile.ts';
import { plural } from '../../domain/formatQuantity.ts';
import type { Review } from '../../orchestrator/review/review.ts';
import type { Palette } from '../palette.ts';
import { safeLine, safeText } from '../safeText.ts';

/** Unchanged lines that are shown around a change. */
const contextLines = 3;

/** A longer line is cut, and says by how much. */
const maxLineLength = 2000;

/** All changes as a diff, each file under a heading, with a summary at the end. */
export function reviewText(changes: readonly StagedChange[], palette: Palette): string {
  const additions = changes.reduce((sum, change) => sum + change.additions, 0);
  const deletions = changes.reduce((sum, change) => sum + change.deletions, 0);
  const summary = `${plural(changes.length, 'file')}, ${palette.green(`+${additions}`)} ${palette.red(`-${deletions}`)}`;
  return [...changes.flatMap(change => ['', ...fileLines(change, palette)]), '', summary].join('\n');
}

/** What the agents made of the comments that were sent last, under a heading; nothing where that is nothing. */
export function sinceText(review: Pick<Review, 'changesSinceLastRound'>, palette: Palette): string[] {
  const changes = review.changesSinceLastRound();
  return changes.length === 0 ? [] : ['', palette.bold('Changed since your comments:'), reviewText(changes, palette)];
}

function fileLines(change: StagedChange, palette: Palette): string[] {
  const from = change.previousPath === undefined ? '' : `${safeLine(change.previousPath)} → `;
  const mode = isExecutableNow(change) ? ', now executable' : '';
  const heading = palette.bold(`${from}${safeLine(change.path)} (${change.kind}${mode})`);
  const before = textOf(change.before);
  const after = textOf(change.after);
  if (before === undefined || after === undefined) return [heading, palette.dim('  binary file')];
  const hunks = groupChanges(diffLines(before.lines, after.lines));
  if (hunks.length === 0) return [heading, palette.dim('  no line differs')];
  return [heading, ...hunks.flatMap(hunk => hunkLines(hunk, before.lines, after.lines, palette))];
}

function isExecutableNow({ before, after }: StagedChange): boolean {
  return after?.isExecutable === true && before?.isExecutable !== true;
}

/** The text of a version, empty for a file that is not there; undefined for what is not text. */
function textOf(version: FileVersion | undefined): TextFile | undefined {
  return version === undefined ? emptyTextFile : decodeText(version.content);
}

/** Changes so near to each other that their context would overlap are shown together. */
function groupChanges(changes: readonly LineChange[]): LineChange[][] {
  const groups: LineChange[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const change of changes) {
    if (change.oldStart - end > 2 * contextLines) groups.push([]);
    groups.at(-1)?.push(change);
    end = change.oldStart + change.oldCount;
  }
  return groups;
}

function hunkLines(
  changes: readonly LineChange[],
  before: readonly string[],
  after: readonly string[],
  palette: Palette,
): string[] {
  const [first] = changes;
  const last = changes.at(-1);
  if (first === undefined || last === undefined) return [];
  const leading = Math.min(contextLines, first.oldStart);
  const lines = [palette.cyan(`@@ line ${first.newStart - leading + 1} @@`)];
  let position = first.oldStart - leading;
  const context = (until: number) => {
    for (; position < until; position += 1) lines.push(`  ${lineText(before[position])}`);
  };
  for (const { oldStart, oldCount, newStart, newCount } of changes) {
    context(oldStart);
    for (const line of before.slice(oldStart, oldStart + oldCount)) lines.push(palette.red(`- ${lineText(line)}`));
    for (const line of after.slice(newStart, newStart + newCount)) lines.push(palette.green(`+ ${lineText(line)}`));
    position = oldStart + oldCount;
  }
  context(Math.min(before.length, position + contextLines));
  return lines;
}

function lineText(line = ''): string {
  const rest = line.length - maxLineLength;
  return safeText(rest > 0 ? `${line.slice(0, maxLineLength)}… (${rest} more characters)` : line);
}
