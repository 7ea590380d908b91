import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import type { GroupedWrites } from './groupedWrites.ts';
import type { MemoStore } from './journal.ts';

const rowSchema = z.object({ value: z.string() });

/** How long a memo is kept after it was written, in milliseconds: 90 days. */
const keptForMs = 90 * 24 * 3_600_000;
/** How many are kept: the last that were written. */
const mostMemos = 20_000;
/** How many are deleted at one time at most: no more than who opens a journal does not notice. */
const mostDeleted = 500;

/** The memo table. */
export class SqliteMemos implements MemoStore {
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #writes: GroupedWrites;

  /** Deletes old memos, and tells `onFailed` why it could not: then there are more than need be. Raises what SQLite raises. */
  constructor(
    database: DatabaseSync,
    clock: Pick<Clock, 'now'>,
    writes: GroupedWrites,
    onFailed: (error: unknown) => void,
  ) {
    this.#insert = database.prepare('INSERT OR REPLACE INTO memo (key, value, at) VALUES (?, ?, ?)');
    this.#select = database.prepare('SELECT value FROM memo WHERE key = ? AND at > ?');
    this.#clock = clock;
    this.#writes = writes;
    try {
      database.prepare(deleteSql).run(mostDeleted, clock.now() - keptForMs, mostMemos);
    } catch (error) {
      onFailed(error);
    }
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

/** The first of the memos, as far as they are too old or too many. One that is written again goes to the end. */
const deleteSql = `
  DELETE FROM memo
  WHERE rowid IN (SELECT rowid FROM memo ORDER BY rowid LIMIT ?)
  AND (at <= ? OR rowid <= (SELECT max(rowid) FROM memo) - ?)`;
