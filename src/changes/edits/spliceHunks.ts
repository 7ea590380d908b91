import type { HunkLine, PatchHunk } from '../../domain/schema/changes.ts';
import { dominantLineEnd, type LineEnd, type TextFile } from '../textFile.ts';
import { noShift } from './indentShift.ts';
import { indentStyleAdapter } from './indentStyle.ts';
import { type Place, plainPunctuation } from './matchLines.ts';

export interface PlacedHunk {
  readonly hunk: PatchHunk;
  readonly place: Place;
}

/** Two hunks that cannot both apply: they change the same lines. */
export interface HunkOverlap {
  readonly first: PatchHunk;
  readonly second: PatchHunk;
}

/** New lines that go in before the file's line `at`. */
interface Insertion {
  readonly at: number;
  /** They take the place of the deleted line before `at`, so they come before anything else that goes in there. */
  readonly isReplacement: boolean;
  readonly lines: readonly string[];
  readonly ends: readonly (LineEnd | undefined)[];
  readonly hunk: PatchHunk;
}

/**
 * The file with the hunks applied, all of them placed on the file as it is. What a hunk does not change keeps every
 * byte, also where the hunk quotes it differently; new lines take the file's indent, line end and final newline.
 */
export function spliceHunks(file: TextFile, placed: readonly PlacedHunk[]): TextFile | HunkOverlap {
  const deletedBy = new Map<number, PatchHunk>();
  const insertions: Insertion[] = [];
  for (const one of placed) {
    for (const { deleted, insertion } of runsOf(file, one, styleAdapter(file, one))) {
      for (const line of deleted) {
        const other = deletedBy.get(line);
        if (other) return { first: other, second: one.hunk };
        deletedBy.set(line, one.hunk);
      }
      if (insertion.lines.length > 0) insertions.push(insertion);
    }
  }
  for (const { at, hunk } of insertions) {
    const before = deletedBy.get(at - 1);
    if (before && before !== hunk && deletedBy.get(at) === before) return { first: before, second: hunk };
  }
  return rebuild(file, deletedBy, insertions, finalNewlineOf(file, placed));
}

/** One run of changed lines of a hunk after the other, on the file's line numbers. */
function* runsOf(
  file: TextFile,
  placed: PlacedHunk,
  adapt: LineAdapter,
): Generator<{ deleted: number[]; insertion: Insertion }> {
  let at = placed.place.start;
  let deleted: number[] = [];
  let quoted: string[] = [];
  let added: string[] = [];
  const run = () => ({ deleted, insertion: insertionOf(file, placed, at, { deleted, quoted, added, adapt }) });
  for (const line of placed.hunk.lines) {
    if (line.kind === 'added') {
      added.push(line.text);
      continue;
    }
    const continuesRun = line.kind === 'deleted' && added.length === 0;
    if (!continuesRun && (deleted.length > 0 || added.length > 0)) {
      yield run();
      deleted = [];
      quoted = [];
      added = [];
    }
    if (line.kind === 'deleted') {
      deleted.push(at);
      quoted.push(line.text);
    }
    at++;
  }
  if (deleted.length > 0 || added.length > 0) yield run();
}

type LineAdapter = (line: string) => string;

/** Brings new lines into the file's style; lines that only change their indent are meant to do so. */
function styleAdapter(file: TextFile, { hunk, place }: PlacedHunk): LineAdapter {
  if (place.shift !== noShift) return line => line;
  const textsOf = (kind: HunkLine['kind']) => hunk.lines.filter(line => line.kind === kind).map(line => line.text);
  const deleted = new Set(textsOf('deleted').map(line => line.trim()));
  const added = textsOf('added').filter(line => !deleted.has(line.trim()));
  return indentStyleAdapter(file.lines, added);
}

interface Run {
  readonly deleted: readonly number[];
  /** The deleted lines as the hunk quotes them. */
  readonly quoted: readonly string[];
  readonly added: readonly string[];
  readonly adapt: LineAdapter;
}

function insertionOf(file: TextFile, { hunk, place }: PlacedHunk, at: number, run: Run): Insertion {
  const arePaired = run.deleted.length === run.added.length;
  const lines = run.added.map((line, position) => {
    const shifted = place.shift === noShift ? run.adapt(line) : (place.shift.apply(line) ?? line);
    const deletedAt = run.deleted[position];
    if (!arePaired || place.rung !== 'punctuation' || deletedAt === undefined) return shifted;
    const quoted = place.shift.apply(run.quoted[position] ?? '') ?? '';
    return keepPunctuation(file.lines[deletedAt] ?? '', quoted, shifted);
  });
  const ends = run.added.map((_, position) => {
    const replaced = run.deleted[position];
    return replaced === undefined ? undefined : file.ends[replaced];
  });
  return { at, isReplacement: run.deleted.length > 0, lines, ends, hunk };
}

/** `changed`, with the beginning and end that it shares with `quoted` taken from the file's own line. */
function keepPunctuation(line: string, quoted: string, changed: string): string {
  if (plainPunctuation(line) !== plainPunctuation(quoted)) return changed;
  const shortest = Math.min(quoted.length, changed.length);
  let prefix = 0;
  while (prefix < shortest && quoted[prefix] === changed[prefix]) prefix++;
  let suffix = 0;
  while (suffix < shortest - prefix && quoted.at(-1 - suffix) === changed.at(-1 - suffix)) suffix++;
  const middle = changed.slice(prefix, changed.length - suffix);
  // Who quotes plain signs as typographic ones writes the new ones so too.
  const isPlain = line === plainPunctuation(quoted);
  return line.slice(0, prefix) + (isPlain ? plainPunctuation(middle) : middle) + line.slice(line.length - suffix);
}

function finalNewlineOf(file: TextFile, placed: readonly PlacedHunk[]): boolean {
  const hadFinalNewline = file.lines.length === 0 || file.ends.at(-1) !== '';
  for (const { hunk, place } of placed) {
    const length = hunk.lines.filter(line => line.kind !== 'added').length;
    if (hunk.finalNewline !== undefined && place.start + length === file.lines.length) return hunk.finalNewline;
  }
  return hadFinalNewline;
}

function rebuild(
  file: TextFile,
  deletedBy: ReadonlyMap<number, PatchHunk>,
  insertions: readonly Insertion[],
  hasFinalNewline: boolean,
): TextFile {
  const defaultEnd = dominantLineEnd(file);
  const lines: string[] = [];
  const ends: LineEnd[] = [];
  const push = (line: string, end: LineEnd | undefined) => {
    lines.push(line);
    ends.push(end === undefined || end === '' ? defaultEnd : end);
  };
  const inOrder = insertions.toSorted(
    (left, right) => left.at - right.at || Number(right.isReplacement) - Number(left.isReplacement),
  );
  let next = 0;
  for (let at = 0; at <= file.lines.length; at++) {
    for (let insertion = inOrder[next]; insertion?.at === at; insertion = inOrder[++next])
      for (const [position, line] of insertion.lines.entries())
        push(line, insertion.ends[position] ?? neighbourEnd(file, at));
    if (at < file.lines.length && !deletedBy.has(at)) push(file.lines[at] ?? '', file.ends[at]);
  }
  // A blank last line is nothing but its end.
  if (!hasFinalNewline && (lines.at(-1) ?? '') !== '') ends[ends.length - 1] = '';
  return { ...file, lines, ends };
}

/** The end of the line above, or at the top of the file of the line below. */
function neighbourEnd(file: TextFile, at: number): LineEnd | undefined {
  return file.ends[at - 1] ?? file.ends[at];
}
