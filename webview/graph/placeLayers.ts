import type { Slot } from './slot.ts';

const sweeps = 6;

/**
 * The top of each slot. Each layer in turn is moved as near to the middles of its neighbours as its order and the gaps
 * allow: a least-squares fit under those constraints, solved by pooling adjacent violators.
 */
export function placeLayers(
  layers: readonly (readonly Slot[])[],
  heightOf: (slot: Slot) => number,
  gap: number,
): { readonly tops: ReadonlyMap<Slot, number>; readonly height: number } {
  const tops = new Map<Slot, number>();
  for (const layer of layers) {
    let top = 0;
    for (const slot of layer) {
      tops.set(slot, top);
      top += heightOf(slot) + gap;
    }
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const isForward = sweep % 2 === 0;
    for (const layer of isForward ? layers : [...layers].reverse()) {
      const wanted = layer.map(slot => wantedTop(slot, isForward ? slot.before : slot.after, tops, heightOf));
      for (const [index, top] of fit(wanted, layer.map(heightOf), gap).entries()) {
        const slot = layer[index];
        if (slot) tops.set(slot, top);
      }
    }
  }
  const highest = Math.min(...tops.values(), Number.POSITIVE_INFINITY);
  for (const [slot, top] of tops) tops.set(slot, Math.round(top - highest));
  return { tops, height: Math.max(0, ...[...tops].map(([slot, top]) => top + heightOf(slot))) };
}

function wantedTop(
  slot: Slot,
  neighbours: readonly Slot[],
  tops: ReadonlyMap<Slot, number>,
  heightOf: (slot: Slot) => number,
): number {
  if (neighbours.length === 0) return tops.get(slot) ?? 0;
  const middles = neighbours.map(other => (tops.get(other) ?? 0) + heightOf(other) / 2);
  return middles.reduce((sum, middle) => sum + middle, 0) / middles.length - heightOf(slot) / 2;
}

/** The tops nearest to the wanted ones that keep the order and the gap. */
function fit(wanted: readonly number[], heights: readonly number[], gap: number): number[] {
  // With what must lie above it taken off, each top only has to be no less than the one before.
  const offsets: number[] = [];
  let offset = 0;
  for (const height of heights) {
    offsets.push(offset);
    offset += height + gap;
  }
  const blocks: { sum: number; count: number }[] = [];
  for (const [index, top] of wanted.entries()) {
    let block = { sum: top - (offsets[index] ?? 0), count: 1 };
    for (let last = blocks.at(-1); last && last.sum / last.count > block.sum / block.count; last = blocks.at(-1)) {
      block = { sum: block.sum + last.sum, count: block.count + last.count };
      blocks.pop();
    }
    blocks.push(block);
  }
  const levels = blocks.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
  return levels.map((level, index) => level + (offsets[index] ?? 0));
}
