import { StorageError } from '../../base/errors.ts';
import { codeOf, type FileCalls } from './fileCalls.ts';

/** What holds or waits for a lock in this process, by the lock's file: all locks of a process on one file form one line. */
const lines = new Map<string, Promise<unknown>>();

/** A lock between processes: a file with the number of the process that holds it. One whose process is gone is void. */
export class FolderLock {
  readonly #file: string;
  readonly #calls: FileCalls;

  constructor(file: string, calls: FileCalls) {
    this.#file = file;
    this.#calls = calls;
  }

  /** Does the work while holding the lock; callers in this process wait for each other. Throws `StorageError` when another process holds it. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    const before = lines.get(this.#file) ?? Promise.resolve();
    const result = before.then(() => this.#holdNow(work));
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    lines.set(this.#file, settled);
    try {
      return await result;
    } finally {
      if (lines.get(this.#file) === settled) lines.delete(this.#file);
    }
  }

  async #holdNow<T>(work: () => Promise<T>): Promise<T> {
    await this.#acquire();
    try {
      return await work();
    } finally {
      await this.#calls.remove(this.#file);
    }
  }

  async #acquire(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#calls.create(this.#file, new TextEncoder().encode(String(process.pid)));
        return;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
        const holder = Number(new TextDecoder().decode((await this.#calls.read(this.#file)) ?? new Uint8Array()));
        if (attempt > 1 || isRunning(holder))
          throw new StorageError(
            `Another Trellis (process ${holder}) is writing to this workspace; wait for it, or remove ${this.#file} if it is gone.`,
            { cause: error },
          );
        await this.#calls.remove(this.#file);
      }
    }
  }
}

/** A lock of this very process is one that was left: its own work waits in line. */
function isRunning(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0 || processId === process.pid) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
