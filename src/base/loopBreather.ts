import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long work may keep the event loop before it lets others have a turn; far under the 50 ms that can be felt. */
const sliceMs = 8;

/** Keeps long work in this thread from stalling the event loop: call `breathe` between its small steps. */
export class LoopBreather {
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  #sliceEnd: number;

  constructor(signal: AbortSignal, now: () => number = () => performance.now()) {
    this.#signal = signal;
    this.#now = now;
    this.#sliceEnd = now() + sliceMs;
  }

  /** Resolves at once while the slice lasts, and after a turn of the loop when it is over. Rejects with the signal's reason when aborted. */
  async breathe(): Promise<void> {
    this.#signal.throwIfAborted();
    if (this.#now() < this.#sliceEnd) return;
    await nextTurn();
    this.#signal.throwIfAborted();
    this.#sliceEnd = this.#now() + sliceMs;
  }
}
