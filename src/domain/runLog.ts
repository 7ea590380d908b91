import type { RunState } from './runState.ts';
import type { RunEvent, RunEventPayload } from './schema/events.ts';

/** One run as a part of the core sees it: what is known, and the only way to change it. */
export interface RunLog {
  /** The state after everything that was appended; a new object after each `append`. */
  readonly state: RunState;
  /** Records that something happens, before anyone acts on it. Throws `StorageError` when it cannot be kept. */
  append(payload: RunEventPayload): RunEvent;
}
