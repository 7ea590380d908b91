import type { Clock, IdSource } from '../base/clock.ts';
import { descendants } from '../domain/planGraph.ts';
import type { RunLog } from '../domain/runLog.ts';
import type { OrderState } from '../domain/runState.ts';
import type { ItemId } from '../domain/schema/ids.ts';
import type { Plan, WorkItem } from '../domain/schema/plan.ts';
import type { WorkOrder } from '../domain/schema/task.ts';
import { compareOrders, failedAncestor, occupiedFiles, type PlanRanks, rankPlan, readyItems } from './claimOrder.ts';
import type { Claim, ClaimRef, QueueStats, WorkQueue } from './workQueue.ts';

export interface WorkQueueOptions {
  readonly log: RunLog;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: IdSource;
  /** How long a claim holds without being renewed, in milliseconds. */
  readonly leaseMs?: number;
  /** How often an order is tried again before it fails. */
  readonly maxRetries?: number;
  /** Wait before the first retry, in milliseconds; doubled for each further one. */
  readonly backoffMs?: number;
}

/** The queue of a run as a view of its log: it remembers nothing but the ranks of a plan that it has seen. */
export class JournaledWorkQueue implements WorkQueue {
  readonly #log: RunLog;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #ids: IdSource;
  readonly #leaseMs: number;
  readonly #maxRetries: number;
  readonly #backoffMs: number;
  #ranked: { readonly plan: Plan; readonly ranks: PlanRanks } | undefined;

  constructor(options: WorkQueueOptions) {
    this.#log = options.log;
    this.#clock = options.clock;
    this.#ids = options.ids;
    this.#leaseMs = options.leaseMs ?? 60_000;
    this.#maxRetries = options.maxRetries ?? 2;
    this.#backoffMs = options.backoffMs ?? 250;
  }

