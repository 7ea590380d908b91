import { ConfigurationError } from '../../base/errors.ts';
import type { RunEvent, RunEventOf, RunEventPayload, RunEventType, RunOutcome } from '../../domain/schema/events.ts';
import type { RunId } from '../../domain/schema/ids.ts';
import type { Journal } from '../../journal/journal.ts';
import { OriginFinder } from './comparedEvents.ts';
import { LaneFinder } from './lanes.ts';

type StartOfStretch = RunEventOf<'run.started' | 'run.resumed'>;
type StartWithSettings = StartOfStretch & { readonly settings: NonNullable<StartOfStretch['settings']> };

/** A recorded event that a replay must make again, and the lane that it is in. */
export interface RecordedStep {
  readonly event: RunEvent;
  readonly lane: string;
}

export interface RecordedRun {
  /** One for each stretch that came to an end. */
  readonly recordings: readonly Recording[];
  /** How the last of them ended. */
  readonly outcome: RunOutcome;
  /** How many stretches broke off without an end. */
  readonly skipped: number;
}

/** A stretch of a run that one process worked on, from its start, or from where it went on, to an end. */
interface Stretch {
  readonly before: readonly RunEvent[];
  readonly events: readonly RunEvent[];
  readonly start: StartWithSettings;
  readonly end: RunEventOf<'run.ended'>;
}

/** What is recorded of a run that ended, as its journal tells it. */
export class Recording implements Stretch {
  /** All that happened in the run before this stretch. */
  readonly before: readonly RunEvent[];
  /** From the start to the end; what a human did after it, such as taking changes back, is left out. */
  readonly events: readonly RunEvent[];
  readonly start: StartWithSettings;
  readonly end: RunEventOf<'run.ended'>;
  readonly steps: readonly RecordedStep[];
  readonly #journal: Pick<Journal, 'contents'>;

  private constructor(journal: Pick<Journal, 'contents'>, { before, events, start, end }: Stretch) {
    this.#journal = journal;
    this.before = before;
    this.events = events;
    this.start = start;
    this.end = end;
    this.steps = stepsOf(events);
  }

  /** All that is recorded of a run. Throws `ConfigurationError` for one that cannot be replayed, in one sentence. */
  static allOf(journal: Pick<Journal, 'read' | 'contents'>, runId: RunId): RecordedRun {
    const events = journal.read(runId);
    const starts = events.flatMap((event, index) => (isStart(event) ? [{ event, index }] : []));
    const recordings = starts.flatMap(({ event: start, index }, place) => {
      const { settings } = start;
      if (settings === undefined)
        throw new ConfigurationError(
          `The run ${runId} was made by a version of Trellis that did not record enough to replay it; only later runs can be replayed.`,
        );
      const stretch = events.slice(index, starts[place + 1]?.index);
      const length = stretch.findIndex(event => event.type === 'run.ended') + 1;
      const end = stretch[length - 1];
      if (end?.type !== 'run.ended') return [];
      const before = events.slice(0, index);
      return [new Recording(journal, { before, events: stretch.slice(0, length), start: { ...start, settings }, end })];
    });
    const outcome = recordings.at(-1)?.end.outcome;
    if (outcome) return { recordings, outcome, skipped: starts.length - recordings.length };
    throw new ConfigurationError(
      `The run ${runId} has not ended, so there is nothing to hold a replay against; wait for its end, or give the request again and replay that run.`,
    );
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

function isStart(event: RunEvent): event is StartOfStretch {
  return event.type === 'run.started' || event.type === 'run.resumed';
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
