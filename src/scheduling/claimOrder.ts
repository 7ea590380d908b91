import { ancestors, descendants, type PlanGraph, remainingPathLengths } from '../domain/planGraph.ts';
import type { OrderState, RunState } from '../domain/runState.ts';
import type { ItemId } from '../domain/schema/ids.ts';
import type { Priority, WorkItem } from '../domain/schema/plan.ts';

const URGENCY: Readonly<Record<Priority, number>> = { high: 2, normal: 1, low: 0 };

/** What the claim order needs to know about a plan; computed once for each. */
export interface PlanRanks {
  /** Of the most urgent item that waits for it, itself included: a low item that holds up a high one comes first. */
  readonly priority: ReadonlyMap<ItemId, Priority>;
  /** Items from it to the end of the graph, itself included. */
  readonly remaining: ReadonlyMap<ItemId, number>;
}

export function rankPlan(plan: PlanGraph): PlanRanks {
  const own = new Map(plan.items.map(item => [item.id, item.priority]));
  const priority = plan.items.map((item): [ItemId, Priority] => {
    const waiting = [...descendants(plan, [item.id])].map(id => own.get(id) ?? 'low');
    const mostUrgent = waiting.reduce((best, next) => (URGENCY[next] > URGENCY[best] ? next : best), item.priority);
    return [item.id, mostUrgent];
  });
  return { priority: new Map(priority), remaining: remainingPathLengths(plan) };
}

/**
 * Which of two orders is claimed first: negative when it is `left`. Priority, then the longest remaining path (the
 * critical path decides when the run ends), then age, then id, so that the order is total.
 */
export function compareOrders(ranks: PlanRanks, left: OrderState, right: OrderState): number {
  const remaining = ({ itemId }: OrderState) => ranks.remaining.get(itemId) ?? 0;
  return (
    URGENCY[right.priority] - URGENCY[left.priority] ||
    remaining(right) - remaining(left) ||
    left.enqueuedAt - right.enqueuedAt ||
    (left.id < right.id ? -1 : 1)
  );
}

/** Items that are planned and whose dependencies are all done. */
export function readyItems(state: RunState): readonly WorkItem[] {
  return Object.values(state.items)
    .filter(
      ({ item, status }) => status === 'planned' && item.dependencies.every(id => state.items[id]?.status === 'done'),
    )
    .map(({ item }) => item);
}

/** Files declared by items that are in a worker's hands or wait for a human. */
export function occupiedFiles(state: RunState): ReadonlySet<string> {
  const occupied = Object.values(state.orders)
    .filter(({ status }) => status === 'claimed' || status === 'waiting')
    .flatMap(({ itemId }) => state.items[itemId]?.item.filePath ?? []);
  return new Set(occupied);
}

/** The failed item that `item` depends on, directly or not, if there is one. */
export function failedAncestor(state: RunState, plan: PlanGraph, item: WorkItem): ItemId | undefined {
  return [...ancestors(plan, item.id)].find(id => state.items[id]?.status === 'failed');
}
