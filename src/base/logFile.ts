import { appendFile, rename, stat } from 'node:fs/promises';
import type { Clock } from './clock.ts';
import type { Disposable } from './disposable.ts';
import type { LogEntry } from './redactingLogger.ts';

export interface LogFileOptions {
  /** Absolute; older lines are in files beside it with `.1` and `.2` behind the name. */
  readonly file: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Bytes of one file, about; the next one is begun then. */
  readonly maxBytes?: number;
  /** Told once when the file cannot be written; nothing more is written then, and nobody is kept from working. */
  readonly onFailure: (error: unknown) => void;
}

const defaultMaxBytes = 5_000_000;
/** Lines that wait for the disk; more are dropped, and how many is written in their place. */
const mostWaiting = 10_000;

/** A log of JSON lines, written in the background in order. Several processes may write to one: each line is one append. */
export class LogFile implements Disposable {
  readonly #options: Required<LogFileOptions>;
  #waiting: string[] = [];
  #dropped = 0;
  #writing: Promise<void> | undefined;
  #hasFailed = false;

  constructor(options: LogFileOptions) {
    this.#options = { maxBytes: defaultMaxBytes, ...options };
  }

  /** Takes a line to be written. */
  readonly write = ({ level, message, fields }: LogEntry): void => {
    if (this.#hasFailed || level === 'trace') return;
    if (this.#waiting.length >= mostWaiting) {
      this.#dropped += 1;
      return;
    }
    const at = new Date(this.#options.clock.now()).toISOString();
    this.#waiting.push(`${JSON.stringify({ at, level, message, ...fields })}\n`);
    this.#writing ??= this.#drain();
  };

  /** Resolves when everything so far is written. */
  async dispose(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    try {
      // The lines of one turn go to the disk together.
      await Promise.resolve();
      while (this.#waiting.length > 0) {
        const lines = this.#waiting.join('');
        const dropped = this.#dropped;
        this.#waiting = [];
        this.#dropped = 0;
        await this.#rotate();
        const note =
          dropped === 0 ? '' : `${JSON.stringify({ level: 'warn', message: 'Lines were dropped.', dropped })}\n`;
        await appendFile(this.#options.file, lines + note, { mode: 0o600 });
      }
    } catch (error) {
      this.#hasFailed = true;
      this.#waiting = [];
      this.#options.onFailure(error);
    } finally {
      this.#writing = undefined;
    }
  }

  async #rotate(): Promise<void> {
    const { file, maxBytes } = this.#options;
    if ((await sizeOf(file)) < maxBytes) return;
    await moveIfThere(`${file}.1`, `${file}.2`);
    await moveIfThere(file, `${file}.1`);
  }
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(nothingWhereMissing);
  return found?.size ?? 0;
}

/** Another process may have moved it before us. */
async function moveIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch(nothingWhereMissing);
}

function nothingWhereMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
