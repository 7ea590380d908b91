import { topologicalOrder } from '../../src/domain/planGraph.ts';
import type { WorkItem } from '../../src/domain/schema/plan.ts';
import { orderLayers } from './orderLayers.ts';
import { placeLayers } from './placeLayers.ts';
import type { Slot } from './slot.ts';

export interface GraphMetrics {
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  /** Between two layers; the edges turn there. */
  readonly columnGap: number;
  /** Between two nodes of a layer. */
  readonly rowGap: number;
}

export interface NodeBox {
  readonly item: WorkItem;
  readonly layer: number;
  readonly x: number;
  readonly y: number;
}

export interface EdgePath {
  /** The dependency. */
  readonly from: string;
  /** What depends on it. */
  readonly to: string;
  /** Data of an SVG path. */
  readonly path: string;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  /** Layer by layer, each from top to bottom. */
  readonly nodes: readonly NodeBox[];
  readonly edges: readonly EdgePath[];
}

/**
 * Lays the plan out from left to right: each item one layer after the last of its dependencies, layers ordered to cross
 * few edges, items moved towards their neighbours (the steps of Sugiyama, Tagawa and Toda 1981). Takes graphs with
 * cycles and unknown dependencies too, as they occur while a plan is edited.
 */
export function layoutGraph(items: readonly WorkItem[], metrics: GraphMetrics): GraphLayout {
  const { layers, chains } = buildLayers(items);
  orderLayers(layers);
  const heightOf = (slot: Slot) => (slot.item ? metrics.nodeHeight : 0);
  const { tops, height } = placeLayers(layers, heightOf, metrics.rowGap);
  const left = (slot: Slot) => slot.layer * (metrics.nodeWidth + metrics.columnGap);
  const middle = (slot: Slot) => (tops.get(slot) ?? 0) + heightOf(slot) / 2;
  return {
    width: Math.max(0, layers.length * (metrics.nodeWidth + metrics.columnGap) - metrics.columnGap),
    height,
    nodes: layers.flat().flatMap(slot => {
      const { item, layer } = slot;
      return item ? [{ item, layer, x: left(slot), y: tops.get(slot) ?? 0 }] : [];
    }),
    edges: chains.map(({ from, to, slots }) => ({
      from,
      to,
      path: edgePath(
        slots.map(slot => ({ left: left(slot), y: middle(slot), isBend: !slot.item })),
        metrics.nodeWidth,
      ),
    })),
  };
}

interface Chain {
  readonly from: string;
  readonly to: string;
  readonly slots: readonly Slot[];
}

function buildLayers(items: readonly WorkItem[]): { readonly layers: Slot[][]; readonly chains: Chain[] } {
  const layerOf = assignLayers(items);
  const layers: Slot[][] = [];
  const add = (slot: Slot): Slot => {
    (layers[slot.layer] ??= []).push(slot);
    return slot;
  };
  const slots = new Map<string, Slot>();
  for (const item of items) {
    const layer = layerOf.get(item.id) ?? 0;
    slots.set(item.id, add({ key: item.id, layer, item, before: [], after: [] }));
  }
  const chains: Chain[] = [];
  for (const item of items) {
    const end = slots.get(item.id);
    for (const dependency of new Set(item.dependencies)) {
      const start = slots.get(dependency);
      if (!start || !end || start.layer >= end.layer) continue;
      const chain = [start];
      for (let layer = start.layer + 1; layer < end.layer; layer++) {
        chain.push(add({ key: `${dependency}→${item.id}@${layer}`, layer, before: [], after: [] }));
      }
      chain.push(end);
      connect(chain);
      chains.push({ from: dependency, to: item.id, slots: chain });
    }
  }
  return { layers, chains };
}

function connect(chain: readonly Slot[]): void {
  for (const [index, slot] of chain.entries()) {
    const next = chain[index + 1];
    if (!next) return;
    slot.after.push(next);
    next.before.push(slot);
  }
}

/** The length of the longest chain of dependencies before each item; items of a cycle come after all others. */
function assignLayers(items: readonly WorkItem[]): ReadonlyMap<string, number> {
  const layers = new Map<string, number>();
  const known = new Set<string>(items.map(item => item.id));
  // An unknown dependency must not keep its item out of the order.
  const graph = {
    items: items.map(item => ({ ...item, dependencies: item.dependencies.filter(id => known.has(id)) })),
  };
  for (const item of topologicalOrder(graph)) {
    layers.set(item.id, Math.max(-1, ...item.dependencies.map(id => layers.get(id) ?? -1)) + 1);
  }
  const last = Math.max(-1, ...layers.values()) + 1;
  for (const item of items) if (!layers.has(item.id)) layers.set(item.id, last);
  return layers;
}

interface Point {
  readonly left: number;
  readonly y: number;
  readonly isBend: boolean;
}

/** Curves between the columns, straight lines through them. */
function edgePath(points: readonly Point[], nodeWidth: number): string {
  const commands: string[] = [];
  for (const [index, point] of points.entries()) {
    const next = points[index + 1];
    if (!next) break;
    const startX = point.left + nodeWidth;
    const middleX = (startX + next.left) / 2;
    if (index === 0) commands.push(`M${startX} ${point.y}`);
    commands.push(`C${middleX} ${point.y} ${middleX} ${next.y} ${next.left} ${next.y}`);
    if (next.isBend) commands.push(`H${next.left + nodeWidth}`);
  }
  return commands.join('');
}
