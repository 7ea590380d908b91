import { z } from 'zod';
import { TrellisError } from '../../base/errors.ts';
import type { ObservationKind } from '../../domain/schema/observation.ts';
import { errorOfKind } from '../errorOfKind.ts';
import type { JournaledRun } from '../journaledRun.ts';

/** What is seen: JSON, read back by its schema. */
export interface Look<T> {
  readonly what: ObservationKind;
  /** What was looked at; with `what`, the name of the observation. */
  readonly subject: readonly string[];
  readonly schema: z.ZodType<T>;
  /** What is seen nearly always: it is not written down, and in a replay it is what was seen where nothing is written. */
  readonly usual?: T;
}

/**
 * Stands between a run and the world: everything that decides the run's course and is neither a model nor a human is
 * seen through it. While a run is recorded it looks and writes down what it saw; in a replay it tells what was seen then.
 */
export interface Observer {
  /** What `take` finds. What it throws is seen too, as far as it is an error of Trellis's own and no abort. */
  observe<T>(look: Look<T>, take: () => Promise<T>): Promise<T>;
  /** Resolves when the item may do what others can see: at once, or in a replay when it did so then. */
  turnOf(itemId: string): Promise<void>;
}

const failureSchema = z.strictObject({ kind: z.string(), message: z.string() });

/** How an observation is kept among the contents. */
const recordSchema = z.union([z.strictObject({ value: z.unknown() }), z.strictObject({ error: failureSchema })]);

/** The kinds of which each look counts; of the others only a change of what is seen. */
const eventful: ReadonlySet<ObservationKind> = new Set(['search', 'command']);

export function isEventful(what: ObservationKind): boolean {
  return eventful.has(what);
}

export function observationName({ what, subject }: Pick<Look<unknown>, 'what' | 'subject'>): string {
  return JSON.stringify([what, ...subject]);
}

/** Writes what is seen to the run's journal, before anyone acts on it. */
export class RecordingObserver implements Observer {
  readonly #run: JournaledRun;
  /** What was seen last, so that seeing the same again is not written again. */
  readonly #last = new Map<string, string>();

  constructor(run: JournaledRun) {
    this.#run = run;
  }

  async observe<T>(look: Look<T>, take: () => Promise<T>): Promise<T> {
    let value: T;
    try {
      value = await take();
    } catch (error) {
      if (error instanceof TrellisError && error.kind !== 'abort')
        this.#record(look, { error: { kind: error.kind, message: error.message } });
      throw error;
    }
    if (!isUsual(look, value)) this.#record(look, { value });
    return value;
  }

  turnOf(): Promise<void> {
    return Promise.resolve();
  }

  #record(look: Look<unknown>, record: z.infer<typeof recordSchema>): void {
    const { what, subject } = look;
    const valueHash = this.#run.contents.put(JSON.stringify(record));
    const name = observationName(look);
    if (!isEventful(what) && this.#last.get(name) === valueHash) return;
    this.#last.set(name, valueHash);
    this.#run.append({ type: 'world.observed', what, subject: [...subject], valueHash });
  }
}

function isUsual<T>({ usual }: Look<T>, value: T): boolean {
  return usual !== undefined && JSON.stringify(usual) === JSON.stringify(value);
}

/** What a recorded observation saw; throws what was thrown then. */
export function readObservation<T>(look: Look<T>, text: string): T {
  const record = recordSchema.parse(JSON.parse(text));
  if ('error' in record) throw errorOfKind(record.error);
  return look.schema.parse(record.value);
}
