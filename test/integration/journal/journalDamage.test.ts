import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../../src/base/clock.ts';
import { StorageError } from '../../../src/base/errors.ts';
import { SqliteJournal } from '../../../src/journal/sqliteJournal.ts';
import { storageFailure } from '../../../src/journal/storageFailure.ts';
import { asRunId, startedPayload, warnedPayload } from '../../support/journalEvents.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const runId = asRunId('run_1');

/** What `work` raised; fails when it raised nothing or no `StorageError`. */
function storageErrorOf(work: () => unknown): StorageError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof StorageError, String(error));
    return error;
  }
  return assert.fail('nothing was raised');
}

/** What SQLite raises for the SQL; fails when it raises nothing. */
function sqliteError(database: DatabaseSync, sql: string): unknown {
  try {
    database.exec(sql);
  } catch (error) {
    return error;
  }
  return assert.fail('SQLite raised nothing');
}

describe('a journal in trouble', () => {
  const directory = useTemporaryDirectory();
  const file = () => path.join(directory(), 'trellis.db');
  const open = (at = file()) => new SqliteJournal({ file: at, clock: systemClock });

  async function fill(events: number): Promise<void> {
    const journal = open();
    journal.append(runId, startedPayload('one'), 'c');
    for (let index = 1; index < events; index += 1) journal.append(runId, warnedPayload('x'.repeat(300)), 'c');
    journal.contents.put('kept');
    await journal.dispose();
  }

  it('names a file that is no database at all, and leaves it alone', () => {
    const descriptor = openSync(file(), 'w');
    writeSync(descriptor, 'this is not a database. '.repeat(500));
    closeSync(descriptor);
    const { message } = storageErrorOf(() => open());
    assert.equal(
      message,
      `The journal ${file()} is damaged (file is not a database); nothing in it could be read: move it away to start with an empty history.`,
    );
    assert.match(readFileSync(file(), 'utf8'), /^this is not a database\. /);
    assert.ok(!existsSync(`${file()}.recovered`));
  });

  it('saves what comes before the damage in a journal that opens', async () => {
    await fill(2000);
    const descriptor = openSync(file(), 'r+');
    writeSync(descriptor, Buffer.alloc(8192, 0xff), 0, 8192, Math.floor(statSync(file()).size / 8192 / 2) * 8192);
    closeSync(descriptor);
    const journal = open();
    const { message } = storageErrorOf(() => journal.read(runId));
    await journal.dispose();
    const saved = Number(/its first (\d+) events were saved to (.+?): put/.exec(message)?.[1]);
    assert.ok(saved > 100 && saved < 2000, message);
    copyFileSync(`${file()}.recovered`, path.join(directory(), 'replaced.db'));
    const recovered = open(path.join(directory(), 'replaced.db'));
    assert.equal(recovered.read(runId).length, saved);
    assert.equal(recovered.runs()[0]?.title, 'one');
    await recovered.dispose();
  });

  it('names a file that was cut off', async () => {
    await fill(2000);
    truncateSync(file(), 10_000);
    const { message } = storageErrorOf(() => {
      const journal = open();
      journal.read(runId);
    });
    assert.match(message, /trellis\.db is damaged/);
  });

  it('loses nothing acknowledged when it can grow no more, and says what to do', async () => {
    // A limit on file size stands in for a full disk: the write fails in the same place, without any privilege.
    const script = `trap '' XFSZ; ulimit -f 600; exec "$@"`;
    const child = spawnSync(
      'bash',
      ['-c', script, 'bash', process.execPath, path.join(import.meta.dirname, 'appendForever.ts'), file(), runId],
      { encoding: 'utf8', timeout: 30_000 },
    );
    const lines = child.stdout.trimEnd().split('\n');
    assert.match(lines.at(-1) ?? '', /^error: The journal .+trellis\.db could not be .+ then run again/);
    const journal = open();
    assert.equal(journal.read(runId).length, lines.length - 1);
    journal.append(runId, warnedPayload('there is room again'), 'c');
    await journal.dispose();
  });

  it('tells a full disk from a read-only file and a locked one', () => {
    const small = new DatabaseSync(':memory:');
    small.exec('CREATE TABLE t (x); PRAGMA max_page_count = 3');
    const full = sqliteError(small, 'INSERT INTO t VALUES (zeroblob(100000))');
    assert.match(storageFailure(full, 'a.db').message, /disk is full; free some space and run again/);
    const writer = new DatabaseSync(file());
    writer.exec('CREATE TABLE t (x)');
    const readOnly = sqliteError(new DatabaseSync(file(), { readOnly: true }), 'INSERT INTO t VALUES (1)');
    assert.match(storageFailure(readOnly, 'a.db').message, /is read-only; make both writable/);
    writer.exec('BEGIN EXCLUSIVE');
    const locked = sqliteError(new DatabaseSync(file()), 'INSERT INTO t VALUES (1)');
    assert.match(storageFailure(locked, 'a.db').message, /is locked by another program/);
  });
});
