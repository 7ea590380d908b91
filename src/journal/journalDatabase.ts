import { lstatSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { StorageError } from '../base/errors.ts';

/** Marks a database as a Trellis journal: "TRLS" as a big-endian number in SQLite's `application_id`. */
const applicationId = 0x54524c53;

/** How long a write waits for another process to finish its own, in milliseconds. */
const busyTimeoutMs = 5000;

/**
 * Pages of the write-ahead log, of 4 KB each, after which a commit makes a checkpoint itself: when the thread whose task that
 * is (`Checkpoints`) does not keep up with what is written, or is not there.
 */
const mostLogPages = 50_000;

/**
 * Each entry brings the schema one version up; its index is the version it starts from. An entry that was released is
 * never changed. A new entry is also due when events change so that an older Trellis could not read them.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE event (
     id INTEGER PRIMARY KEY,
     run_id TEXT NOT NULL,
     seq INTEGER NOT NULL,
     at REAL NOT NULL,
     correlation_id TEXT NOT NULL,
     type TEXT NOT NULL,
     body TEXT NOT NULL,
     UNIQUE (run_id, seq)
   ) STRICT;
   CREATE INDEX run_boundary ON event (type, run_id, seq) WHERE type IN ('run.started', 'run.ended');
   CREATE TABLE content (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
   CREATE TABLE lease (
     run_id TEXT PRIMARY KEY,
     owner TEXT NOT NULL,
     pid INTEGER NOT NULL,
     host TEXT NOT NULL,
     expires_at REAL NOT NULL
   ) STRICT;`,
  'CREATE TABLE memo (key TEXT PRIMARY KEY, value TEXT NOT NULL, at REAL NOT NULL) STRICT;',
];

const pragmaSchema = z.record(z.string(), z.union([z.number(), z.string()])).transform(row => Object.values(row)[0]);

/** The value of a PRAGMA, such as `user_version`. */
export function readPragma(database: DatabaseSync, name: string): number | string | undefined {
  return pragmaSchema.parse(database.prepare(`PRAGMA ${name}`).get());
}

/**
 * Opens the journal database `file` in WAL mode, or makes it, and brings its schema up to date. The caller closes it.
 * Throws what SQLite raises, or a `StorageError` for a database that is not ours or is newer than this version.
 */
export function openJournalDatabase(file: string, steps: readonly string[] = migrations): DatabaseSync {
  refuseLink(file);
  const database = new DatabaseSync(file);
  try {
    // What is in the file may come with a repository, so nothing in its schema is trusted to run.
    database.exec(`PRAGMA trusted_schema = OFF; PRAGMA busy_timeout = ${busyTimeoutMs}`);
    checkIdentity(database, file);
    // In WAL mode, NORMAL loses no commit to the end of the process; `sync` covers the loss of power. Without WAL
    // (some network file systems), SQLite's own FULL has to do that at each commit.
    const isWal = readPragma(database, 'journal_mode = WAL') === 'wal';
    database.exec(`PRAGMA synchronous = ${isWal ? 'NORMAL' : 'FULL'}; PRAGMA wal_autocheckpoint = ${mostLogPages}`);
    migrate(database, file, steps);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function refuseLink(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  throw new StorageError(`The journal ${file} is a symbolic link, which is not followed; remove it and run again.`);
}

function checkIdentity(database: DatabaseSync, file: string): void {
  const isEmpty = readPragma(database, 'schema_version') === 0;
  if (isEmpty || readPragma(database, 'application_id') === applicationId) return;
  throw new StorageError(
    `${file} is a database of another program, not a Trellis journal; move it away and run again.`,
  );
}

function migrate(database: DatabaseSync, file: string, steps: readonly string[]): void {
  const newest = steps.length;
  if (readPragma(database, 'user_version') === newest) return;
  // Another process may be doing the same: only who holds the write lock looks at the version again and acts on it.
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = z.number().parse(readPragma(database, 'user_version'));
    if (version > newest) {
      throw new StorageError(
        `The journal ${file} was written by a newer Trellis (its format is ${version}, this version knows up to ${newest}); update Trellis to open it.`,
      );
    }
    for (const step of steps.slice(version)) database.exec(step);
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${newest}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
