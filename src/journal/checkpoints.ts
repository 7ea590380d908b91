import { Worker } from 'node:worker_threads';
import type { Disposable } from '../base/disposable.ts';

/** Appends between two checkpoints: about as many as fill the thousand pages after which SQLite would make one. */
const appendsBetween = 100;

/**
 * The thread's own connection. `PASSIVE` copies what it can while others read and write, and waits for none of them
 * (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
 */
const threadSource = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(workerData);
  parentPort.on('message', () => {
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    parentPort.postMessage('done');
  });
`;

/**
 * Copies what is in the write-ahead log into the database now and then, on a thread of its own: it waits for the disk twice,
 * and would hold up whoever appends for as long. The thread is begun when it is first needed, and keeps no process alive.
 */
export class Checkpoints implements Disposable {
  readonly #file: string;
  readonly #onFailed: (error: unknown) => void;
  #appends = 0;
  #thread: Worker | undefined;
  #isUnderWay = false;

  /** `onFailed` is told why a checkpoint was not made: nothing is lost by that, the log only grows. */
  constructor(file: string, onFailed: (error: unknown) => void) {
    this.#file = file;
    this.#onFailed = onFailed;
  }

  /** Counts an append. */
  appended(): void {
    this.#appends += 1;
    if (this.#appends < appendsBetween || this.#isUnderWay) return;
    this.#appends = 0;
    try {
      this.#thread ??= this.#begin();
      this.#thread.postMessage('checkpoint');
      this.#isUnderWay = true;
    } catch (error) {
      this.#onFailed(error); // Where no threads are allowed: the append itself has succeeded.
    }
  }

  /** Resolves when the thread has ended, and with it the checkpoint that is under way. */
  async dispose(): Promise<void> {
    await this.#thread?.terminate();
  }

  #begin(): Worker {
    // Node 22 warns of `node:sqlite` in each thread; the first has done so.
    const execArgv = ['--disable-warning=ExperimentalWarning'];
    const thread = new Worker(threadSource, { eval: true, execArgv, workerData: this.#file });
    thread.on('message', () => {
      this.#isUnderWay = false;
    });
    thread.on('error', error => {
      this.#onFailed(error);
      this.#thread = undefined;
      this.#isUnderWay = false;
    });
    thread.unref();
    return thread;
  }
}
