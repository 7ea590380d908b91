// The contract of the event store. Neighbouring folders import this file and nothing else of `journal/`.
import type { Disposable } from '../base/disposable.ts';
import type { RunEvent, RunEventOf, RunEventPayload, RunOutcome } from '../domain/schema/events.ts';
import type { RunId } from '../domain/schema/ids.ts';

/**
 * Content by its hash: each distinct content is kept once. It is written together with the next event, which is what
 * refers to it; until then it may be lost with the process.
 */
export interface ContentStore {
  /** Keeps `content` and returns its SHA-256 in hex. Text is stored as UTF-8. Throws `StorageError`. */
  put(content: Uint8Array | string): string;
  get(hash: string): Uint8Array | undefined;
}

/**
 * Results by the key of the question that they answer, for any run of the workspace. No part of the truth: losing one costs
 * no more than working it out again, and they are written together with the next event.
 */
export interface MemoStore {
  get(key: string): string | undefined;
  /** Keeps `value` in place of what there was. Throws `StorageError`. */
  put(key: string, value: string): void;
}

/** One line of a run's history, taken from its events. */
export interface RunSummary {
  readonly runId: RunId;
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Absent while it runs, or when it was broken off. */
  readonly outcome?: RunOutcome;
  readonly events: number;
}

export type CallEvent = RunEventOf<'model.requested' | 'model.responded' | 'model.failed'>;

export interface CallEvents {
  readonly events: readonly CallEvent[];
  /** To read on from. */
  readonly position: number;
}

/** The right to write to one run. Disposing gives it back; the end of its process does too. */
export interface RunLease extends Disposable {
  readonly runId: RunId;
}

/**
 * The truth about every run of one workspace. An event is appended before anyone acts on it; an append that returned
 * survives the end of the process with every content that was put before it, and after `sync` a loss of power too.
 */
export interface Journal extends Disposable {
  readonly contents: ContentStore;
  readonly memos: MemoStore;
  /**
   * Makes this journal the run's only writer. The lease is kept alive as long as the process lives; the caller disposes it.
   * Throws `StorageError` naming the process that holds it.
   */
  acquire(runId: RunId): RunLease;
  /**
   * Numbers, stamps and stores the event. Throws `StorageError`, naming the file and the remedy (disk full, corrupt,
   * read-only), also when another process holds the run's lease.
   */
  append(runId: RunId, payload: RunEventPayload, correlationId: string): RunEvent;
  /** Resolves when everything appended so far is on the disk. Does not block the event loop. */
  sync(): Promise<void>;
  /** The events of a run with `seq` over `afterSeq`, in order. */
  read(runId: RunId, afterSeq?: number): RunEvent[];
  /** Newest first. */
  runs(): RunSummary[];
  /**
   * The events of model calls, of all runs and processes, that were written after `position` (0 is before all) and not before
   * `since`, in milliseconds since the epoch; in the order of writing. Costs no more than what is new.
   */
  readCalls(since: number, position: number): CallEvents;
}
