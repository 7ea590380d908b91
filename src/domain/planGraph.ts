import type { ItemId } from './schema/ids.ts';
import type { WorkItem } from './schema/plan.ts';

/** A plan, or as much of one as makes a graph. */
export interface PlanGraph {
  readonly items: readonly WorkItem[];
}

export function itemById(plan: PlanGraph, id: string): WorkItem | undefined {
  return plan.items.find(item => item.id === id);
}

export function itemsWithoutDependencies(plan: PlanGraph): WorkItem[] {
  return plan.items.filter(item => item.dependencies.length === 0);
}

/**
 * Items in an order in which each comes after its dependencies; of those that could come next, the one that stands
 * first in the plan (Kahn's algorithm). A cycle, or an unknown dependency, leaves its items out.
 */
export function topologicalOrder(plan: PlanGraph): WorkItem[] {
  const waitingFor = new Map<ItemId, number>(plan.items.map(item => [item.id, new Set(item.dependencies).size]));
  const dependents = dependentsByItem(plan);
  const ready = plan.items.filter(item => waitingFor.get(item.id) === 0);
  const order: WorkItem[] = [];
  for (let item = ready.shift(); item !== undefined; item = ready.shift()) {
    order.push(item);
    for (const dependent of dependents.get(item.id) ?? []) {
      const left = (waitingFor.get(dependent.id) ?? 0) - 1;
      waitingFor.set(dependent.id, left);
      if (left === 0) ready.push(dependent);
    }
  }
  return order;
}

/** The items that wait for each item directly. */
export function dependentsByItem(plan: PlanGraph): ReadonlyMap<ItemId, readonly WorkItem[]> {
  const dependents = new Map<ItemId, WorkItem[]>(plan.items.map(item => [item.id, []]));
  for (const item of plan.items) {
    for (const dependency of new Set(item.dependencies)) dependents.get(dependency)?.push(item);
  }
  return dependents;
}

/** All items that depend on any of `ids`, directly or not; without `ids` themselves unless one depends on another. */
export function descendants(plan: PlanGraph, ids: Iterable<ItemId>): ReadonlySet<ItemId> {
  return reach(ids, dependentsByItem(plan));
}

/** All items that `id` depends on, directly or not. */
export function ancestors(plan: PlanGraph, id: ItemId): ReadonlySet<ItemId> {
  const items = new Map(plan.items.map(item => [item.id, item]));
  const dependencies = new Map(
    plan.items.map(item => [item.id, item.dependencies.flatMap(dependency => items.get(dependency) ?? [])] as const),
  );
  return reach([id], dependencies);
}

function reach(start: Iterable<ItemId>, next: ReadonlyMap<ItemId, readonly WorkItem[]>): ReadonlySet<ItemId> {
  const found = new Set<ItemId>();
  const open = [...start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const item of next.get(id) ?? []) {
      if (found.has(item.id)) continue;
      found.add(item.id);
      open.push(item.id);
    }
  }
  return found;
}

/** The path that closes a cycle, each item followed by one it depends on, such as `[a, b, c, a]`; undefined when there is none. */
export function findCycle(plan: PlanGraph): ItemId[] | undefined {
  const ordered = new Set(topologicalOrder(plan).map(item => item.id));
  const items = new Map(plan.items.map(item => [item.id, item]));
  const isStuck = (id: ItemId) => items.has(id) && !ordered.has(id);
  // An item that was left out waits for another one that was left out, or for an unknown one: walking back along
  // those must meet an item again, or end at an unknown dependency.
  for (const start of plan.items) {
    const path: ItemId[] = [];
    const seen = new Set<ItemId>();
    let id: ItemId | undefined = isStuck(start.id) ? start.id : undefined;
    while (id !== undefined && !seen.has(id)) {
      seen.add(id);
      path.push(id);
      id = items.get(id)?.dependencies.find(isStuck);
    }
    if (id !== undefined) return [...path.slice(path.indexOf(id)), id];
  }
  return undefined;
}

/**
 * Length of the longest path from each item to the end of the graph, the item included, where an item weighs
 * `weight(item)` (by default 1). The claim order of the queue: longest remaining path first.
 */
export function remainingPathLengths(
  plan: PlanGraph,
  weight: (item: WorkItem) => number = () => 1,
): ReadonlyMap<ItemId, number> {
  const lengths = new Map<ItemId, number>();
  const dependents = dependentsByItem(plan);
  for (const item of topologicalOrder(plan).reverse()) {
    const after = (dependents.get(item.id) ?? []).map(dependent => lengths.get(dependent.id) ?? 0);
    lengths.set(item.id, weight(item) + after.reduce((longest, length) => Math.max(longest, length), 0));
  }
  return lengths;
}

/** The longest chain of items by weight: no number of workers ends the plan earlier than it. */
export function criticalPath(plan: PlanGraph, weight?: (item: WorkItem) => number): WorkItem[] {
  const lengths = remainingPathLengths(plan, weight);
  const dependents = dependentsByItem(plan);
  const longest = (items: readonly WorkItem[]): WorkItem | undefined =>
    items.reduce<WorkItem | undefined>(
      (best, item) => (best === undefined || (lengths.get(item.id) ?? 0) > (lengths.get(best.id) ?? 0) ? item : best),
      undefined,
    );
  const path: WorkItem[] = [];
  for (
    let item = longest(itemsWithoutDependencies(plan));
    item !== undefined;
    item = longest(dependents.get(item.id) ?? [])
  ) {
    path.push(item);
  }
  return path;
}

/** Everything that is wrong with the graph itself, one sentence each; none for a plan that can be run. */
export function planProblems(plan: PlanGraph): string[] {
  const problems: string[] = [];
  const ids = new Set<string>();
  for (const item of plan.items) {
    if (ids.has(item.id)) problems.push(`Two items have the id "${item.id}".`);
    ids.add(item.id);
  }
  for (const item of plan.items) {
    for (const dependency of item.dependencies) {
      if (!ids.has(dependency))
        problems.push(`Item "${item.id}" depends on "${dependency}", which is not in the plan.`);
    }
  }
  const cycle = problems.length === 0 ? findCycle(plan) : undefined;
  if (cycle) problems.push(`The dependencies go round in a circle: ${cycle.join(' → ')}.`);
  return problems;
}
