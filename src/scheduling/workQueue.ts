// The contract of scheduling. Neighbouring folders import this file and nothing else of `scheduling/`.
import type { ItemId } from '../domain/schema/ids.ts';
import type { Priority, WorkItem } from '../domain/schema/plan.ts';
import type { WorkOrder } from '../domain/schema/task.ts';

/**
 * Proof that an order is in a worker's hands. An order that was taken away from its worker is claimed anew in another
 * session: what the first worker then still says about it is refused.
 */
export interface ClaimRef {
  readonly orderId: string;
  readonly sessionId: string;
}

export interface Claim extends ClaimRef {
  readonly workerId: string;
  readonly order: WorkOrder;
  readonly item: WorkItem;
  /** Milliseconds since the epoch; `renew` well before it. */
  readonly leaseExpiresAt: number;
}

export interface QueueStats {
  /** Orders that wait for a worker, by their priority. */
  readonly depth: Readonly<Record<Priority, number>>;
  /** Items that could be put in the queue now and are not in it yet. */
  readonly ready: number;
  /** Orders that wait for a human. */
  readonly waiting: number;
  /** Orders in workers' hands. */
  readonly running: number;
  /** Items that will not be run because one that they depend on failed. */
  readonly blocked: number;
  /** Of the orders that wait for a worker; milliseconds since the epoch. */
  readonly oldestEnqueuedAt?: number;
}

/**
 * The queue of one run. It holds nothing itself: its state is the run's, and each change is an event in the run's log,
 * so that a queue opened on a log that was read back goes on where the last one stopped.
 *
 * An order that is not held by the given claim any more is left alone; the result says so.
 */
export interface WorkQueue {
  /** Puts every item in the queue whose dependencies are done and that is planned; returns the new orders. */
  enqueueReady(): readonly WorkOrder[];
  /**
   * Gives the worker the order to do next, or nothing when there is none that it may do now. Highest priority first (an
   * order has the highest priority of all that waits for it), then the longest remaining path, then the oldest.
   *
   * The worker must have the item's mode and all of its capabilities. Never hands out an item whose file is declared
   * by another one that is in a worker's hands or waits for a human, nor an order before its back-off is over.
   * Throws when the worker holds an order already.
   */
  claim(workerId: string, capabilities: readonly string[]): Claim | undefined;
  /** Extends the lease from now on; false when the claim is lost, and the worker has to stop. */
  renew(claim: ClaimRef): boolean;
  /** Frees the worker until the question is answered; the order stays in its session. */
  wait(claim: ClaimRef, questionId: string): boolean;
  /** Goes on with an order that waited, in the same session, on this worker. Throws when the worker holds another one. */
  resume(claim: ClaimRef, workerId: string): boolean;
  complete(claim: ClaimRef, summary: string): boolean;
  /** Puts the order back to be tried again after a back-off; past the retry limit it fails, as `fail` does. */
  giveBack(claim: ClaimRef, reason: string): 'queued' | 'failed' | 'lost';
  /** Ends the order for good and blocks every item that depends on it. */
  fail(claim: ClaimRef, reason: string): boolean;
  /**
   * Starts an iteration: plans the items again, and everything that depends on them; returns all of these. One that
   * depends on a failed item that is not among them is blocked again. Throws when one of them is in the queue or in a
   * worker's hands.
   */
  rerun(itemIds: Iterable<ItemId>, iteration: number, feedback: readonly string[]): readonly ItemId[];
  /** Puts orders back (as `giveBack`) whose lease ran out, and marks their workers offline. Returns the lost claims, whose work has to be stopped. */
  reclaimExpired(): readonly ClaimRef[];
  /** When the first order that is held back by its back-off may be claimed, in milliseconds since the epoch; undefined when none is. */
  nextRetryAt(): number | undefined;
  /** Nothing is queued, in a worker's hands, waiting for a human, or ready: the graph will not move by itself. */
  isSettled(): boolean;
  stats(): QueueStats;
}
