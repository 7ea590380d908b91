import { plural } from '../../domain/formatQuantity.ts';
import type { NeededHunks } from '../../domain/reviewState.ts';
import type { Review } from '../../orchestrator/review/review.ts';
import type { ReviewFile, ReviewHunk } from '../../orchestrator/review/reviewFile.ts';
import type { ReviewReason } from '../../orchestrator/review/reviewReasons.ts';
import type { Palette } from '../palette.ts';
import { safeLine, safeText } from '../safeText.ts';

/** Enough of a hunk's id to name it by, and to read it aloud. */
const SHOWN_ID_LENGTH = 8;
/** A longer line of a diff is cut. */
const MAX_LINE_LENGTH = 2000;

/** What is said of a review whose agents did not come to the end of what they were asked. */
export const cutShort = 'The agents were cut short; they go on when changes are requested.';

export type Reasons = ReadonlyMap<string, readonly ReviewReason[]>;

/** The review as a tree: items, their files, their hunks, each with what was decided and why to look. */
export function reviewTreeLines(review: Review, reasons: Reasons, palette: Palette): string[] {
  const lines = review.items.flatMap(({ item, files }) => [
    palette.bold(
      item === undefined ? 'Changed by no item' : `${safeLine(item.id, 40)}: ${safeLine(item.description, 120)}`,
    ),
    ...files.flatMap(file => [
      ...fileLines(file, reasons.get(file.path) ?? [], palette),
      ...commentLines(review, file.path, palette),
    ]),
  ]);
  return [...lines, '', ...summaryLines(review, palette)];
}

function fileLines(file: ReviewFile, reasons: readonly ReviewReason[], palette: Palette): string[] {
  const notes = [
    ...(file.conflicts > 0 ? [`${plural(file.conflicts, 'conflict')} with your workspace to resolve`] : []),
    ...(file.isEdited ? ['edited in the review'] : []),
    ...(file.isRebased ? ['brought onto your version'] : []),
    ...reasons.map(reason => safeLine(reason.text, 200)),
  ];
  return [
    `  ${mark(file.decision, palette)} ${fileTitle(file, palette)}`,
    ...notes.map(note => palette.yellow(`      ! ${note}`)),
    ...file.hunks.flatMap(hunk => [
      `      ${mark(hunk.decision, palette)} ${hunkTitle(hunk, palette)}`,
      ...reasonLines(hunk, palette).map(line => `          ${line}`),
    ]),
  ];
}

/** The comments on a file that were not sent yet. */
function commentLines({ comments }: Review, path: string, palette: Palette): string[] {
  return comments
    .filter(comment => comment.path === path)
    .map(({ line, text, side }) => {
      const place = line === undefined ? 'file' : `line ${line}${side === 'before' ? ' as it was' : ''}`;
      return palette.cyan(`      > ${place}: ${safeLine(text, 200)}`);
    });
}

function mark(decision: ReviewFile['decision'], palette: Palette): string {
  if (decision === 'kept') return palette.green('[x]');
  return decision === 'rejected' ? palette.red('[ ]') : palette.yellow('[~]');
}

/** `src/a.ts (modified) +2 -1`. */
export function fileTitle({ change, path }: ReviewFile, palette: Palette): string {
  const from = change.previousPath === undefined ? '' : `${safeLine(change.previousPath)} → `;
  return `${from}${safeLine(path)} (${change.kind}) ${counts(change, palette)}`;
}

/** `1a2b3c4d line 12 +1 -1`. */
export function hunkTitle(hunk: ReviewHunk, palette: Palette): string {
  const place = hunk.lines.length === 0 ? '' : ` line ${Math.max(1, hunk.newStart)} ${counts(hunk, palette)}`;
  return `${palette.cyan(shownId(hunk))}${place}`;
}

function shownId({ id }: ReviewHunk): string {
  return id.slice(0, SHOWN_ID_LENGTH);
}

function counts({ additions, deletions }: { additions: number; deletions: number }, palette: Palette): string {
  return `${palette.green(`+${additions}`)} ${palette.red(`-${deletions}`)}`;
}

function reasonLines({ reasons }: ReviewHunk, palette: Palette): string[] {
  return reasons.map(reason => palette.yellow(`! ${safeLine(reason.text, 200)}`));
}

/** The diff of a hunk, under its title and the reasons to look at it. */
export function hunkLines(hunk: ReviewHunk, palette: Palette): string[] {
  return [
    `${palette.cyan('@@')} ${hunkTitle(hunk, palette)} ${palette.dim(hunk.decision)}`,
    ...reasonLines(hunk, palette),
    ...hunk.lines.map(({ kind, text }) => {
      const cut = text.length > MAX_LINE_LENGTH ? `${text.slice(0, MAX_LINE_LENGTH)}…` : text;
      const line = safeText(cut);
      if (kind === 'added') return palette.green(`+ ${line}`);
      return kind === 'deleted' ? palette.red(`- ${line}`) : `  ${line}`;
    }),
  ];
}

/** What is kept, and what the tests say of exactly that. */
function summaryLines(review: Review, palette: Palette): string[] {
  const kept = review.selection();
  const rejected = review.files.flatMap(file => file.hunks).filter(hunk => hunk.decision === 'rejected').length;
  const { proof, comments } = review;
  const tests =
    proof === undefined
      ? palette.yellow('The tests did not run on exactly this; they do before it is applied.')
      : paintVerdict(proof.verdict, palette)(safeLine(proof.summary, 300));
  return [
    `${plural(kept.length, 'file')} kept${rejected === 0 ? '' : `, ${plural(rejected, 'hunk')} rejected`}. ${tests}`,
    ...(proof?.needed ? neededLines(proof.needed, palette) : []),
    ...(comments.length > 0 ? [`${plural(comments.length, 'comment')} not sent yet.`] : []),
    ...(review.isUnfinished ? [palette.yellow(cutShort)] : []),
  ];
}

function paintVerdict(verdict: string, palette: Palette): (text: string) => string {
  if (verdict === 'passes') return palette.green;
  return verdict === 'fails' ? palette.red : palette.yellow;
}

/** The rejected hunks that the tests need. */
export function neededLines({ hunks, isMinimal, testRuns }: NeededHunks, palette: Palette): string[] {
  // With a single candidate no run of the tests is needed to find it.
  const notes = [
    ...(testRuns > 0 ? [`found in ${plural(testRuns, 'run')} of the tests`] : []),
    ...(isMinimal ? [] : ['not all of them perhaps']),
  ];
  const note = notes.length > 0 ? ` (${notes.join(', ')})` : '';
  return [
    palette.yellow(`The tests need what was rejected here${note}:`),
    ...hunks.map(({ path, hunkId }) => `  ${safeLine(path)}#${hunkId.slice(0, SHOWN_ID_LENGTH)}`),
  ];
}
