import type { WorkItem } from '../../src/domain/schema/plan.ts';

/** A place in a layer: an item, or a bend of an edge that passes through the layer. */
export interface Slot {
  readonly key: string;
  readonly layer: number;
  readonly item?: WorkItem;
  readonly before: Slot[];
  readonly after: Slot[];
}
