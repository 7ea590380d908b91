import type { ItemId } from '../../src/domain/schema/ids.ts';
import type { Claim, ClaimRef, WorkQueue } from '../../src/scheduling/workQueue.ts';
import { buildItem } from './builders.ts';

/** A queue of independent items, first in, first out, that notes what is done to it. */
export class FakeQueue implements WorkQueue {
  readonly log: string[] = [];
  readonly #queued: string[];
  #retryAt: number | undefined;

  constructor(ids: readonly string[]) {
    this.#queued = [...ids];
  }

  /** Holds everything that is queued back until `time`. */
  holdBackUntil(time: number): void {
    this.#retryAt = time;
  }

  claim(workerId: string): Claim | undefined {
    if (this.#retryAt !== undefined) return undefined;
    const id = this.#queued.shift();
    if (id === undefined) return undefined;
    this.log.push(`${workerId} claims ${id}`);
    const item = buildItem(id);
    const order = { id, itemId: item.id, iteration: 0, priority: item.priority, enqueuedAt: 0, retryCount: 0 };
    return { orderId: id, sessionId: `session-${id}`, workerId, order, item, leaseExpiresAt: 0 };
  }

  wait({ orderId }: ClaimRef): boolean {
    return this.log.push(`${orderId} waits`) > 0;
  }

  resume({ orderId }: ClaimRef, workerId: string): boolean {
    return this.log.push(`${workerId} resumes ${orderId}`) > 0;
  }

  nextRetryAt(): number | undefined {
    return this.#retryAt;
  }

  /** Lets go what was held back. */
  release(): void {
    this.#retryAt = undefined;
  }

  enqueueReady = () => [];
  renew = () => true;
  complete = ({ orderId }: ClaimRef) => this.log.push(`${orderId} done`) > 0;
  giveBack = () => 'queued' as const;
  fail = () => true;
  rerun = (): readonly ItemId[] => [];
  reclaimExpired = () => [];
  isSettled = () => this.#queued.length === 0;
  stats = () => ({ depth: { high: 0, normal: 0, low: 0 }, ready: 0, waiting: 0, running: 0, blocked: 0 });
}
