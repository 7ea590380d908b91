import { CallMeter, type CallMetrics } from './callMetrics.ts';
import { reduceRun } from './reduceRun.ts';
import { initialRunState, type RunPhase } from './runState.ts';
import type { RunEvent, RunEventOf } from './schema/events.ts';

/** A stretch of a run in one phase, with the calls that were begun in it. */
export interface StepMetrics extends CallMetrics {
  readonly phase: RunPhase;
  /** 0 for the first pass over the plan. */
  readonly iteration: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
}

/** What a run did and took, in sum and apart. */
export interface RunMetrics {
  readonly total: CallMetrics;
  readonly byRole: Readonly<Record<string, CallMetrics>>;
  /** By provider and model, such as `openai/gpt-4.1`. */
  readonly byModel: Readonly<Record<string, CallMetrics>>;
  /** Calls on behalf of work items; planner and judge work for none. */
  readonly byItem: Readonly<Record<string, CallMetrics>>;
  /** In the order in which they began. */
  readonly steps: readonly StepMetrics[];
  /** For answers, approvals, reviews and decisions about the budget; what went on meanwhile is not taken off. */
  readonly humanWaitMs: number;
}

/** The metrics of a run, from its events alone: the same for one that runs, has ended, or is replayed. */
export function computeRunMetrics(events: readonly RunEvent[]): RunMetrics {
  const meters = new Meters();
  const steps = new Steps();
  const requests = new Map<string, RunEventOf<'model.requested'>>();
  for (const event of events) {
    steps.follow(event);
    if (event.type === 'model.requested') {
      requests.set(event.exchangeId, event);
      steps.begin(event.exchangeId);
    }
    if (event.type !== 'model.responded' && event.type !== 'model.failed') continue;
    const request = requests.get(event.exchangeId);
    for (const meter of [...meters.of(request), steps.meterOf(event.exchangeId)]) {
      meter.add(event, request?.at ?? event.at);
    }
  }
  return { ...meters.metrics, steps: steps.end(), humanWaitMs: humanWait(events) };
}

class Meters {
  readonly #total = new CallMeter();
  readonly #byRole = new Map<string, CallMeter>();
  readonly #byModel = new Map<string, CallMeter>();
  readonly #byItem = new Map<string, CallMeter>();

  of(request: RunEventOf<'model.requested'> | undefined): readonly CallMeter[] {
    if (request === undefined) return [this.#total];
    const { role, provider, model, itemId } = request;
    return [
      this.#total,
      meterFor(this.#byRole, role),
      meterFor(this.#byModel, `${provider}/${model}`),
      ...(itemId === undefined ? [] : [meterFor(this.#byItem, itemId)]),
    ];
  }

  get metrics(): Pick<RunMetrics, 'total' | 'byRole' | 'byModel' | 'byItem'> {
    return {
      total: this.#total.metrics,
      byRole: metricsOf(this.#byRole),
      byModel: metricsOf(this.#byModel),
      byItem: metricsOf(this.#byItem),
    };
  }
}

function meterFor(meters: Map<string, CallMeter>, name: string): CallMeter {
  const known = meters.get(name) ?? new CallMeter();
  meters.set(name, known);
  return known;
}

function metricsOf(meters: ReadonlyMap<string, CallMeter>): Readonly<Record<string, CallMetrics>> {
  return Object.fromEntries([...meters].map(([name, meter]) => [name, meter.metrics]));
}

interface Step {
  readonly phase: RunPhase;
  readonly iteration: number;
  readonly startedAt: number;
  readonly meter: CallMeter;
}

/** Follows the phases of a run. A call belongs to the step that it was begun in, whenever it ends. */
class Steps {
  readonly #steps: Step[] = [];
  readonly #stepOfCall = new Map<string, Step>();
  #state = initialRunState('');
  #lastAt = 0;

  follow(event: RunEvent): void {
    this.#state = reduceRun(this.#state, event);
    this.#lastAt = event.at;
    const { phase, iteration } = this.#state;
    const last = this.#steps.at(-1);
    if (last?.phase === phase && last.iteration === iteration) return;
    this.#steps.push({ phase, iteration, startedAt: event.at, meter: new CallMeter() });
  }

  begin(exchangeId: string): void {
    const step = this.#steps.at(-1);
    if (step !== undefined) this.#stepOfCall.set(exchangeId, step);
  }

  meterOf(exchangeId: string): CallMeter {
    return (this.#stepOfCall.get(exchangeId) ?? this.#steps.at(-1))?.meter ?? new CallMeter();
  }

  end(): readonly StepMetrics[] {
    return this.#steps
      .map(({ phase, iteration, startedAt, meter }, index) => {
        const endedAt = this.#steps[index + 1]?.startedAt ?? this.#lastAt;
        return { phase, iteration, startedAt, durationMs: endedAt - startedAt, ...meter.metrics };
      })
      .filter(step => step.phase !== 'ended');
  }
}

/** Events that put something before the human, and those that say what became of it. */
const waits = [
  { from: ['plan.proposed'], to: ['plan.approved', 'run.ended'] },
  { from: ['review.opened'], to: ['review.decided', 'review.changesRequested', 'run.ended'] },
  { from: ['budget.reached'], to: ['budget.decided', 'run.ended'] },
] as const satisfies readonly { from: readonly RunEvent['type'][]; to: readonly RunEvent['type'][] }[];

function humanWait(events: readonly RunEvent[]): number {
  const stretches = waits.map(({ from, to }) => {
    let waited = 0;
    let since: number | undefined;
    for (const { type, at } of events) {
      if (since === undefined && from.some(opening => opening === type)) since = at;
      else if (since !== undefined && to.some(closing => closing === type)) {
        waited += at - since;
        since = undefined;
      }
    }
    return waited;
  });
  return stretches.reduce((sum, waited) => sum + waited, questionWait(events));
}

/** Questions of several workers can be open at once; each counts. */
function questionWait(events: readonly RunEvent[]): number {
  const asked = new Map<string, number>();
  let waited = 0;
  for (const event of events) {
    // What the budget asks is counted as its decision.
    if (event.type === 'question.asked' && event.asker.kind !== 'budget') asked.set(event.question.id, event.at);
    if (event.type === 'question.answered') waited += event.at - (asked.get(event.questionId) ?? event.at);
  }
  return waited;
}
