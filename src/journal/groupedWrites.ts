import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StorageError } from '../base/errors.ts';

/** Bytes that may wait to be written; a row of more is written at once. */
const mostWaitingBytes = 1 << 20;

/**
 * Gathers the rows that belong to the next event, and writes them in its transaction: each transaction of its own would
 * take the locks, and write its pages to the log, once more. Rows of a transaction that failed wait for the next.
 */
export class GroupedWrites {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #guard: <T>(work: () => T) => T;
  #waiting: (() => unknown)[] = [];
  #waitingBytes = 0;

  /** Raises what `guard` makes of what SQLite raises. */
  constructor(database: DatabaseSync, guard: <T>(work: () => T) => T) {
    this.#database = database;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#guard = guard;
  }

  /** Has `write` done in the transaction of the next `run`; `bytes` is about what it writes. */
  add(write: () => unknown, bytes: number): void {
    if (!this.#database.isOpen) throw new StorageError('The journal is closed; nothing more can be written to it.');
    if (bytes > mostWaitingBytes) {
      this.run(write);
      return;
    }
    if (this.#waitingBytes + bytes > mostWaitingBytes) this.flush();
    this.#waiting.push(write);
    this.#waitingBytes += bytes;
  }

  /** Does `work`, one statement, in one transaction with everything that waits. */
  run<T>(work: () => T): T {
    if (this.#waiting.length === 0) return this.#guard(work);
    return this.#guard(() => {
      const result = this.#inTransaction(() => {
        for (const write of this.#waiting) write();
        return work();
      });
      this.#waiting = [];
      this.#waitingBytes = 0;
      return result;
    });
  }

  /** Writes what waits. */
  flush(): void {
    this.run(() => undefined);
  }

  #inTransaction<T>(work: () => T): T {
    this.#begin.run();
    try {
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // SQLite itself did so where the disk is full or broken (https://www.sqlite.org/lang_transaction.html, 3).
    }
  }
}
