import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { errorMessage, StorageError } from '../base/errors.ts';
import { type Logger, silentLogger } from '../base/logger.ts';
import { type RunEvent, type RunEventPayload, runEventSchema } from '../domain/schema/events.ts';
import type { RunId } from '../domain/schema/ids.ts';
import { callIn } from './callIn.ts';
import { Checkpoints } from './checkpoints.ts';
import { GroupedWrites } from './groupedWrites.ts';
import type { CallEvents, ContentStore, Journal, MemoStore, RunLease, RunSummary } from './journal.ts';
import { openJournalDatabase, readPragma } from './journalDatabase.ts';
import { damagedJournal } from './recoverDatabase.ts';
import { isProcessAlive, type LeaseOwner, RunLeases } from './runLeases.ts';
import { SqliteContents } from './sqliteContents.ts';
import { SqliteMemos } from './sqliteMemos.ts';
import { isDamage, storageFailure } from './storageFailure.ts';
import { summarizeRun } from './summarizeRun.ts';
import { WalFile } from './walFile.ts';

export interface SqliteJournalOptions {
  /** The database; made when it is not there, in a folder that is. */
  readonly file: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger?: Logger;
  /** This process, unless a test says otherwise. */
  readonly owner?: LeaseOwner;
}

const rowSchema = z.object({
  run_id: z.string(),
  seq: z.number(),
  at: z.number(),
  correlation_id: z.string(),
  body: z.string(),
});

const callRowSchema = z.object({ id: z.number(), at: z.number() });

/** The journal of one workspace in one SQLite database, which several processes may have open at once. */
export class SqliteJournal implements Journal {
  readonly contents: ContentStore;
  readonly memos: MemoStore;
  readonly #file: string;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #owner: LeaseOwner;
  readonly #database: DatabaseSync;
  readonly #wal: WalFile | undefined;
  readonly #checkpoints: Checkpoints | undefined;
  readonly #leases: RunLeases;
  readonly #writes: GroupedWrites;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #selectBoundaries: StatementSync;
  readonly #selectCalls: StatementSync;
  #isDisposed = false;

