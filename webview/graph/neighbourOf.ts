import type { ItemId } from '../../src/domain/schema/ids.ts';
import type { GraphLayout, NodeBox } from './layoutGraph.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * The node that an arrow key leads to: up and down stay in the layer, left and right go to the nearest dependency or
 * dependent. Undefined when there is none on that side.
 */
export function neighbourOf({ nodes, edges }: GraphLayout, id: ItemId, direction: Direction): ItemId | undefined {
  const start = nodes.find(node => node.item.id === id);
  if (!start) return undefined;
  const below = (other: NodeBox) => other.y - start.y;
  const isCandidate: Readonly<Record<Direction, (other: NodeBox) => boolean>> = {
    up: other => other.layer === start.layer && below(other) < 0,
    down: other => other.layer === start.layer && below(other) > 0,
    left: other => edges.some(edge => edge.to === id && edge.from === other.item.id),
    right: other => edges.some(edge => edge.from === id && edge.to === other.item.id),
  };
  // In steps: of two that are about as near, the upper one is taken, whatever the rounding of the layout.
  const distance = (other: NodeBox) =>
    Math.abs(other.layer - start.layer) * 1000 + Math.round(Math.abs(below(other)) / 16);
  const candidates = nodes.filter(isCandidate[direction]).sort((a, b) => distance(a) - distance(b));
  return candidates[0]?.item.id;
}
