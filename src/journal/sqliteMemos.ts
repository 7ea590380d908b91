import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import type { GroupedWrites } from './groupedWrites.ts';
import type { MemoStore } from './journal.ts';

const rowSchema = z.object({ value: z.string() });

/** How long a memo is kept after it was written, in milliseconds: 90 days. */
const keptForMs = 90 * 24 * 3_600_000;

/** The memo table. */
export class SqliteMemos implements MemoStore {
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #writes: GroupedWrites;

  /** Raises what SQLite raises. */
  constructor(database: DatabaseSync, clock: Pick<Clock, 'now'>, writes: GroupedWrites) {
    this.#insert = database.prepare('INSERT OR REPLACE INTO memo (key, value, at) VALUES (?, ?, ?)');
    this.#select = database.prepare('SELECT value FROM memo WHERE key = ? AND at > ?');
    this.#clock = clock;
    this.#writes = writes;
  }

  get(key: string): string | undefined {
    const row = this.#writes.run(() => this.#select.get(key, this.#clock.now() - keptForMs));
    return row === undefined ? undefined : rowSchema.parse(row).value;
  }

  put(key: string, value: string): void {
    const at = this.#clock.now();
    this.#writes.add(() => this.#insert.run(key, value, at), value.length);
  }
}
