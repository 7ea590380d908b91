import { reduceRun } from '../../src/domain/reduceRun.ts';
import type { RunLog } from '../../src/domain/runLog.ts';
import { initialRunState, type RunState } from '../../src/domain/runState.ts';
import type { RunEvent, RunEventPayload } from '../../src/domain/schema/events.ts';
import { runEventSchema } from '../../src/domain/schema/events.ts';

/** A run's log that is kept in memory, on a clock that the test moves by hand. */
export class MemoryRunLog implements RunLog {
  readonly events: RunEvent[] = [];
  state: RunState = initialRunState('run_test');
  /** Milliseconds; moved by the test. */
  time = 0;

  now = () => this.time;

  append(payload: RunEventPayload): RunEvent {
    const place = { runId: 'run_test', seq: this.events.length + 1, at: this.time, correlationId: 'run_test' };
    const event = runEventSchema.parse({ ...payload, ...place });
    this.events.push(event);
    this.state = reduceRun(this.state, event);
    return event;
  }
}

/** `a1`, `a2`, …: ids that a test can predict. */
export function countingIds(): (prefix: string) => string {
  let count = 0;
  return prefix => `${prefix}${++count}`;
}
