// Where a text that was not found most likely should have been: shown to its author, never written to.
import type { Excerpt } from '../../domain/schema/changes.ts';

const MAX_EXCERPTS = 2;
const MAX_EXCERPT_LINES = 24;
/** A line that is in more places than this tells nothing about where the text belongs. */
const MAX_POSITIONS_OF_LINE = 50;
/** Files longer than this are compared by equal lines only. */
const MAX_LINES_TO_COMPARE = 3_000;
const LEAST_LIKENESS = 0.4;

/** The stretches of `lines` that look most like `pattern`, best first; the beginning where nothing does, none of no lines. */
export function nearestExcerpts(lines: readonly string[], pattern: readonly string[]): Excerpt[] {
  if (lines.length === 0) return [];
  const likely = startsBySharedLines(lines, pattern) ?? startsByLikeness(lines, pattern);
  const starts = likely.length > 0 ? likely : [0];
  const excerpts: Excerpt[] = [];
  const chosen: number[] = [];
  for (const start of starts) {
    if (chosen.some(other => Math.abs(other - start) < Math.max(pattern.length, 3))) continue;
    chosen.push(start);
    excerpts.push(excerptAt(lines, start, pattern.length, 1));
    if (excerpts.length === MAX_EXCERPTS) break;
  }
  return excerpts;
}

/** `length` lines from the 0-based `start`, with `around` lines more on both sides, cut to what fits a message. */
export function excerptAt(lines: readonly string[], start: number, length: number, around: number): Excerpt {
  const from = Math.max(0, Math.min(start, lines.length - 1) - around);
  const to = Math.min(lines.length, Math.max(start, 0) + length + around, from + MAX_EXCERPT_LINES);
  return { startLine: from + 1, lines: lines.slice(from, Math.max(to, from + 1)) };
}

/** Every line that both have votes for a start; the rarer in the file, the more its vote counts. */
function startsBySharedLines(lines: readonly string[], pattern: readonly string[]): number[] | undefined {
  const positions = new Map<string, number[]>();
  for (const [index, line] of lines.entries()) {
    const key = line.trim();
    const known = positions.get(key);
    if (known) known.push(index);
    else if (key !== '') positions.set(key, [index]);
  }
  const votes = new Map<number, number>();
  for (const [offset, line] of pattern.entries()) {
    const at = positions.get(line.trim()) ?? [];
    if (at.length > MAX_POSITIONS_OF_LINE) continue;
    for (const position of at)
      votes.set(position - offset, (votes.get(position - offset) ?? 0) + line.length / at.length);
  }
  if (votes.size === 0) return undefined;
  return [...votes].sort((left, right) => right[1] - left[1] || left[0] - right[0]).map(([start]) => start);
}

/** Compares the longest line of the pattern with every line by the pairs of letters they share (Dice's coefficient). */
function startsByLikeness(lines: readonly string[], pattern: readonly string[]): number[] {
  if (lines.length > MAX_LINES_TO_COMPARE) return [];
  let longest = 0;
  for (const [offset, line] of pattern.entries())
    if (line.trim().length > (pattern[longest] ?? '').trim().length) longest = offset;
  const wanted = letterPairs(pattern[longest] ?? '');
  if (wanted.size === 0) return [];
  return lines
    .map((line, index) => ({ start: index - longest, likeness: likeness(wanted, letterPairs(line)) }))
    .filter(candidate => candidate.likeness >= LEAST_LIKENESS)
    .sort((left, right) => right.likeness - left.likeness || left.start - right.start)
    .map(candidate => candidate.start);
}

function letterPairs(line: string): Set<string> {
  const text = line.trim().slice(0, 100).toLowerCase();
  const pairs = new Set<string>();
  for (let index = 0; index + 1 < text.length; index++) pairs.add(text.slice(index, index + 2));
  return pairs;
}

function likeness(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let shared = 0;
  for (const pair of right) if (left.has(pair)) shared++;
  return (2 * shared) / (left.size + right.size || 1);
}
