import type { RunState } from '../runState.ts';
import type { RunEventOf, RunEventType } from '../schema/events.ts';

/** What an event of type `T` does to the state. */
export type Reducer<T extends RunEventType> = (state: RunState, event: RunEventOf<T>) => RunState;

/** One reducer for each event type of the group `T`; one that is missing, or too much, fails the type check. */
export type Reducers<T extends RunEventType> = { readonly [K in T]: Reducer<K> };
