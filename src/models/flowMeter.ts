import type { Clock } from '../base/clock.ts';
import { ModelError } from '../base/errors.ts';
import type { TokenUsage } from '../domain/schema/model.ts';
import type { ModelClient } from './modelClient.ts';

/** The part of a model client that a flow needs. */
export type Asked = Pick<ModelClient, 'call'>;

/** What a flow took, however it ended. */
export interface FlowMetrics {
  readonly calls: number;
  /** Of all calls; of one that broke off, what the server is likely to charge. */
  readonly usage: TokenUsage;
  /** Undefined as soon as the price of one call is not known. */
  readonly costUsd: number | undefined;
  readonly elapsedMs: number;
  /** The steps that were begun; the last one may not have ended. */
  readonly steps: readonly { readonly name: string; readonly elapsedMs: number }[];
}

/** Counts what goes through `model`, and times steps. */
export class FlowMeter {
  /** The model, with its calls counted. */
  readonly model: Asked;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #startedAt: number;
  readonly #steps: { name: string; elapsedMs: number }[] = [];
  #calls = 0;
  #usage: TokenUsage = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 };
  #costUsd: number | undefined = 0;

  constructor(model: Asked, clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.model = {
      call: async (call, options) => {
        this.#calls += 1;
        try {
          const reply = await model.call(call, options);
          this.#add(reply.usage, reply.costUsd);
          return reply;
        } catch (error) {
          if (error instanceof ModelError && error.charge !== undefined) this.#add(error.charge, error.charge.costUsd);
          throw error;
        }
      },
    };
  }

  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const startedAt = this.#clock.now();
    const step = { name, elapsedMs: 0 };
    this.#steps.push(step);
    try {
      return await work();
    } finally {
      step.elapsedMs = this.#clock.now() - startedAt;
    }
  }

  read(): FlowMetrics {
    return {
      calls: this.#calls,
      usage: this.#usage,
      costUsd: this.#costUsd,
      elapsedMs: this.#clock.now() - this.#startedAt,
      steps: this.#steps.map(step => ({ ...step })),
    };
  }

  #add(usage: Pick<TokenUsage, 'inputTokens' | 'outputTokens' | 'cachedInputTokens'>, costUsd: number | undefined) {
    this.#usage = {
      inputTokens: this.#usage.inputTokens + usage.inputTokens,
      outputTokens: this.#usage.outputTokens + usage.outputTokens,
      cachedInputTokens: this.#usage.cachedInputTokens + usage.cachedInputTokens,
    };
    this.#costUsd = this.#costUsd === undefined || costUsd === undefined ? undefined : this.#costUsd + costUsd;
  }
}
