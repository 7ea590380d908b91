// The hunks of a unified diff, read by their signs. Line numbers and counts are checked against nothing: they only help
// to tell where a hunk ends.
import type { HunkLine, PatchHunk } from '../../domain/schema/changes.ts';
import type { ReplyLines } from './blockRead.ts';
import { closesFence, type Fence, fenceOf } from './fences.ts';

export type HunksRead =
  | { readonly kind: 'hunks'; readonly hunks: readonly PatchHunk[]; readonly end: number }
  | { readonly kind: 'problem'; readonly reason: string; readonly end: number }
  /** What has arrived does not tell where the hunks end. */
  | { readonly kind: 'open' };

/** Blank lines in a row that a hunk without a fence may have. */
const MAX_BLANK_LINES = 20;
const PART_OF_HUNK = /^[ +\-\\@]/;
const SIGN = /^[ +\-\\]/;
const HEADER = /^@@(?:\s*-(\d+)(?:,(\d+))?\s+\+(\d+)(?:,(\d+))?\s*@@+)?(.*)$/;

export function isHunkHeader(line: string): boolean {
  return HEADER.test(line);
}

/** Whether the header of another file's diff begins at `at`. */
export function isFileHeader(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (line.startsWith('diff --git ')) return true;
  if (!line.startsWith('--- ') || !(lines[at + 1] ?? '').startsWith('+++ ')) return false;
  const behind = lines[at + 2];
  return behind === undefined || behind.trim() === '' || isHunkHeader(behind) || fenceOf(behind) !== undefined;
}

/** Reads hunks from `at` to the end of the diff: the end of its fence, the next file, or the first line that is no part of one. */
export function readHunks(reply: ReplyLines, at: number, fence: Fence | undefined): HunksRead {
  const { lines } = reply;
  const hunks: PatchHunk[] = [];
  let index = at;
  while (index < lines.length && isHunkHeader(lines[index] ?? '')) {
    const body = new HunkBody(HEADER.exec(lines[index] ?? ''));
    index++;
    while (index < lines.length && !endsHunk(reply, index, fence, body)) body.add(lines[index++] ?? '');
    if (index < lines.length && isUndecided(reply, index, fence, body)) return { kind: 'open' };
    if (!fence && body.isShort && (lines[index] ?? '').trim() !== '' && !isFileHeader(lines, index)) {
      const line = lines[index] ?? '';
      return {
        kind: 'problem',
        reason: `the line "${line}" of a hunk begins with none of " ", "-" and "+"`,
        end: index,
      };
    }
    const hunk = body.toHunk();
    if (hunk) hunks.push(hunk);
  }
  return { kind: 'hunks', hunks, end: index };
}

/** The one hunk that `lines` are when they have no row `@@`; undefined when a line has no sign, or none is changed. */
export function hunkWithoutHeader(lines: readonly string[]): PatchHunk | undefined {
  const isHunk = lines.every(line => line.trim() === '' || SIGN.test(line));
  if (!isHunk || !lines.some(line => line.startsWith('+') || line.startsWith('-'))) return undefined;
  const body = new HunkBody(null);
  for (const line of lines) body.add(line);
  return body.toHunk();
}

function endsHunk({ lines }: ReplyLines, at: number, fence: Fence | undefined, body: HunkBody): boolean {
  const line = lines[at] ?? '';
  if (isHunkHeader(line) || isFileHeader(lines, at)) return true;
  if (line.startsWith('Index: ') || line.startsWith('*** End Patch')) return true;
  if (fence) return closesFence(line, fence) && !(body.isShort && isWithinHunk(lines, at, fence));
  if (SIGN.test(line)) return false;
  if (line !== '' || !body.isShort) return true;
  let next = at;
  while (lines[next] === '' && next - at < MAX_BLANK_LINES) next++;
  return !PART_OF_HUNK.test(lines[next] ?? '');
}

/** A line of the file that looks like the closing fence is followed by more of the hunk, and then by the real one. */
function isWithinHunk(lines: readonly string[], at: number, fence: Fence): boolean {
  if (!PART_OF_HUNK.test(lines[at + 1] ?? '')) return false;
  let end = at + 1;
  while (end < lines.length && !closesFence(lines[end] ?? '', fence)) end++;
  return end < lines.length;
}

/** Whether more lines could show that the closing fence, the blank line, or the two names at `at` are a part of the hunk. */
function isUndecided({ lines, isComplete }: ReplyLines, at: number, fence: Fence | undefined, body: HunkBody): boolean {
  if (isComplete) return false;
  if ((lines[at] ?? '').startsWith('--- ')) return at + 2 >= lines.length;
  if (!body.isShort) return false;
  if (!fence) return lines.length - at <= MAX_BLANK_LINES && lines.slice(at).every(line => line === '');
  return closesFence(lines[at] ?? '', fence) && (at + 1 === lines.length || PART_OF_HUNK.test(lines[at + 1] ?? ''));
}

class HunkBody {
  readonly #oldCount: number | undefined;
  readonly #newCount: number | undefined;
  readonly #heading: string;
  readonly #isNumbered: boolean;
  readonly #lines: (HunkLine & { readonly isBare: boolean })[] = [];
  #finalNewline: boolean | undefined;
  #oldSeen = 0;
  #newSeen = 0;

  constructor(header: RegExpExecArray | null) {
    const [, oldStart, oldCount = '1', , newCount = '1', rest = ''] = header ?? [];
    this.#isNumbered = oldStart !== undefined;
    this.#oldCount = this.#isNumbered ? Number(oldCount) : undefined;
    this.#newCount = this.#isNumbered ? Number(newCount) : undefined;
    const heading = rest.replace(/@@\s*$/, '').trim();
    this.#heading = /^[.…\s]*$/.test(heading) ? '' : heading;
  }

  /** By its header there are more lines to come. */
  get isShort(): boolean {
    return this.#oldSeen < (this.#oldCount ?? 0) || this.#newSeen < (this.#newCount ?? 0);
  }

  add(line: string): void {
    const sign = line[0];
    if (sign === '\\') {
      this.#markMissingNewline();
      return;
    }
    const kind = sign === '+' ? 'added' : sign === '-' ? 'deleted' : 'context';
    const text = kind === 'context' && sign !== ' ' ? line : line.slice(1);
    this.#lines.push({ kind, text, isBare: line === '' });
    if (kind !== 'added') this.#oldSeen++;
    if (kind !== 'deleted') this.#newSeen++;
  }

  toHunk(): PatchHunk | undefined {
    const isAsCounted = this.#oldSeen === this.#oldCount && this.#newSeen === this.#newCount;
    if (!isAsCounted) while (this.#lines.at(-1)?.isBare) this.#lines.pop();
    if (this.#lines.length === 0) return undefined;
    return {
      lines: this.#lines.map(({ kind, text }) => ({ kind, text })),
      anchors: !this.#isNumbered && this.#heading !== '' ? [this.#heading] : [],
      ...(this.#isNumbered && this.#heading !== '' ? { heading: this.#heading } : {}),
      isAtEndOfFile: false,
      ...(this.#finalNewline === undefined ? {} : { finalNewline: this.#finalNewline }),
    };
  }

  /** `\ No newline at end of file` speaks of the line above: of the old end, the new one, or both. */
  #markMissingNewline(): void {
    const kind = this.#lines.at(-1)?.kind;
    if (kind !== undefined) this.#finalNewline = kind === 'deleted';
  }
}
