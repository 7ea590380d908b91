import type { Disposable } from '../base/disposable.ts';

/** The part of a stream that a screen needs; `process.stdout` has it. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Draws the live part: its lines, for a terminal of that size. */
export type LivePart = (size: { readonly columns: number; readonly rows: number }) => readonly string[];

// ECMA-48: erase to the end of the screen; DEC private mode 7: whether long lines wrap.
const eraseBelow = '\u001b[J';
const wrapOff = '\u001b[?7l';
const wrapOn = '\u001b[?7h';

/**
 * Where a run is shown: lines that stay, and on a terminal a live part below them that is drawn again and again. Long
 * lines of the live part are cut by the terminal itself.
 */
export class Screen implements Disposable {
  readonly #output: OutputStream;
  #livePart: LivePart | undefined;
  /** What came in while a prompt had the screen. */
  #held: string[] = [];
  #drawnLines = 0;
  #isPaused = false;

  /** Without a `livePart` nothing but plain lines is written. */
  constructor(output: OutputStream, livePart?: LivePart) {
    this.#output = output;
    this.#livePart = livePart;
  }

  /** Prints lines that stay. */
  print(text: string): void {
    if (this.#isPaused) {
      this.#held.push(text);
      return;
    }
    this.#erase();
    this.#output.write(`${text}\n`);
    this.refresh();
  }

  /** Draws the live part again. */
  refresh(): void {
    if (this.#isPaused || this.#livePart === undefined) return;
    // A terminal that was never told its size says 0.
    const columns = this.#output.columns || 80;
    const rows = this.#output.rows || 24;
    // One row is left for the cursor; what does not fit could not be erased again.
    const lines = this.#livePart({ columns, rows }).slice(0, Math.max(0, rows - 1));
    this.#erase();
    if (lines.length === 0) return;
    this.#output.write(`${wrapOff}${lines.map(line => `${line}\n`).join('')}${wrapOn}`);
    this.#drawnLines = lines.length;
  }

  /** Takes the live part away for a prompt and holds back what is printed, until `resume`. */
  pause(): void {
    this.#erase();
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    const held = this.#held;
    this.#held = [];
    for (const text of held) this.#output.write(`${text}\n`);
    this.refresh();
  }

  /** Takes the live part away for good; what was held back is printed. */
  dispose(): void {
    this.#erase();
    this.#livePart = undefined;
    this.resume();
  }

  #erase(): void {
    if (this.#drawnLines > 0) this.#output.write(`\r\u001b[${this.#drawnLines}A${eraseBelow}`);
    this.#drawnLines = 0;
  }
}
