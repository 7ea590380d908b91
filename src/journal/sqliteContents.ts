import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import { StorageError } from '../base/errors.ts';
import { hashContent } from './contentHash.ts';
import type { ContentStore } from './journal.ts';

const rowSchema = z.object({ bytes: z.instanceof(Uint8Array) });

/** The content table. Raises what SQLite raises; `guard` of the journal turns that into a `StorageError`. */
export class SqliteContents implements ContentStore {
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #guard: <T>(work: () => T) => T;

  constructor(database: DatabaseSync, guard: <T>(work: () => T) => T) {
    this.#insert = database.prepare('INSERT OR IGNORE INTO content (hash, bytes) VALUES (?, ?)');
    this.#select = database.prepare('SELECT bytes FROM content WHERE hash = ?');
    this.#guard = guard;
  }

  put(content: Uint8Array | string): string {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    const hash = hashContent(bytes);
    this.#guard(() => this.#insert.run(hash, bytes));
    return hash;
  }

  get(hash: string): Uint8Array | undefined {
    const row = this.#guard(() => this.#select.get(hash));
    if (row === undefined) return undefined;
    const { bytes } = rowSchema.parse(row);
    if (hashContent(bytes) === hash) return bytes;
    throw new StorageError(`The journal holds other content under ${hash} than was stored; it was changed or damaged.`);
  }
}
