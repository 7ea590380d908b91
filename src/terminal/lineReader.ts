import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Disposable } from '../base/disposable.ts';

interface Waiter {
  readonly resolve: (line: string | undefined) => void;
}

/**
 * Lines of standard input, read only while somebody asks for them. The terminal stays in its usual mode: it edits the
 * line itself, and Ctrl-C stays a signal.
 */
export class LineReader implements Disposable {
  readonly #input: Readable & { unref?: () => void };
  readonly #keepsEarlyLines: boolean;
  readonly #earlyLines: string[] = [];
  #interface: Interface | undefined;
  #hasEnded = false;
  #waiter: Waiter | undefined;

  /**
   * `keepsEarlyLines`: a line that comes before it is asked for answers the next question. Right for a pipe; wrong for a
   * person, who would say yes to something not yet seen.
   */
  constructor(input: Readable, options: { readonly keepsEarlyLines: boolean }) {
    this.#input = input;
    this.#keepsEarlyLines = options.keepsEarlyLines;
  }

  /** The next line; undefined at the end of the input. Rejects with the signal's reason when aborted. One call at a time. */
  async next(options: { readonly signal: AbortSignal }): Promise<string | undefined> {
    const { signal } = options;
    signal.throwIfAborted();
    const early = this.#earlyLines.shift();
    if (early !== undefined) return early;
    if (this.#hasEnded) return undefined;
    this.#start();
    return await new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiter = undefined;
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiter = {
        resolve: line => {
          signal.removeEventListener('abort', onAbort);
          resolve(line);
        },
      };
    });
  }

  /** Lets go of the input, so that it does not keep the process alive. */
  dispose(): void {
    this.#interface?.close();
    this.#input.pause();
    this.#input.unref?.();
  }

  #start(): void {
    if (this.#interface !== undefined) return;
    this.#interface = createInterface({ input: this.#input, terminal: false, crlfDelay: Number.POSITIVE_INFINITY });
    this.#interface.on('line', line => this.#onLine(line));
    this.#interface.on('close', () => {
      this.#hasEnded = true;
      this.#hand(undefined);
    });
  }

  #onLine(line: string): void {
    if (this.#waiter === undefined) {
      if (this.#keepsEarlyLines) this.#earlyLines.push(line);
      return;
    }
    this.#hand(line);
  }

  #hand(line: string | undefined): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.resolve(line);
  }
}
