// The engine in a few lines: prompts and functions one after the other, without plans, agents or a journal.
import { abortErrorOf, throwIfAborted, waitUnlessAborted } from '../base/abort.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { ExecutionError, errorMessage, TrellisError, ValidationError } from '../base/errors.ts';
import type { ModelRole } from '../domain/schema/model.ts';
import { type Asked, FlowMeter, type FlowMetrics } from './flowMeter.ts';

export interface FlowOptions {
  readonly model: Asked;
  /** Of the whole flow. Without it only the limits of each call hold. */
  readonly timeoutMs?: number;
  /** Cancels the flow. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

export interface PromptOptions {
  /** Said before the prompt. */
  readonly system?: string;
  /** Whose settings the call is made with, where roles differ; the coder's by default. */
  readonly role?: ModelRole;
}

/** An expected end is data: a flow throws nothing. `state` holds the start and the results of the steps that ended. */
export type FlowResult<State> =
  | { readonly outcome: 'succeeded'; readonly state: State; readonly metrics: FlowMetrics }
  | {
      readonly outcome: 'failed' | 'cancelled' | 'timedOut';
      readonly state: Partial<State>;
      readonly message: string;
      readonly error: unknown;
      readonly metrics: FlowMetrics;
    };

interface Step {
  readonly name: string;
  readonly work: (state: unknown, model: Asked, signal: AbortSignal) => Promise<unknown>;
}

type With<State, Name extends string, Value> = State & Readonly<Record<Name, Value>>;

/** @public A flow without steps, on what it is started with; for programs that use the engine (docs/extending.md). */
export function flow<Start extends object>(): Flow<Start, Start> {
  return new Flow([]);
}

/** Steps that are carried out in order; each adds its result to the state under its name. A further step makes a new flow. */
export class Flow<Start extends object, State extends object> {
  readonly #steps: readonly Step[];

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  /** A step that asks the model what `text` says. @throws ValidationError when the name is taken. */
  prompt<Name extends string>(
    name: Name,
    text: (state: State) => string,
    { system, role = 'coder' }: PromptOptions = {},
  ): Flow<Start, With<State, Name, string>> {
    return this.#with<Name, string>(name, async (state, model, signal) => {
      const question = { role: 'user', content: text(state as State) } as const;
      const messages = system === undefined ? [question] : [{ role: 'system', content: system } as const, question];
      return (await model.call({ role, messages }, { signal })).text;
    });
  }

  /**
   * A step that computes. At the time limit or a cancel it is told by `signal`, and not waited for.
   * @throws ValidationError when the name is taken.
   */
  transform<Name extends string, Value>(
    name: Name,
    compute: (state: State, options: { readonly signal: AbortSignal }) => Value | Promise<Value>,
  ): Flow<Start, With<State, Name, Value>> {
    return this.#with<Name, Value>(name, async (state, _model, signal) => compute(state as State, { signal }));
  }

  async run(start: Start, options: FlowOptions): Promise<FlowResult<State>> {
    const { model, timeoutMs, signal = new AbortController().signal, clock = systemClock } = options;
    const meter = new FlowMeter(model, clock);
    const limit = timeLimit(timeoutMs, clock);
    const either = AbortSignal.any([signal, limit.signal]);
    const state: Record<string, unknown> = Object.fromEntries(Object.entries(start));
    try {
      for (const step of this.#steps) {
        state[step.name] = await meter.time(step.name, () => carryOut(step, state, meter.model, either));
      }
      return { outcome: 'succeeded', state: state as State, metrics: meter.read() };
    } catch (thrown) {
      await meter.settle();
      const outcome = signal.aborted ? 'cancelled' : limit.signal.aborted ? 'timedOut' : 'failed';
      const error = outcome === 'failed' ? thrown : abortErrorOf(either);
      const soFar = state as Partial<State>;
      return { outcome, state: soFar, message: errorMessage(error), error, metrics: meter.read() };
    } finally {
      limit.end();
    }
  }

  #with<Name extends string, Value>(name: Name, work: Step['work']): Flow<Start, With<State, Name, Value>> {
    if (this.#steps.some(step => step.name === name)) {
      throw new ValidationError(`The flow has a step "${name}" already; give this one another name.`);
    }
    return new Flow([...this.#steps, { name, work }]);
  }
}

async function carryOut({ name, work }: Step, state: unknown, model: Asked, signal: AbortSignal) {
  throwIfAborted(signal);
  try {
    return await waitUnlessAborted(work(state, model, signal), signal);
  } catch (error) {
    if (error instanceof TrellisError) throw error;
    throw new ExecutionError(`The step "${name}" failed: ${errorMessage(error)}`, { cause: error });
  }
}

/** A signal that is aborted when the time is over; `end` lets the clock go. */
function timeLimit(timeoutMs: number | undefined, clock: Clock) {
  const late = new AbortController();
  const ending = new AbortController();
  const wait = async (ms: number) => {
    await clock.sleep(ms, ending.signal);
    late.abort(new ExecutionError(`The flow did not end within ${ms / 1000} s.`));
  };
  // It rejects when the flow ended first, which is as it should be.
  if (timeoutMs !== undefined) wait(timeoutMs).catch(() => undefined);
  return { signal: late.signal, end: () => ending.abort() };
}
