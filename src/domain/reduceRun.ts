import { agentReducers } from './reducers/agents.ts';
import { courseReducers } from './reducers/course.ts';
import type { Reducers } from './reducers/reducer.ts';
import { reviewReducers } from './reducers/review.ts';
import { talkReducers } from './reducers/talk.ts';
import { workReducers } from './reducers/work.ts';
import { initialRunState, type RunState } from './runState.ts';
import type { RunEvent, RunEventType } from './schema/events.ts';

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
