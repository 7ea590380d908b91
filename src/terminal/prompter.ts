import { AbortError } from '../base/errors.ts';
import type { LineReader } from './lineReader.ts';
import type { Screen } from './screen.ts';

/** Asks one question after the other, however many ask at once. */
export class Prompter {
  readonly #screen: Screen;
  readonly #lines: Pick<LineReader, 'next'>;
  readonly #write: (text: string) => void;
  readonly #echoes: boolean;
  readonly #onGivenUp: (reason: AbortError) => void;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * `write` prints without a line end. `echoes`: answers are printed, because they come from a pipe and no terminal has
   * shown them. `onGivenUp` is called when the input has ended while an answer was awaited.
   */
  constructor(options: {
    readonly screen: Screen;
    readonly lines: Pick<LineReader, 'next'>;
    readonly write: (text: string) => void;
    readonly echoes: boolean;
    readonly onGivenUp: (reason: AbortError) => void;
  }) {
    this.#screen = options.screen;
    this.#lines = options.lines;
    this.#write = options.write;
    this.#echoes = options.echoes;
    this.#onGivenUp = options.onGivenUp;
  }

  /**
   * Prints `text`, then `prompt` until `accept` makes something of the answer. Rejects with the signal's reason when
   * aborted, and with `AbortError` when the input has ended, which is taken as giving up the run.
   */
  ask<T>(
    text: string,
    prompt: string,
    accept: (answer: string) => T | undefined,
    options: { readonly signal: AbortSignal },
  ): Promise<T> {
    const turn = this.#last.then(() => this.#askNow(text, prompt, accept, options));
    this.#last = turn.catch(() => undefined); // Whoever asked is told; the next one gets a turn all the same.
    return turn;
  }

  /** Prints something between two questions, or while one is open. */
  tell(text: string): void {
    this.#write(`${text}\n`);
  }

  async #askNow<T>(
    text: string,
    prompt: string,
    accept: (answer: string) => T | undefined,
    options: { readonly signal: AbortSignal },
  ): Promise<T> {
    options.signal.throwIfAborted();
    let isAnswered = false;
    this.#screen.pause();
    try {
      this.#write(`${text}\n`);
      for (;;) {
        this.#write(prompt);
        const line = await this.#lines.next(options);
        if (line === undefined) throw this.#giveUp();
        if (this.#echoes) this.#write(`${line}\n`);
        const answer = accept(line.trim());
        isAnswered = answer !== undefined;
        if (answer !== undefined) return answer;
      }
    } finally {
      if (!isAnswered) this.#write('\n'); // The cursor is still behind the prompt.
      this.#screen.resume();
    }
  }

  #giveUp(): AbortError {
    const reason = new AbortError('The run was cancelled: the input ended while an answer was awaited.');
    this.#onGivenUp(reason);
    return reason;
  }
}

/** `y`, `yes`, `n` and `no`, in any case; anything else is asked again. */
export function yesOrNo(answer: string): boolean | undefined {
  const word = answer.toLowerCase();
  if (word === 'y' || word === 'yes') return true;
  if (word === 'n' || word === 'no') return false;
  return undefined;
}
