import { isPatchEnd, isPatchSection, isPatchStart, readBeginPatch } from './beginPatch.ts';
import { type BlockRead, blockProblem, type ReplyLines } from './blockRead.ts';
import { isHunkHeader } from './diffHunks.ts';
import { closesFence, type Fence, fenceOf } from './fences.ts';
import { otherFileLedTo, pathFromComment, pathFromInfo, pathFromLine } from './pathLine.ts';
import { isSearchCloser, readSearchReplace, searchOpener } from './searchReplace.ts';
import { DIFF_START_LINES, isDiffFence, isDiffStart, readBareHunk, readUnifiedDiff } from './unifiedDiff.ts';
import { readWholeFile } from './wholeFile.ts';

/** A block of the reply and the lines it takes up, path line and fence included; `end` is exclusive. */
export interface ScannedBlock {
  readonly start: number;
  end: number;
  readonly read: BlockRead;
}

/** Where a scan stands between two blocks, so that it can go on when more has arrived. */
export interface ScanState {
  /** The first line that is not decided. */
  readonly at: number;
  /** The fence that the last block stands in, while it is open. */
  readonly fence: OpenFence | undefined;
  /** The file that a search/replace block without a path of its own refers to; `''` for none. */
  readonly path: string;
}

interface OpenFence extends Fence {
  readonly at: number;
}

/** How far above a block or its fence the path line may be, in blank lines. */
const MAX_BLANK_LINES = 2;
/** Lines at the beginning of a fence among which the first marker of a dialect may be. */
const MAX_LINES_BEFORE_MARKER = 4;
/** Lines behind the opening line of a fence that may show what it holds. */
const LINES_TO_DECIDE = MAX_LINES_BEFORE_MARKER + DIFF_START_LINES;
/** Prose further back than this cannot belong to the next block. */
const LOOK_BACK = 8;

/** The blocks of `reply` from `state` on, and where to go on. While the reply is incomplete the last one may be open. */
export function scanReply(
  reply: ReplyLines,
  state: ScanState,
): { readonly blocks: readonly ScannedBlock[]; readonly state: ScanState } {
  const scanner = new ReplyScanner(reply, state);
  const blocks = scanner.scan();
  return { blocks, state: scanner.resumeFrom };
}

class ReplyScanner {
  readonly #reply: ReplyLines;
  readonly #lines: readonly string[];
  readonly #blocks: ScannedBlock[] = [];
  #at: number;
  /** The first line behind the last block: nothing above it belongs to the next one. */
  #floor: number;
  #fence: OpenFence | undefined;
  /** The first line behind the last fence: whoever goes on above it would take its closing line for an opening one. */
  #fenceEnd = 0;
  #path: string;
  resumeFrom: ScanState;

  constructor(reply: ReplyLines, state: ScanState) {
    this.#reply = reply;
    this.#lines = reply.lines;
    this.#at = state.at;
    this.#floor = state.at;
    this.#fence = state.fence;
    this.#path = state.path;
    this.resumeFrom = state;
  }

