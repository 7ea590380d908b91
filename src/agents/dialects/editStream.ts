import type { FileEdit } from '../../domain/schema/changes.ts';
import type { Dialect } from './blockRead.ts';
import { collectEdits, type ParsedEdits, parseEdits } from './parseEdits.ts';
import { LINES_TO_DECIDE, type ScannedBlock, type ScanState, scanReply } from './scanReply.ts';

/**
 * What is seen of a reply while it arrives. It is there to be shown; what is applied is the result of `finish`, since the
 * end of a reply can show that an earlier block was not what it seemed. `path` is `''` as long as the block has not said it.
 */
export type EditStreamEvent =
  | { readonly type: 'block.started'; readonly dialect: Dialect; readonly path: string }
  | {
      readonly type: 'block.finished';
      readonly dialect: Dialect;
      readonly path: string;
      readonly edits: readonly FileEdit[];
    }
  | { readonly type: 'block.failed'; readonly dialect: Dialect; readonly path: string; readonly reason: string };

/** Lines that can begin or end a block; the others only make the present one longer. */
const TELLING_LINE = /^\s*(?:`{3}|~{3}|<{5}|>{5}|-{5}|\+{5}|={5}|\*\*\* |--- |\+\+\+ |@@|diff --git |Index: )/;
/** The part of the undecided lines by which they have to grow before they are gone through again. */
const LEAST_GROWTH = 1 / 64;

/** Recognises edits while a reply arrives. It goes again through what is not decided only, and not for every line. */
export class EditStream {
  readonly #options: { readonly defaultPath?: string };
  readonly #lines: string[] = [];
  #text = '';
  #unfinishedLine = '';
  #state: ScanState;
  #isOpen = false;
  #scannedLines = 0;
  #linesToWatch = 0;

  constructor(options: { readonly defaultPath?: string } = {}) {
    this.#options = options;
    this.#state = { at: 0, fence: undefined, path: options.defaultPath ?? '' };
  }

  /** Takes the next piece of the reply, of any length. */
  push(piece: string): readonly EditStreamEvent[] {
    this.#text += piece;
    const lines = (this.#unfinishedLine + piece).split('\n');
    this.#unfinishedLine = lines.pop() ?? '';
    for (const line of lines) {
      this.#lines.push(line.endsWith('\r') ? line.slice(0, -1) : line);
      if (TELLING_LINE.test(line)) this.#linesToWatch = LINES_TO_DECIDE + 1;
    }
    const growth = this.#lines.length - this.#scannedLines;
    const isWorthIt = growth > (this.#scannedLines - this.#state.at) * LEAST_GROWTH;
    if (lines.length === 0 || this.#linesToWatch <= 0 || !isWorthIt) return [];
    this.#linesToWatch -= lines.length;
    return this.#scan();
  }

  /** The whole reply, read again from its beginning: what counts. */
  finish(): ParsedEdits {
    return parseEdits(this.#text, this.#options);
  }

  #scan(): readonly EditStreamEvent[] {
    this.#scannedLines = this.#lines.length;
    const { blocks, state } = scanReply({ lines: this.#lines, isComplete: false }, this.#state);
    this.#state = state;
    return blocks.flatMap(block => this.#eventsOf(block));
  }

  #eventsOf(block: ScannedBlock): EditStreamEvent[] {
    const { dialect, path, read } = block;
    const events: EditStreamEvent[] = [];
    if (!this.#isOpen) events.push({ type: 'block.started', dialect, path });
    this.#isOpen = read.kind === 'open';
    const { edits } = collectEdits([block]);
    if (read.kind === 'edits') events.push({ type: 'block.finished', dialect, path, edits });
    if (read.kind === 'problem') events.push({ type: 'block.failed', dialect, path, reason: read.reason });
    return events;
  }
}
