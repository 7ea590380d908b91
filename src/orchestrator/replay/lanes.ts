import type { RunEvent } from '../../domain/schema/events.ts';

/** What belongs to no item. */
export const runLane = 'run';

export function itemLane(itemId: string): string {
  return `item ${itemId}`;
}

/**
 * Sorts events into lanes: one for each item, one for the run itself. Within a lane the order of events is the run's
 * own doing; between lanes it is chance. Events must be given in their order, since a later one may refer to an earlier.
 */
export class LaneFinder {
  readonly #lanes = new Map<string, string>();

  laneOf(event: RunEvent): string {
    switch (event.type) {
      case 'order.enqueued':
        return this.#remember(event.order.id, itemLane(event.order.itemId));
      case 'session.started':
        return this.#remember(event.sessionId, itemLane(event.itemId));
      case 'model.requested':
        return this.#remember(event.exchangeId, ownLane(event.itemId));
      case 'question.asked':
        return this.#remember(
          event.question.id,
          event.asker.kind === 'worker' ? itemLane(event.asker.itemId) : runLane,
        );
      case 'session.ended':
        return this.#find(event.sessionId);
      case 'model.failed':
      case 'model.read':
        return this.#find(event.exchangeId);
      case 'question.answered':
        return this.#find(event.questionId);
      // The failing item says it, of those that wait for it.
      case 'item.blocked':
        return itemLane(event.by);
      case 'violation.found':
        return ownLane(event.violation.itemId);
      default:
        if ('orderId' in event) return this.#find(event.orderId);
        return ownLane('itemId' in event ? event.itemId : undefined);
    }
  }

  #remember(id: string, lane: string): string {
    this.#lanes.set(id, lane);
    return lane;
  }

  #find(id: string): string {
    return this.#lanes.get(id) ?? runLane;
  }
}

function ownLane(itemId: string | undefined): string {
  return itemId === undefined ? runLane : itemLane(itemId);
}
