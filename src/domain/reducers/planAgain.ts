import type { ItemState, RunState } from '../runState.ts';
import type { ItemId } from '../schema/ids.ts';

/** The run's items with those that are named waiting for another pass; what these took so far stays on their account. */
export function planAgain(items: RunState['items'], ids: readonly ItemId[]): RunState['items'] {
  const again = ids.flatMap(id => items[id] ?? []);
  return {
    ...items,
    ...Object.fromEntries(
      again.map(({ item, attempts, durationMs, usage, changedPaths }): [string, ItemState] => [
        item.id,
        { item, status: 'planned', attempts, durationMs, usage, ...(changedPaths && { changedPaths }) },
      ]),
    ),
  };
}
