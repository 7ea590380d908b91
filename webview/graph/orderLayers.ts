import type { Slot } from './slot.ts';

const sweeps = 8;

/** Orders each layer in place so that few edges cross: sweeps of the barycentre heuristic, the best order is kept. */
export function orderLayers(layers: Slot[][]): void {
  let best = layers.map(layer => [...layer]);
  let fewest = countCrossings(layers);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    if (sweep % 2 === 0) {
      for (const layer of layers.slice(1)) sortByNeighbours(layer, layers, slot => slot.before);
    } else {
      for (const layer of layers.slice(0, -1).reverse()) sortByNeighbours(layer, layers, slot => slot.after);
    }
    const crossings = countCrossings(layers);
    if (crossings >= fewest) continue;
    fewest = crossings;
    best = layers.map(layer => [...layer]);
  }
  for (const [index, layer] of best.entries()) layers[index] = layer;
}

/** Moves each slot to the mean position of its neighbours; slots without any stay where they are. */
function sortByNeighbours(layer: Slot[], layers: readonly Slot[][], neighbours: (slot: Slot) => readonly Slot[]): void {
  const positions = positionsIn(layers);
  const mean = (slot: Slot) => {
    const around = neighbours(slot);
    if (around.length === 0) return positions.get(slot) ?? 0;
    return around.reduce((sum, other) => sum + (positions.get(other) ?? 0), 0) / around.length;
  };
  const targets = new Map(layer.map(slot => [slot, mean(slot)]));
  layer.sort((a, b) => (targets.get(a) ?? 0) - (targets.get(b) ?? 0));
}

function countCrossings(layers: readonly Slot[][]): number {
  const positions = positionsIn(layers);
  let crossings = 0;
  for (const layer of layers) {
    const ends: number[] = [];
    for (const slot of layer) {
      const targets = slot.after.map(next => positions.get(next) ?? 0);
      for (const target of targets) crossings += ends.filter(end => end > target).length;
      ends.push(...targets);
    }
  }
  return crossings;
}

function positionsIn(layers: readonly Slot[][]): ReadonlyMap<Slot, number> {
  return new Map(layers.flatMap(layer => layer.map((slot, position) => [slot, position] as const)));
}
