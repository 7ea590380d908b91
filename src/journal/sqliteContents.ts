import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import { StorageError } from '../base/errors.ts';
import { hashContent } from './contentHash.ts';
import type { GroupedWrites } from './groupedWrites.ts';
import type { ContentStore } from './journal.ts';

const rowSchema = z.object({ bytes: z.instanceof(Uint8Array) });

/** The content table. */
export class SqliteContents implements ContentStore {
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #writes: GroupedWrites;
  /** A text is often put twice in a row, by those who keep a model's answer and those who record it. */
  #last: { readonly text: string; readonly hash: string } | undefined;

  /** Raises what SQLite raises. */
  constructor(database: DatabaseSync, writes: GroupedWrites) {
    this.#insert = database.prepare('INSERT OR IGNORE INTO content (hash, bytes) VALUES (?, ?)');
    this.#select = database.prepare('SELECT bytes FROM content WHERE hash = ?');
    this.#writes = writes;
  }

  put(content: Uint8Array | string): string {
    if (content === this.#last?.text) return this.#last.hash;
    // A copy: what the caller does to its bytes before they are written must not change what is written.
    const bytes = Buffer.from(content);
    const hash = hashContent(bytes);
    this.#writes.add(() => this.#insert.run(hash, bytes), bytes.length);
    if (typeof content === 'string') this.#last = { text: content, hash };
    return hash;
  }

  get(hash: string): Uint8Array | undefined {
    const row = this.#writes.run(() => this.#select.get(hash));
    if (row === undefined) return undefined;
    const { bytes } = rowSchema.parse(row);
    if (hashContent(bytes) === hash) return bytes;
    throw new StorageError(`The journal holds other content under ${hash} than was stored; it was changed or damaged.`);
  }
}
