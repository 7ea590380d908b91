import type { Clock } from '../base/clock.ts';
import { chargeOf } from '../base/errors.ts';
import type { TokenUsage } from '../domain/schema/model.ts';
import type { ModelClient, ModelReply } from './modelClient.ts';

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

/** A call that was told to end does so at once; one that does not is not waited for. */
const mostWaitMs = 1000;

/** Counts what goes through `model`, and times steps. */
export class FlowMeter {
  /** The model, with its calls counted. */
  readonly model: Asked;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #steps: { name: string; elapsedMs: number }[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #calls = 0;
  #usage: TokenUsage = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 };
  #costUsd: number | undefined = 0;

  constructor(model: Asked, clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.model = {
      call: (call, options) => {
        const counted = this.#count(() => model.call(call, options));
        const ended = counted.catch(() => undefined).finally(() => this.#underWay.delete(ended));
        this.#underWay.add(ended);
        return counted;
      },
    };
  }

  /** Resolves when the calls that were broken off have said what they cost, or after a second. */
  async settle(): Promise<void> {
    if (this.#underWay.size === 0) return;
    const waiting = new AbortController();
    const limit = this.#clock.sleep(mostWaitMs, waiting.signal).catch(() => undefined);
    await Promise.race([Promise.all(this.#underWay), limit]);
    waiting.abort();
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

  async #count(ask: () => Promise<ModelReply>): Promise<ModelReply> {
    this.#calls += 1;
    try {
      const reply = await ask();
      this.#add(reply.usage, reply.costUsd);
      return reply;
    } catch (error) {
      const charge = chargeOf(error);
      if (charge !== undefined) this.#add(charge, charge.costUsd);
      throw error;
    }
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
