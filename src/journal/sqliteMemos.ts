import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import type { MemoStore } from './journal.ts';

const rowSchema = z.object({ value: z.string() });

/** How long a memo is kept after it was written, in milliseconds: 90 days. */
const keptForMs = 90 * 24 * 3_600_000;

/** The memo table. Raises what SQLite raises; `guard` of the journal turns that into a `StorageError`. */
export class SqliteMemos implements MemoStore {
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #guard: <T>(work: () => T) => T;

  constructor(database: DatabaseSync, clock: Pick<Clock, 'now'>, guard: <T>(work: () => T) => T) {
    this.#insert = database.prepare('INSERT OR REPLACE INTO memo (key, value, at) VALUES (?, ?, ?)');
    this.#select = database.prepare('SELECT value FROM memo WHERE key = ? AND at > ?');
    this.#clock = clock;
    this.#guard = guard;
  }

  get(key: string): string | undefined {
    const row = this.#guard(() => this.#select.get(key, this.#clock.now() - keptForMs));
    return row === undefined ? undefined : rowSchema.parse(row).value;
  }

  put(key: string, value: string): void {
    this.#guard(() => this.#insert.run(key, value, this.#clock.now()));
  }
}
