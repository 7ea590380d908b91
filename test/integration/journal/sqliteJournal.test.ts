import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import sinon from 'sinon';
import { systemClock } from '../../../src/base/clock.ts';
import { StorageError } from '../../../src/base/errors.ts';
import { asBlobStore } from '../../../src/journal/contentBlobStore.ts';
import { migrations, openJournalDatabase, readPragma } from '../../../src/journal/journalDatabase.ts';
import { SqliteJournal } from '../../../src/journal/sqliteJournal.ts';
import { describeJournal } from '../../support/journalContract.ts';
import { asRunId, endedPayload, startedPayload, warnedPayload } from '../../support/journalEvents.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const runId = asRunId('run_1');
const appendForever = path.join(import.meta.dirname, 'appendForever.ts');

/** Everything that a process printed, by line, and how to wait for it. */
function watchLines(child: ChildProcessWithoutNullStreams) {
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', line => lines.push(line));
  const atLeast = async (count: number) => {
    while (lines.length < count) await once(reader, 'line');
  };
  return { lines, atLeast, ended: once(child, 'close') };
}

describe('the journal on SQLite', () => {
  const directory = useTemporaryDirectory();
  const file = () => path.join(directory(), 'trellis.db');
  const open = (clock: { now(): number } = systemClock) => new SqliteJournal({ file: file(), clock });

  describe('as a journal', () => {
    describeJournal(({ clock }) => open(clock));
  });

  it('is there again when it is opened again', async () => {
    const first = open();
    const hash = first.contents.put('content');
    const events = [first.append(runId, startedPayload('one'), 'c'), first.append(runId, endedPayload(), 'c')];
    await first.dispose();
    const second = open();
    assert.deepEqual(second.read(runId), events);
    assert.equal(Buffer.from(second.contents.get(hash) ?? []).toString(), 'content');
    assert.equal(second.append(runId, warnedPayload('later'), 'c').seq, 3);
    await second.dispose();
    await second.dispose();
  });

  it('loses nothing that was acknowledged when the process is killed', async () => {
    const child = spawn(process.execPath, [appendForever, file(), runId, 'Infinity', 'contents']);
    const { lines, atLeast, ended } = watchLines(child);
    await atLeast(500);
    child.kill('SIGKILL');
    await ended;
    const journal = open();
    const events = journal.read(runId);
    const seqs = events.map(event => event.seq);
    assert.ok(seqs.length >= lines.length, `${seqs.length} kept of ${lines.length} acknowledged`);
    assert.deepEqual(
      seqs,
      Array.from(seqs, (_, index) => index + 1),
    );
    for (const event of events) {
      const hash = event.type === 'run.warned' ? event.message : '';
      assert.equal(Buffer.from(journal.contents.get(hash) ?? []).toString(), `content ${event.seq - 1}`);
    }
    await journal.dispose();
  });

  it('numbers the events of two processes without a gap or a double', async () => {
    const children = [1, 2].map(() => spawn(process.execPath, [appendForever, file(), runId, '300']));
    const watched = children.map(child => watchLines(child));
    await Promise.all(watched.map(({ ended }) => ended));
    const acknowledged = watched.flatMap(({ lines }) => lines.map(Number)).sort((one, other) => one - other);
    assert.deepEqual(
      acknowledged,
      Array.from({ length: 600 }, (_, index) => index + 1),
    );
    const journal = open();
    assert.equal(journal.read(runId).length, 600);
    await journal.dispose();
  });

  it('keeps other processes from writing to a leased run until its writer is dead', async () => {
    const child = spawn(process.execPath, [appendForever, file(), runId, 'Infinity', 'lease']);
    const { atLeast, ended } = watchLines(child);
    await atLeast(1);
    const journal = open();
    const sentence = new RegExp(`Run run_1 is being written by process ${child.pid ?? '?'} on .+`);
    assert.throws(() => journal.acquire(runId), sentence);
    assert.throws(() => journal.append(runId, warnedPayload('mine'), 'c'), sentence);
    journal.append(asRunId('run_2'), warnedPayload('another run is free'), 'c');
    child.kill('SIGKILL');
    await ended;
    journal.acquire(runId);
    journal.append(runId, warnedPayload('mine'), 'c');
    await journal.dispose();
  });

  it('takes over a lease that its owner let lapse, and then refuses that owner', async () => {
    let now = 0;
    const alive = (id: string) => ({ id, pid: process.pid, isProcessAlive: () => true });
    const stalled = new SqliteJournal({ file: file(), clock: { now: () => now }, owner: alive('stalled') });
    const other = new SqliteJournal({ file: file(), clock: { now: () => now }, owner: alive('other') });
    stalled.acquire(runId);
    now = 29_000;
    assert.throws(() => other.acquire(runId), StorageError);
    now = 31_000;
    other.acquire(runId);
    assert.throws(() => stalled.append(runId, warnedPayload('late'), 'c'), StorageError);
    await stalled.dispose();
    assert.throws(() => stalled.acquire(runId), StorageError);
    other.append(runId, warnedPayload('mine'), 'c');
    await other.dispose();
  });

  it('keeps a lease alive for as long as it is held', async () => {
    const timers = sinon.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    try {
      const alive = (id: string) => ({ id, pid: process.pid, isProcessAlive: () => true });
      const holder = new SqliteJournal({ file: file(), clock: Date, owner: alive('holder') });
      const other = new SqliteJournal({ file: file(), clock: Date, owner: alive('other') });
      const lease = holder.acquire(runId);
      timers.tick(120_000);
      assert.throws(() => other.acquire(runId), StorageError);
      await lease.dispose();
      other.acquire(runId);
      await Promise.all([holder.dispose(), other.dispose()]);
    } finally {
      timers.restore();
    }
  });

  it('brings a database of an older version up to date, and refuses one of a newer', async () => {
    openJournalDatabase(file(), migrations).close();
    const upgraded = openJournalDatabase(file(), [...migrations, 'CREATE TABLE extra (id INTEGER)']);
    assert.equal(readPragma(upgraded, 'user_version'), migrations.length + 1);
    upgraded.close();
    assert.throws(() => open(), /written by a newer Trellis .*update Trellis to open it/);
  });

  it('leaves the database as it was when bringing it up to date fails', () => {
    assert.throws(() => openJournalDatabase(file(), [...migrations, 'CREATE TABLE event (id INTEGER)']));
    const database = new DatabaseSync(file());
    assert.equal(readPragma(database, 'user_version'), 0);
    assert.deepEqual(database.prepare('SELECT name FROM sqlite_schema').all(), []);
    database.close();
  });

  it("refuses another program's database, a link and a folder", () => {
    const other = new DatabaseSync(path.join(directory(), 'other.db'));
    other.exec('CREATE TABLE theirs (id INTEGER)');
    other.close();
    const openAt = (name: string) => new SqliteJournal({ file: path.join(directory(), name), clock: systemClock });
    assert.throws(() => openAt('other.db'), /other\.db is a database of another program/);
    symlinkSync(path.join(directory(), 'other.db'), path.join(directory(), 'link.db'));
    assert.throws(() => openAt('link.db'), /link\.db is a symbolic link/);
    mkdirSync(path.join(directory(), 'folder.db'));
    assert.throws(() => openAt('folder.db'), /folder\.db could not be opened; check/);
  });

  it('shows others a content and a memo as soon as the event after them is there, or it is closed', async () => {
    const [journal, other] = [open(), open()];
    const hash = journal.contents.put('content');
    journal.memos.put('key', 'value');
    assert.equal(Buffer.from(journal.contents.get(hash) ?? []).toString(), 'content');
    journal.memos.put('key', 'another value');
    journal.append(runId, startedPayload('one'), 'c');
    assert.equal(other.contents.get(hash)?.length, 7);
    assert.equal(other.memos.get('key'), 'another value');
    const last = journal.contents.put('a content that no event follows');
    await journal.dispose();
    assert.ok(other.contents.get(last));
    await other.dispose();
  });

  it('keeps what a content was when it was put, whatever is done to its bytes afterwards', async () => {
    const journal = open();
    const bytes = Buffer.from('content');
    const hash = journal.contents.put(bytes);
    bytes.fill('x');
    assert.equal(Buffer.from(journal.contents.get(hash) ?? []).toString(), 'content');
    await journal.dispose();
  });

  it('says so when an event or a content was changed behind its back', async () => {
    const journal = open();
    const hash = journal.contents.put('content');
    journal.append(runId, startedPayload('one'), 'c');
    const meddler = new DatabaseSync(file());
    meddler.exec(`UPDATE event SET body = '{"type":"run.warned"}'; UPDATE content SET bytes = x'00'`);
    meddler.close();
    assert.throws(() => journal.read(runId), /trellis\.db holds an event that cannot be read \(run run_1, event 1\)/);
    assert.throws(() => journal.contents.get(hash), /holds other content/);
    await journal.dispose();
  });

  it('serves the staging overlay as a blob store', async () => {
    const journal = open();
    const blobs = asBlobStore(journal.contents);
    const hash = await blobs.put(Buffer.from('blob'));
    assert.equal(Buffer.from((await blobs.get(hash)) ?? []).toString(), 'blob');
    await journal.dispose();
    await assert.rejects(blobs.put(Buffer.from('closed')), StorageError);
  });
});
