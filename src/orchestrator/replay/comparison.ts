import type { RunEvent } from '../../domain/schema/events.ts';
import { OriginFinder } from './comparedEvents.ts';
import { type Divergence, findDivergence, type ReadText, unexpectedStep } from './divergence.ts';
import { LaneFinder } from './lanes.ts';
import type { RecordedStep, Recording } from './recording.ts';

export interface ComparisonOptions {
  readonly recording: Recording;
  /** The texts of the replay's own contents. */
  readonly readMade: ReadText;
  readonly onMade: (lane: string) => void;
  /** Told of the first difference. */
  readonly onDivergence: () => void;
}

/**
 * Holds each event that a replay makes against the next recorded one of its lane. When the run was broken off, what
 * was under way then is compared as far as it came: where exactly the break struck it is chance.
 */
export class Comparison {
  readonly #options: ComparisonOptions;
  readonly #lanes = new LaneFinder();
  readonly #origins = new OriginFinder();
  readonly #left = new Map<string, RecordedStep[]>();
  #divergence: Divergence | undefined;
  #compared = 0;

  constructor(options: ComparisonOptions) {
    this.#options = options;
    for (const step of options.recording.steps) {
      const steps = this.#left.get(step.lane) ?? [];
      this.#left.set(step.lane, [...steps, step]);
    }
  }

  get divergence(): Divergence | undefined {
    return this.#divergence;
  }

  /** How many steps were found to be the same. */
  get compared(): number {
    return this.#compared;
  }

  take(made: RunEvent): void {
    const lane = this.#lanes.laneOf(made);
    if (!this.#origins.isMade(made) || this.#divergence) return;
    const { recording, readMade, onMade } = this.#options;
    const next = this.#nextOf(lane, made);
    if (next === undefined) {
      if (!recording.isBrokenOff) this.#report(unexpectedStep(recording.end, lane, `${made.type} of ${lane}`));
      return;
    }
    const texts = { recorded: (hash: string) => recording.readText(hash), made: readMade };
    const divergence = findDivergence(next.event, made, lane, texts);
    if (divergence) {
      this.#report(divergence);
      return;
    }
    this.#compared++;
    onMade(lane);
  }

  /** The replay wants something from outside that the run did not have. */
  want(what: string, lane: string): void {
    const next = this.#left.get(lane)?.[0]?.event ?? this.#options.recording.end;
    this.#report(unexpectedStep(next, lane, what));
  }

  /** To be called when the replay has ended: recorded steps that it did not make are a difference too. */
  finish(): void {
    const { recording } = this.#options;
    const missing = [...this.#left.values()].flatMap(steps => steps.slice(0, 1));
    const [first] = missing.toSorted((one, other) => one.event.seq - other.event.seq);
    if (first && !recording.isBrokenOff) this.#report(unexpectedStep(first.event, first.lane, 'nothing'));
  }

  #nextOf(lane: string, made: RunEvent): RecordedStep | undefined {
    const steps = this.#left.get(lane) ?? [];
    const { isBrokenOff } = this.#options.recording;
    // The end of a run that was broken off comes whatever else came.
    const index =
      isBrokenOff && made.type === 'run.ended' ? steps.findIndex(({ event }) => event.type === made.type) : 0;
    return index < 0 ? undefined : steps.splice(0, index + 1)[index];
  }

  #report(divergence: Divergence): void {
    if (this.#divergence) return;
    this.#divergence = divergence;
    this.#options.onDivergence();
  }
}
