import { hostname } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { StorageError } from '../base/errors.ts';
import type { RunId } from '../domain/schema/ids.ts';
import type { RunLease } from './journal.ts';

/** A lease that nobody renewed for this long is free. */
const leaseDurationMs = 30_000;

const holderSchema = z.object({ owner: z.string(), pid: z.number(), host: z.string() });
type Holder = z.infer<typeof holderSchema>;

export interface LeaseOwner {
  /** Unique among all journals that are open anywhere. */
  readonly id: string;
  readonly pid: number;
  readonly isProcessAlive: (pid: number) => boolean;
}

/** The rows that say which process may write to which run. */
export class RunLeases implements Disposable {
  readonly #database: DatabaseSync;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #owner: LeaseOwner;
  readonly #renewal: NodeJS.Timeout;
  readonly #onFailed: (error: unknown) => void;
  readonly #host = hostname();

  /**
   * `onFailed` is told why leases could not be renewed or given back. Neither is an error of its caller's: the next append
   * finds out whether a lease is lost, and one that is not given back lapses.
   */
  constructor(options: {
    readonly database: DatabaseSync;
    readonly clock: Pick<Clock, 'now'>;
    readonly owner: LeaseOwner;
    readonly onFailed: (error: unknown) => void;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#owner = options.owner;
    this.#onFailed = options.onFailed;
    this.#renewal = setInterval(() => this.#attempt(() => this.#renew()), leaseDurationMs / 3).unref();
  }

  /** Throws a `StorageError` when a process that lives holds the lease. */
  acquire(runId: RunId): RunLease {
    const holder = this.holder(runId);
    if (holder !== undefined && this.#isDead(holder)) this.#release(runId, holder.owner);
    const now = this.#clock.now();
    const { changes } = this.#database
      .prepare(
        `INSERT INTO lease (run_id, owner, pid, host, expires_at) VALUES (:runId, :owner, :pid, :host, :expiresAt)
         ON CONFLICT (run_id) DO UPDATE SET owner = :owner, pid = :pid, host = :host, expires_at = :expiresAt
         WHERE lease.expires_at <= :now`,
      )
      .run({
        runId,
        owner: this.#owner.id,
        pid: this.#owner.pid,
        host: this.#host,
        expiresAt: now + leaseDurationMs,
        now,
      });
    if (changes === 0) throw this.heldElsewhere(runId);
    return { runId, dispose: () => this.#attempt(() => this.#release(runId, this.#owner.id)) };
  }

  /** The error for a run that another process writes. */
  heldElsewhere(runId: RunId): StorageError {
    const holder = this.holder(runId);
    const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
    return new StorageError(`Run ${runId} is being written by ${who}; wait for it to end, or end it, and try again.`);
  }

  holder(runId: RunId): Holder | undefined {
    const row = this.#database.prepare('SELECT owner, pid, host FROM lease WHERE run_id = ?').get(runId);
    return row === undefined ? undefined : holderSchema.parse(row);
  }

  /** Gives back every lease held here. */
  dispose(): void {
    clearInterval(this.#renewal);
    this.#attempt(() => this.#database.prepare('DELETE FROM lease WHERE owner = ?').run(this.#owner.id));
  }

  #attempt(work: () => unknown): void {
    try {
      work();
    } catch (error) {
      this.#onFailed(error);
    }
  }

  /** Puts off the end of every lease held here. */
  #renew(): void {
    this.#database
      .prepare('UPDATE lease SET expires_at = ? WHERE owner = ?')
      .run(this.#clock.now() + leaseDurationMs, this.#owner.id);
  }

  #isDead(holder: Holder): boolean {
    return holder.host === this.#host && !this.#owner.isProcessAlive(holder.pid);
  }

  #release(runId: RunId, owner: string): void {
    this.#database.prepare('DELETE FROM lease WHERE run_id = ? AND owner = ?').run(runId, owner);
  }
}

/** Whether a process of that number runs on this machine. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