  enqueueReady(): readonly WorkOrder[] {
    const ranks = this.#ranks();
    return readyItems(this.#log.state).map(item => {
      const order: WorkOrder = {
        id: this.#ids('order', item.id),
        itemId: item.id,
        iteration: this.#log.state.iteration,
        priority: ranks.priority.get(item.id) ?? item.priority,
        enqueuedAt: this.#clock.now(),
        retryCount: 0,
      };
      this.#log.append({ type: 'order.enqueued', order });
      return order;
    });
  }

  claim(workerId: string, capabilities: readonly string[]): Claim | undefined {
    if (this.#heldBy(workerId)) throw new Error(`The worker ${workerId} holds an order already.`);
    const ranks = this.#ranks();
    const candidates = this.#claimable(capabilities).toSorted((left, right) => compareOrders(ranks, left, right));
    const [order] = candidates;
    const item = order && this.#log.state.items[order.itemId]?.item;
    if (!order || !item) return undefined;
    const sessionId = this.#ids('session', item.id);
    const leaseExpiresAt = this.#clock.now() + this.#leaseMs;
    this.#log.append({ type: 'order.claimed', orderId: order.id, workerId, sessionId, leaseExpiresAt });
    return { orderId: order.id, sessionId, workerId, order, item, leaseExpiresAt };
  }

  renew(claim: ClaimRef): boolean {
    const leaseExpiresAt = this.#clock.now() + this.#leaseMs;
    return this.#ifHeld(claim, ['claimed'], () => {
      this.#log.append({ type: 'order.renewed', orderId: claim.orderId, leaseExpiresAt });
    });
  }

  wait(claim: ClaimRef, questionId: string): boolean {
    return this.#ifHeld(claim, ['claimed'], () => {
      this.#log.append({ type: 'order.waiting', orderId: claim.orderId, questionId });
    });
  }

  resume(claim: ClaimRef, workerId: string): boolean {
    if (this.#heldBy(workerId)) throw new Error(`The worker ${workerId} holds an order already.`);
    const leaseExpiresAt = this.#clock.now() + this.#leaseMs;
    return this.#ifHeld(claim, ['waiting'], () => {
      this.#log.append({ type: 'order.resumed', orderId: claim.orderId, workerId, leaseExpiresAt });
    });
  }

  complete(claim: ClaimRef, summary: string): boolean {
    return this.#ifHeld(claim, ['claimed'], () => {
      this.#log.append({ type: 'order.completed', orderId: claim.orderId, summary });
    });
  }

  giveBack(claim: ClaimRef, reason: string): 'queued' | 'failed' | 'lost' {
    const order = this.#held(claim, ['claimed', 'waiting']);
    return order ? this.#return(order, reason) : 'lost';
  }

  fail(claim: ClaimRef, reason: string): boolean {
    return this.#ifHeld(claim, ['claimed', 'waiting'], order => this.#fail(order, reason));
  }

  rerun(itemIds: Iterable<ItemId>, iteration: number, feedback: readonly string[]): readonly ItemId[] {
    const plan = this.#plan();
    const named = new Set(itemIds);
    const again = new Set([...named, ...descendants(plan, named)]);
    for (const id of again) {
      const status = this.#log.state.items[id]?.status;
      if (status === 'queued' || status === 'running' || status === 'waiting') {
        throw new Error(`The item ${id} is ${status} and cannot be planned again.`);
      }
    }
    const items = plan.items.filter(item => again.has(item.id));
    this.#log.append({
      type: 'iteration.started',
      iteration,
      items: items.map(item => item.id),
      feedback: [...feedback],
    });
    for (const item of items) {
      const by = failedAncestor(this.#log.state, plan, item);
      if (by !== undefined) this.#block(item, by);
    }
    return items.map(item => item.id);
  }

  reclaimExpired(): readonly ClaimRef[] {
    const now = this.#clock.now();
    const expired = this.#orders('claimed').filter(({ leaseExpiresAt }) => (leaseExpiresAt ?? now) < now);
    return expired.map(order => {
      const { id, sessionId = '', workerId } = order;
      this.#return(order, 'Its worker did not renew the lease.');
      if (workerId !== undefined) this.#log.append({ type: 'worker.changed', workerId, status: 'offline' });
      return { orderId: id, sessionId };
    });
  }

  nextRetryAt(): number | undefined {
    const now = this.#clock.now();
    const times = this.#orders('queued').flatMap(({ notBefore }) =>
      notBefore !== undefined && notBefore > now ? notBefore : [],
    );
    return times.length === 0 ? undefined : Math.min(...times);
  }

  isSettled(): boolean {
    const isOpen = Object.values(this.#log.state.orders).some(
      ({ status }) => status === 'queued' || status === 'claimed' || status === 'waiting',
    );
    return !isOpen && readyItems(this.#log.state).length === 0;
  }

  stats(): QueueStats {
    const queued = this.#orders('queued');
    const depth = { high: 0, normal: 0, low: 0 };
    for (const order of queued) depth[order.priority]++;
    const stats = {
      depth,
      ready: readyItems(this.#log.state).length,
      waiting: this.#orders('waiting').length,
      running: this.#orders('claimed').length,
      blocked: Object.values(this.#log.state.items).filter(item => item.status === 'blocked').length,
    };
    return queued.length === 0
      ? stats
      : { ...stats, oldestEnqueuedAt: Math.min(...queued.map(order => order.enqueuedAt)) };
  }

  #plan(): Plan {
    const { plan } = this.#log.state;
    if (!plan) throw new Error('The run has no plan yet.');
    return plan;
  }

  #ranks(): PlanRanks {
    const plan = this.#plan();
    if (this.#ranked?.plan !== plan) this.#ranked = { plan, ranks: rankPlan(plan) };
    return this.#ranked.ranks;
  }

  #orders(status: OrderState['status']): OrderState[] {
    return Object.values(this.#log.state.orders).filter(order => order.status === status);
  }

  #heldBy(workerId: string): boolean {
    return this.#orders('claimed').some(order => order.workerId === workerId);
  }

  #claimable(capabilities: readonly string[]): readonly OrderState[] {
    const { state } = this.#log;
    const now = this.#clock.now();
    const occupied = occupiedFiles(state);
    return this.#orders('queued').filter(({ itemId, notBefore }) => {
      const item = state.items[itemId]?.item;
      if (!item || occupied.has(item.filePath) || (notBefore ?? 0) > now) return false;
      return [item.mode, ...(item.capabilities ?? [])].every(needed => capabilities.includes(needed));
    });
  }

  #held({ orderId, sessionId }: ClaimRef, statuses: readonly OrderState['status'][]): OrderState | undefined {
    const order = this.#log.state.orders[orderId];
    return order?.sessionId === sessionId && statuses.includes(order.status) ? order : undefined;
  }

  #ifHeld(claim: ClaimRef, statuses: readonly OrderState['status'][], act: (order: OrderState) => void): boolean {
    const order = this.#held(claim, statuses);
    if (order) act(order);
    return order !== undefined;
  }

  #return(order: OrderState, reason: string): 'queued' | 'failed' {
    if (order.retryCount >= this.#maxRetries) {
      this.#fail(order, reason);
      return 'failed';
    }
    const notBefore = this.#clock.now() + this.#backoffMs * 2 ** order.retryCount;
    this.#log.append({ type: 'order.returned', orderId: order.id, reason, notBefore });
    return 'queued';
  }

  #fail({ id, itemId }: OrderState, reason: string): void {
    this.#log.append({ type: 'order.failed', orderId: id, reason });
    const dependents = descendants(this.#plan(), [itemId]);
    for (const { item, status } of Object.values(this.#log.state.items)) {
      if (dependents.has(item.id) && status === 'planned') this.#block(item, itemId);
    }
  }

  #block(item: WorkItem, by: ItemId): void {
    const reason = `It depends on ${by}, which failed.`;
    this.#log.append({ type: 'item.blocked', itemId: item.id, by, reason });
  }
}
