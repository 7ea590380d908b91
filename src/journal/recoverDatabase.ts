import { rmSync } from 'node:fs';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { errorMessage, StorageError } from '../base/errors.ts';
import { openJournalDatabase } from './journalDatabase.ts';

/** Rows that are copied in one transaction. */
const batchSize = 1000;

const tables = [
  { name: 'event', columns: 'id, run_id, seq, at, correlation_id, type, body' },
  { name: 'content', columns: 'hash, bytes' },
  { name: 'memo', columns: 'key, value, at' },
] as const;
type Table = (typeof tables)[number];

/**
 * The error for a journal that SQLite found damaged. The file stays as it is; the events and contents that come before
 * the damage are kept in a copy beside it, and the message says how to go on.
 */
export function damagedJournal(file: string, damage: unknown): StorageError {
  const sentence = (remedy: string) =>
    new StorageError(`The journal ${file} is damaged (${errorMessage(damage)}); ${remedy}.`, { cause: damage });
  const copy = `${file}.recovered`;
  try {
    const events = recoverInto(copy, file);
    if (events === 0) return sentence('nothing in it could be read: move it away to start with an empty history');
    return sentence(
      `its first ${events} events were saved to ${copy}: put that file in its place, or move both away to start with an empty history`,
    );
  } catch (error) {
    return sentence(
      `what is still readable could not be saved to ${copy} (${errorMessage(error)}): move the journal away to start with an empty history`,
    );
  }
}

/** Copies what can be read of `file`; returns the number of events, and leaves no copy when there are none. */
function recoverInto(copy: string, file: string): number {
  removeDatabase(copy);
  const target = openJournalDatabase(copy);
  const source = new DatabaseSync(file, { readOnly: true });
  let events = 0;
  try {
    [events = 0] = tables.map(table => copyTable(source, target, table));
  } finally {
    source.close();
    target.close();
    if (events === 0) removeDatabase(copy);
  }
  return events;
}

/** Returns the number of rows that were copied. */
function copyTable(source: DatabaseSync, target: DatabaseSync, table: Table): number {
  const places = table.columns.replaceAll(/\w+/g, '?');
  const insert = target.prepare(`INSERT INTO ${table.name} (${table.columns}) VALUES (${places})`);
  let copied = 0;
  target.exec('BEGIN');
  for (const row of readableRows(source, table)) {
    insert.run(...Object.values(row));
    copied += 1;
    if (copied % batchSize === 0) target.exec('COMMIT; BEGIN');
  }
  target.exec('COMMIT');
  return copied;
}

/** The rows of a table up to the first that cannot be read. */
function* readableRows(source: DatabaseSync, table: Table): Generator<Record<string, SQLOutputValue>> {
  try {
    yield* source.prepare(`SELECT ${table.columns} FROM ${table.name} ORDER BY rowid`).iterate();
  } catch {
    return; // The damage that the caller is already reporting; how far the rows go is all that it asks.
  }
}

function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}
