import { diffLines } from '../../changes/diff/lineDiff.ts';
import { mergeLines } from '../../changes/merge/mergeLines.ts';

/** Replaces a stretch of a document; lines and characters count from 0, the end is exclusive. */
export interface TextChange {
  readonly startLine: number;
  readonly startCharacter: number;
  readonly endLine: number;
  readonly endCharacter: number;
  readonly text: string;
}

/** The staged text with what `current` has more than `base`; undefined when both changed the same lines. Line ends become `\n`. */
export function mergeTexts(base: string, current: string, staged: string): string | undefined {
  const { regions, conflictCount } = mergeLines(linesOf(base), linesOf(current), linesOf(staged));
  if (conflictCount > 0) return undefined;
  return regions.flatMap(region => (region.kind === 'clean' ? region.lines : [])).join('\n');
}

/** The changes of whole lines that turn `current` into `target`: what stays is not touched, so cursors and marks stay too. */
export function changesBetween(current: string, target: string): TextChange[] {
  const before = linesOf(current);
  const after = linesOf(target);
  return diffLines(before, after).map(({ oldStart, oldCount, newStart, newCount }) => {
    const lines = after.slice(newStart, newStart + newCount);
    const end = oldStart + oldCount;
    if (end < before.length) return change(oldStart, 0, end, 0, lines.map(line => `${line}\n`).join(''));
    const lastLine = before.length - 1;
    const lastCharacter = before[lastLine]?.length ?? 0;
    if (oldStart === 0) return change(0, 0, lastLine, lastCharacter, lines.join('\n'));
    // At the end there is no line break to take along behind: the one before goes with it instead.
    const previous = before[oldStart - 1]?.length ?? 0;
    return change(oldStart - 1, previous, lastLine, lastCharacter, lines.map(line => `\n${line}`).join(''));
  });
}

/** Whether the texts differ in their line ends at most. */
export function sameText(one: string, other: string): boolean {
  return one === other || linesOf(one).join('\n') === linesOf(other).join('\n');
}

/** A text that ends with a line break has an empty line at its end, as in an editor. */
function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

function change(
  startLine: number,
  startCharacter: number,
  endLine: number,
  endCharacter: number,
  text: string,
): TextChange {
  return { startLine, startCharacter, endLine, endCharacter, text };
}
