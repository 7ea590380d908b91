import { type ScannedBlock, type ScanState, scanReply } from './scanReply.ts';

/** The part of the undecided lines by which they have to grow before they are gone through again. */
const LEAST_GROWTH = 1 / 16;

/**
 * Recognises the blocks of a reply while it arrives, by the same scan that reads it when it is whole. What is not decided is
 * gone through again each time it has grown by a fixed part, so that the time for a reply is in proportion to its length.
 *
 * What it finds is there to be shown: the end of a reply can show that an earlier block was not what it seemed.
 */
export class EditStream {
  readonly #lines: string[] = [];
  #state: ScanState;
  #scannedLines = 0;

  /** `defaultPath`: the file that a block without a path of its own is for. */
  constructor(defaultPath = '') {
    this.#state = { at: 0, fence: undefined, path: defaultPath };
  }

  /** Takes the next lines, without their ends. Returns the blocks that ended in them, and last the one that is open. */
  push(lines: readonly string[]): readonly ScannedBlock[] {
    for (const line of lines) this.#lines.push(line);
    const undecidedLines = this.#scannedLines - this.#state.at;
    if (this.#lines.length - this.#scannedLines <= undecidedLines * LEAST_GROWTH) return [];
    this.#scannedLines = this.#lines.length;
    const { blocks, state } = scanReply({ lines: this.#lines, isComplete: false }, this.#state);
    this.#state = state;
    return blocks;
  }
}
