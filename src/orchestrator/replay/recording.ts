import { ConfigurationError } from '../../base/errors.ts';
import type { RunEvent, RunEventOf, RunEventPayload, RunEventType } from '../../domain/schema/events.ts';
import type { RunId } from '../../domain/schema/ids.ts';
import type { Journal } from '../../journal/journal.ts';
import { OriginFinder } from './comparedEvents.ts';
import { LaneFinder } from './lanes.ts';

type StartedWithSettings = RunEventOf<'run.started'> & {
  readonly settings: NonNullable<RunEventOf<'run.started'>['settings']>;
};

/** A recorded event that a replay must make again, and the lane that it is in. */
export interface RecordedStep {
  readonly event: RunEvent;
  readonly lane: string;
}

/** A run that ended, as its journal tells it. */
export class Recording {
  readonly runId: RunId;
  /** From the start to the end; what a human did after it, such as taking changes back, is left out. */
  readonly events: readonly RunEvent[];
  readonly start: StartedWithSettings;
  readonly end: RunEventOf<'run.ended'>;
  readonly steps: readonly RecordedStep[];
  readonly #journal: Pick<Journal, 'contents'>;

  /** Throws `ConfigurationError` for a run that cannot be replayed, in one sentence. */
  constructor(journal: Pick<Journal, 'read' | 'contents'>, runId: RunId) {
    const events = journal.read(runId);
    const [start] = events;
    const endIndex = events.findIndex(event => event.type === 'run.ended');
    const end = events[endIndex];
    if (start?.type !== 'run.started' || end?.type !== 'run.ended') {
      throw new ConfigurationError(
        `The run ${runId} has not ended, so there is nothing to hold a replay against; wait for its end, or give the request again and replay that run.`,
      );
    }
    const { settings } = start;
    if (settings === undefined) {
      throw new ConfigurationError(
        `The run ${runId} was made by a version of Trellis that did not record enough to replay it; only later runs can be replayed.`,
      );
    }
    this.runId = runId;
    this.#journal = journal;
    this.events = events.slice(0, endIndex + 1);
    this.start = { ...start, settings };
    this.end = end;
    this.steps = stepsOf(this.events);
  }

  /** The human asked for it, or an error ended it: what was under way got no answer. */
  get isBrokenOff(): boolean {
    return this.end.errorKind !== undefined;
  }

  ofType<T extends RunEventType>(type: T): RunEventOf<T>[] {
    return this.events.filter((event): event is RunEventOf<T> => event.type === type);
  }

  /** The text of a content; undefined when it is gone. */
  readText(hash: string): string | undefined {
    const bytes = this.#journal.contents.get(hash);
    return bytes && new TextDecoder().decode(bytes);
  }
}

/** The event as it was before the journal gave it its run, number and time. */
export function payloadOf(event: RunEvent): RunEventPayload {
  const stamps: ReadonlySet<string> = new Set(['runId', 'seq', 'at', 'correlationId']);
  return Object.fromEntries(Object.entries(event).filter(([name]) => !stamps.has(name))) as RunEventPayload;
}

function stepsOf(events: readonly RunEvent[]): RecordedStep[] {
  const lanes = new LaneFinder();
  const origins = new OriginFinder();
  return events.flatMap(event => {
    const lane = lanes.laneOf(event);
    return origins.isMade(event) ? [{ event, lane }] : [];
  });
}
