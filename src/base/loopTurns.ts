/** How long pieces of work may keep the event loop together before others get a turn; far under the 50 ms that can be felt. */
const sliceMs = 8;

/**
 * Shares the event loop among pieces of work that are each short and come in crowds, as the answers to a hundred calls
 * do: one begins when the one before it has come to its first real wait, and when those of one turn of the loop have
 * taken their time, the others go on in the next. For one long piece of work, see `LoopBreather`.
 */
export class LoopTurns {
  readonly #now: () => number;
  readonly #waiting: (() => void)[] = [];
  #isPieceUnderWay = false;
  /** Undefined when nothing was begun in this turn of the loop. */
  #sliceEnd: number | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether the time of this turn of the loop is not used up; for work that looks often and rarely needs to wait. */
  hasTimeLeft(): boolean {
    return this.#now() < (this.#sliceEnd ?? this.#beginSlice());
  }

  /** Resolves when there is time for the next piece, in the order of asking. */
  async turn(): Promise<void> {
    if (!this.#isPieceUnderWay && this.#waiting.length === 0 && this.hasTimeLeft()) this.#beginPiece();
    else await new Promise<void>(resolve => this.#waiting.push(resolve));
  }

  #beginSlice(): number {
    this.#sliceEnd = this.#now() + sliceMs;
    setImmediate(() => {
      this.#sliceEnd = undefined;
      this.#letNextBegin();
    });
    return this.#sliceEnd;
  }

  #beginPiece(): void {
    this.#isPieceUnderWay = true;
    // A tick that is asked for in a microtask comes when no microtask is left: the piece can only wait for the loop then.
    queueMicrotask(() => {
      process.nextTick(() => {
        this.#isPieceUnderWay = false;
        this.#letNextBegin();
      });
    });
  }

  #letNextBegin(): void {
    if (this.#isPieceUnderWay || this.#waiting.length === 0 || !this.hasTimeLeft()) return;
    this.#beginPiece();
    this.#waiting.shift()?.();
  }
}