  /** Throws a `StorageError` when the file cannot be opened, is damaged, newer, or not a journal. */
  constructor(options: SqliteJournalOptions) {
    this.#file = options.file;
    this.#clock = options.clock;
    this.#owner = options.owner ?? { id: randomUUID(), pid: process.pid, isProcessAlive };
    const logger = options.logger ?? silentLogger;
    const guard = <T>(work: () => T): T => this.#guard(work);
    this.#database = guard(() => openJournalDatabase(options.file));
    const database = this.#database;
    const failed = (what: string) => (error: unknown) => logger.log('warn', what, { reason: errorMessage(error) });
    if (readPragma(database, 'journal_mode') === 'wal') {
      this.#wal = new WalFile(options.file);
      this.#checkpoints = new Checkpoints(options.file, failed('journal checkpoint not made'));
    }
    const writes = new GroupedWrites(database, guard);
    this.#writes = writes;
    this.contents = guard(() => new SqliteContents(database, writes));
    this.memos = guard(() => new SqliteMemos(database, options.clock, writes, failed('old memos not deleted')));
    this.#insert = guard(() => database.prepare(insertSql));
    this.#select = guard(() => database.prepare(selectSql));
    this.#selectBoundaries = guard(() => database.prepare(boundariesSql));
    this.#selectCalls = guard(() => database.prepare(callsSql));
    this.#leases = new RunLeases({
      database,
      clock: options.clock,
      owner: this.#owner,
      onFailed: failed('run leases not kept'),
    });
  }

  acquire(runId: RunId): RunLease {
    return this.#guard(() => this.#leases.acquire(runId));
  }

  append(runId: RunId, payload: RunEventPayload, correlationId: string): RunEvent {
    const at = this.#clock.now();
    // Checked before it is stored: an event that cannot be read back must not get in. The number is not known yet.
    const event = runEventSchema.parse({ ...payload, runId, seq: 1, at, correlationId });
    const body = JSON.stringify(payload);
    // `all`, not `get`: SQLite commits when the statement has run to its end, and `get` stops at the first row and
    // hides a commit that failed.
    const [row] = this.#writes.run(() =>
      this.#insert.all({ runId, at, correlationId, type: event.type, body, owner: this.#owner.id }),
    );
    if (row === undefined) throw this.#guard(() => this.#leases.heldElsewhere(runId));
    this.#checkpoints?.appended();
    return { ...event, seq: z.number().parse(row['seq']) };
  }

  async sync(): Promise<void> {
    try {
      await this.#wal?.sync();
    } catch (error) {
      throw storageFailure(error, this.#file);
    }
  }

  read(runId: RunId, afterSeq = 0): RunEvent[] {
    return this.#guard(() => this.#select.all(runId, afterSeq)).map(row => this.#parse(row));
  }

  runs(): RunSummary[] {
    const events = this.#guard(() => this.#selectBoundaries.all()).map(row => this.#parse(row));
    const byRun = Map.groupBy(events, event => event.runId);
    return [...byRun.values()]
      .flatMap(boundaries => summarizeRun(boundaries))
      .sort((one, other) => other.startedAt - one.startedAt);
  }

  readCalls(since: number, position: number): CallEvents {
    return this.#guard(() => {
      const rows: unknown[] = [];
      let last = position;
      // Backwards, so that a long history is not gone through for the end of it.
      for (const row of this.#selectCalls.iterate(position)) {
        const { id, at } = callRowSchema.parse(row);
        last = Math.max(last, id);
        if (at < since) break;
        rows.push(row);
      }
      return { events: rows.reverse().flatMap(row => callIn(this.#parse(row))), position: last };
    });
  }

  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    try {
      this.#writes.flush();
    } finally {
      await Promise.all([this.#wal?.dispose(), this.#checkpoints?.dispose()]);
      this.#leases.dispose();
      this.#database.close();
    }
  }

  #parse(row: unknown): RunEvent {
    const { run_id: runId, seq, at, correlation_id: correlationId, body } = rowSchema.parse(row);
    try {
      return runEventSchema.parse({ ...(JSON.parse(body) as object), runId, seq, at, correlationId });
    } catch (error) {
      throw new StorageError(
        `The journal ${this.#file} holds an event that cannot be read (run ${runId}, event ${seq}); it was changed or damaged: move the journal away to start with an empty history.`,
        { cause: error },
      );
    }
  }

  /** Turns what SQLite raises into a `StorageError` with a remedy. */
  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw isDamage(error) ? damagedJournal(this.#file, error) : storageFailure(error, this.#file);
    }
  }
}

/** Numbers the event in the same statement that stores it; stores nothing while another owner holds the run's lease. */
const insertSql = `
  INSERT INTO event (run_id, seq, at, correlation_id, type, body)
  SELECT :runId, coalesce((SELECT max(seq) FROM event WHERE run_id = :runId), 0) + 1, :at, :correlationId, :type, :body
  WHERE NOT EXISTS (SELECT 1 FROM lease WHERE run_id = :runId AND owner <> :owner)
  RETURNING seq`;

const callsSql = `
  SELECT id, run_id, seq, at, correlation_id, body FROM event
  WHERE id > ? AND type IN ('model.requested', 'model.responded', 'model.failed') ORDER BY id DESC`;

const selectSql = `
  SELECT run_id, seq, at, correlation_id, body FROM event WHERE run_id = ? AND seq > ? ORDER BY seq`;

/** The first event of each run that has started, where it ended and went on, and its last. */
const boundariesSql = `
  SELECT run_id, seq, at, correlation_id, body FROM event
  WHERE id IN (
    SELECT id FROM event WHERE type IN ('run.started', 'run.resumed', 'run.ended')
    UNION
    SELECT (SELECT id FROM event WHERE run_id = started.run_id ORDER BY seq DESC LIMIT 1)
    FROM event AS started WHERE type = 'run.started'
  )
  ORDER BY run_id, seq`;
