import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock, IdSource } from '../../base/clock.ts';
import { StorageError } from '../../base/errors.ts';
import type { RunEvent } from '../../domain/schema/events.ts';
import { isEventful, type Look, type Observer, observationName, readObservation } from '../observed/observer.ts';
import type { Conductor } from './conductor.ts';
import { itemLane, runLane } from './lanes.ts';
import type { Recording } from './recording.ts';

interface Observation {
  readonly seq: number;
  readonly valueHash: string;
}

/** Answers every look at the world with what the run saw when it looked. */
export class ReplayObserver implements Observer {
  readonly #recording: Recording;
  readonly #conductor: Conductor;
  readonly #observations: ReadonlyMap<string, readonly Observation[]>;
  /** How many of the eventful ones were given. */
  readonly #given = new Map<string, number>();
  readonly #lane = new AsyncLocalStorage<string>();

  constructor(recording: Recording, conductor: Conductor) {
    this.#recording = recording;
    this.#conductor = conductor;
    this.#observations = Map.groupBy(recording.ofType('world.observed'), observationName);
  }

  /** Looks from within `work` are the item's. */
  asItem<T>(itemId: string, work: () => Promise<T>): Promise<T> {
    return this.#lane.run(itemLane(itemId), work);
  }

  async observe<T>(look: Look<T>): Promise<T> {
    const { what, subject, usual } = look;
    const lane = this.#laneOf(look);
    const observation = isEventful(what) ? this.#nextOf(look) : this.#lastOf(look, lane);
    if (observation === undefined && usual !== undefined) return usual;
    if (observation === undefined) {
      return this.#conductor.lost(lane, `looks at the ${what} ${subject.join(', ')}, which the run did not`);
    }
    if (isEventful(what)) await this.#conductor.turn(lane, observation.seq);
    const text = this.#recording.readText(observation.valueHash);
    if (text === undefined)
      throw new StorageError(`The journal has lost what the run saw of the ${what} in step ${observation.seq}.`);
    return readObservation(look, text);
  }

  async turnOf(itemId: string): Promise<void> {
    const lane = itemLane(itemId);
    await this.#conductor.turn(lane, this.#conductor.nextSeqOf(lane) ?? Infinity);
  }

  /** Searches and results of earlier runs say on whose behalf they are. */
  #laneOf({ what, subject: [first] }: Look<unknown>): string {
    if ((what === 'search' || what === 'reuse') && first !== undefined) return itemLane(first);
    return this.#lane.getStore() ?? runLane;
  }

  #nextOf(look: Look<unknown>): Observation | undefined {
    const name = observationName(look);
    const given = this.#given.get(name) ?? 0;
    this.#given.set(name, given + 1);
    return this.#observations.get(name)?.[given];
  }

  /** What was seen last before the lane's next step; it may have been another lane that saw it first. */
  #lastOf(look: Look<unknown>, lane: string): Observation | undefined {
    const all = this.#observations.get(observationName(look)) ?? [];
    const before = this.#conductor.nextSeqOf(lane) ?? Infinity;
    return all.findLast(({ seq }) => seq < before) ?? all[0];
  }
}

/** Gives the ids of the run again, each to what it was for. */
export function replayIds(recording: Recording): IdSource {
  const ids = new Map<string, string[]>();
  const items = new Map<string, string>();
  const note = (prefix: string, subject: string, id: string) => {
    const name = `${prefix} ${subject}`;
    const noted = ids.get(name) ?? [];
    if (!noted.includes(id)) ids.set(name, [...noted, id]);
  };
  for (const event of recording.events) {
    if (event.type === 'order.enqueued') {
      items.set(event.order.id, event.order.itemId);
      note('order', event.order.itemId, event.order.id);
    } else if (event.type === 'order.claimed') note('session', items.get(event.orderId) ?? '', event.sessionId);
    else if (event.type === 'agent.act') note('action', event.itemId, event.actionId);
    // A call that was stopped for what is in its texts was never requested.
    else if (event.type === 'model.requested' || event.type === 'text.flagged')
      note('exchange', event.itemId ?? event.role, event.exchangeId);
    else if (event.type === 'question.asked') {
      note('question', event.asker.kind === 'worker' ? event.asker.itemId : event.asker.kind, event.question.id);
    }
  }
  let others = 0;
  return (prefix, subject = '') => ids.get(`${prefix} ${subject}`)?.shift() ?? `${prefix}_replay${++others}`;
}

/** The time of the step that is next, as the run noted it; waiting takes no time. */
export function replayClock(recording: Recording, conductor: Pick<Conductor, 'nextSeq'>): Clock {
  let waitedUntil = 0;
  const bySeq = new Map(recording.events.map(event => [event.seq, event]));
  const now = () => {
    const event = conductor.nextSeq === undefined ? recording.end : bySeq.get(conductor.nextSeq);
    return Math.max(waitedUntil, timeOf(event ?? recording.end));
  };
  return {
    now,
    sleep: (ms, signal) => {
      signal?.throwIfAborted();
      waitedUntil = now() + ms;
      return Promise.resolve();
    },
  };
}

function timeOf(event: RunEvent): number {
  if (event.type === 'plan.proposed') return event.plan.createdAt;
  return event.type === 'order.enqueued' ? event.order.enqueuedAt : event.at;
}