  scan(): readonly ScannedBlock[] {
    while (this.#at < this.#lines.length) {
      if (!this.#step(this.#lines[this.#at] ?? '')) return this.#blocks;
      if (!this.#fence && this.#at - this.resumeFrom.at > 2 * LOOK_BACK)
        this.#settle(Math.max(this.#floor, this.#fenceEnd, this.#at - LOOK_BACK));
    }
    const hasEdits = this.#blocks.some(block => block.read.kind === 'edits');
    if (this.#fence && this.#reply.isComplete && hasEdits && this.#floor < this.#lines.length) this.#unclosedFence();
    return this.#blocks;
  }

  /** Goes on by a line or a block; false when the rest has to arrive first. */
  #step(line: string): boolean {
    if (isPatchStart(line)) {
      const read = readBeginPatch(this.#reply, this.#at, this.#fence);
      return this.#take(this.#placeAbove(this.#at).start, '', read);
    }
    if (searchOpener(line)) return this.#takeSearchReplace(line);
    if (isSearchCloser(line)) {
      const reason = `the row "${line.trim()}" closes a search/replace block that was not opened`;
      return this.#take(this.#at, this.#path, blockProblem(this.#path, reason, this.#at + 1));
    }
    if (isPatchSection(line)) {
      const reason = `the line "${line.trim()}" is not in a patch; put "*** Begin Patch" above and "*** End Patch" below it`;
      return this.#take(this.#at, this.#path, blockProblem(this.#path, reason, this.#at + 1));
    }
    if (isPatchEnd(line) && this.#lines.slice(this.#floor, this.#at).some(other => other.trim() !== '')) {
      const reason = 'a line "*** End Patch" ends no patch; put "*** Begin Patch" above it';
      return this.#take(this.#at, this.#path, blockProblem(this.#path, reason, this.#at + 1));
    }
    if (isDiffStart(this.#lines, this.#at)) return this.#takeDiff(this.#path);
    if (this.#fence) {
      if (closesFence(line, this.#fence)) this.#closeFence();
      this.#at++;
      return true;
    }
    const fence = fenceOf(line);
    if (fence) return this.#openFence({ ...fence, at: this.#at });
    this.#at++;
    return true;
  }

  #takeSearchReplace(line: string): boolean {
    const opener = searchOpener(line);
    if (!opener) return true;
    const above = this.#placeAbove(this.#at);
    const path = opener.path ?? above.path ?? this.#path;
    const isNamed = opener.path !== undefined || above.path !== undefined;
    const read = readSearchReplace(this.#reply, this.#at, { opener, fence: this.#fence, path });
    return this.#take(above.start, path, isNamed ? read : this.#certain(read, above.start, path));
  }

  /** What was read of a block that begins at `start` and says no file, if it is certain that it is for `path`. */
  #certain(read: BlockRead, start: number, path: string): BlockRead {
    if (read.kind !== 'edits') return read;
    if (path === '')
      return blockProblem(
        '',
        'the block does not say which file it is for; put the path on the line above it',
        read.end,
      );
    const above = this.#lineAbove(start);
    const other = above === undefined ? undefined : otherFileLedTo(this.#lines[above] ?? '', path);
    if (other === undefined) return read;
    const reason = `the line above the block names ${other}, but more than that; put the path of the file alone on the line above the block`;
    return blockProblem(path, reason, read.end);
  }

  #takeDiff(path: string): boolean {
    const read = readUnifiedDiff(this.#reply, this.#at, this.#fence, path);
    return this.#take(this.#placeAbove(this.#at).start, path, read);
  }

  /** Hunks alone, which say no file. */
  #takeHunks(at: number, { path, start }: { readonly path: string | undefined; readonly start: number }): boolean {
    this.#at = at;
    const known = path ?? this.#path;
    const read = readUnifiedDiff(this.#reply, at, this.#fence, known);
    return this.#take(start, known, path === undefined ? this.#certain(read, start, known) : read);
  }

  #openFence(fence: OpenFence): boolean {
    const behind = this.#lines.slice(this.#at + 1, this.#at + 1 + MAX_LINES_BEFORE_MARKER);
    const hasArrived = this.#lines.length - this.#at > LINES_TO_DECIDE;
    if (!hasArrived && !this.#reply.isComplete) return false;
    this.#fence = fence;
    const marker = behind.findIndex(
      (line, index) => isPatchStart(line) || searchOpener(line) || isDiffStart(this.#lines, this.#at + 1 + index),
    );
    const isFilled = behind.findIndex(line => closesFence(line, fence));
    const place = this.#placeAbove(this.#at + 1);
    if (marker !== -1 && (isFilled === -1 || marker < isFilled)) {
      this.#path = place.path ?? this.#path;
      this.#at++;
      return true;
    }
    const first = behind.findIndex(line => line.trim() !== '');
    if (first !== -1 && isHunkHeader(behind[first] ?? '') && (place.path ?? this.#path) !== '')
      return this.#takeHunks(this.#at + 1 + first, place);
    if (place.path === undefined) {
      this.#at++;
      return true;
    }
    if (isDiffFence(fence, place.path))
      return this.#take(place.start, place.path, readBareHunk(this.#reply, this.#at, fence, place.path));
    this.#fence = undefined;
    return this.#take(place.start, place.path, readWholeFile(this.#reply, this.#at, fence, place.path));
  }

  #take(start: number, path: string, read: BlockRead): boolean {
    if (read.kind === 'open') {
      this.#blocks.push({ start, end: this.#lines.length, read });
      return false;
    }
    const first = read.kind === 'edits' ? (read.edits[0]?.path ?? path) : read.path;
    this.#blocks.push({ start, end: read.end, read });
    if (first !== '') this.#path = first;
    this.#at = read.end;
    this.#settle(read.end);
    return true;
  }

  /** Everything above `at` is decided. */
  #settle(at: number): void {
    this.#floor = Math.max(this.#floor, at);
    this.resumeFrom = { at, fence: this.#fence, path: this.#path };
  }

  /** The closing line of a fence belongs to the last block in it. */
  #closeFence(): void {
    const last = this.#blocks.at(-1);
    const between = this.#lines.slice(this.#floor, this.#at);
    this.#fence = undefined;
    this.#fenceEnd = this.#at + 1;
    if (!last || last.end !== this.#floor || between.some(line => line.trim() !== '')) return;
    last.end = this.#at + 1;
    this.#settle(this.#at + 1);
  }

  #unclosedFence(): void {
    const rest = this.#lines.slice(this.#floor);
    if (rest.every(line => line.trim() === '')) return;
    const end = this.#lines.length;
    const read = blockProblem('', 'the last fence of the reply is never closed, so something may be missing', end);
    this.#blocks.push({ start: Math.max(this.#floor, this.#fence?.at ?? 0), end, read });
  }

  /** The path that stands above line `at`, inside or above its fence, and where what belongs to the block begins. */
  #placeAbove(at: number): { readonly path: string | undefined; readonly start: number } {
    let start = at;
    let path: string | undefined;
    let above = this.#lineAbove(at);
    const fence = this.#fence;
    if (fence && above !== undefined && above > fence.at) {
      const line = this.#lines[above] ?? '';
      path = pathFromLine(line) ?? pathFromComment(line);
      if (path === undefined) return { path, start };
      start = above;
      above = this.#lineAbove(above);
    }
    if (fence && above !== fence.at) return { path, start };
    if (fence) {
      start = fence.at;
      path ??= pathFromInfo(fence.info);
      above = this.#lineAbove(fence.at);
    }
    const outside = above === undefined ? undefined : pathFromLine(this.#lines[above] ?? '');
    if (outside === undefined || above === undefined) return { path, start };
    return { path: path ?? outside, start: above };
  }

  /** The nearest line above `at` that is not blank, if it is near enough and no part of the block before. */
  #lineAbove(at: number): number | undefined {
    let above = at - 1;
    while (above >= this.#floor && at - above <= MAX_BLANK_LINES && (this.#lines[above] ?? '').trim() === '') above--;
    return above >= this.#floor ? above : undefined;
  }
}
