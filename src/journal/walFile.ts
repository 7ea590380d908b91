import { type FileHandle, open } from 'node:fs/promises';
import type { Disposable } from '../base/disposable.ts';

/**
 * Brings the write-ahead log of an open SQLite database to the disk, off the event loop. Calls that come in while one is
 * under way share the next. Only the `-wal` file may be opened beside SQLite: closing a second descriptor of the
 * database itself would drop SQLite's own locks on it (https://www.sqlite.org/howtocorrupt.html, 2.2).
 */
export class WalFile implements Disposable {
  readonly #path: string;
  #handle: Promise<FileHandle> | undefined;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(databaseFile: string) {
    this.#path = `${databaseFile}-wal`;
  }

  /** Resolves when everything written before the call is on the disk; rejects with what the file system raised. */
  sync(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    const start = () => {
      this.#next = undefined;
      return this.#syncNow();
    };
    const next = this.#running.then(start, start);
    this.#next = next;
    this.#running = next;
    return next;
  }

  async #syncNow(): Promise<void> {
    this.#handle ??= open(this.#path, 'r+');
    try {
      await (await this.#handle).datasync();
    } catch (error) {
      this.#handle = undefined;
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await this.#running.catch(() => undefined); // Whoever called `sync` has been told.
    await (await this.#handle)?.close();
    this.#handle = undefined;
  }
}
