import type { Event } from '../base/emitter.ts';
import type { RunState } from '../domain/runState.ts';
import type { RunEvent } from '../domain/schema/events.ts';
import type { RunId } from '../domain/schema/ids.ts';

/** A run under way, as the panel or the terminal follows it. */
export interface RunHandle {
  readonly runId: RunId;
  readonly state: RunState;
  readonly onDidAppend: Event<RunEvent>;
  /**
   * The state at the end; `state.end` says how it ended, errors included. Rejects only when the journal can no longer
   * be written.
   */
  readonly done: Promise<RunState>;
}
