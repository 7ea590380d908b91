import { agentReducers } from './reducers/agents.ts';
import { courseReducers } from './reducers/course.ts';
import { reviewReducers } from './reducers/review.ts';
import { talkReducers } from './reducers/talk.ts';
import { workReducers } from './reducers/work.ts';
import { initialRunState, type RunState } from './runState.ts';
import type { RunEvent, RunEventOf, RunEventType } from './schema/events.ts';

/** What an event of type `T` does to the state. */
export type Reducer<T extends RunEventType> = (state: RunState, event: RunEventOf<T>) => RunState;

/** One reducer for each event type of the group `T`; one that is missing, or too much, fails the type check. */
export type Reducers<T extends RunEventType> = { readonly [K in T]: Reducer<K> };

const reducers: Reducers<RunEventType> = {
  ...courseReducers,
  ...workReducers,
  ...agentReducers,
  ...talkReducers,
  ...reviewReducers,
};

/** The state after `event`. Pure and total: the host, the webview and a replay agree because they all use this. */
export function reduceRun(state: RunState, event: RunEvent): RunState {
  // The table binds each type to its event; the index access alone loses that.
  const reduce = reducers[event.type] as (state: RunState, event: RunEvent) => RunState;
  return { ...reduce(state, event), lastSeq: event.seq };
}

/** The state after all of `events`. */
export function reduceAll(runId: string, events: Iterable<RunEvent>): RunState {
  let state = initialRunState(runId);
  for (const event of events) state = reduceRun(state, event);
  return state;
}
