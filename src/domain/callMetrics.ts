import type { RunEventOf } from './schema/events.ts';
import type { TokenUsage } from './schema/model.ts';

/** Of a number of measurements, in milliseconds; by the nearest rank. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** What a group of model calls did and took. */
export interface CallMetrics {
  /** Answered calls, those from the cache included. */
  readonly calls: number;
  /** Answered again without a call. */
  readonly cachedCalls: number;
  /** Tries that failed and were followed by another. */
  readonly retries: number;
  /** Calls that ended without an answer. */
  readonly failedCalls: number;
  /** Between tries, as the retry waited. */
  readonly retryWaitMs: number;
  /** Before a first try: for a turn, a budget, or the layers on the way. */
  readonly turnWaitMs: number;
  /** Input tokens that the provider read anew. */
  readonly freshInputTokens: number;
  /** Input tokens that the provider had in its prompt cache. */
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  /** Calls and broken answers whose price is not known; their cost is not in `costUsd`. */
  readonly unpriced: number;
  /** Of answers that were not cached; undefined when there are none. */
  readonly latencyMs: Percentiles | undefined;
  readonly timeToFirstTokenMs: Percentiles | undefined;
}

type CallEvent = RunEventOf<'model.responded'> | RunEventOf<'model.failed'>;

/** Adds up calls as their events come. */
export class CallMeter {
  readonly #latenciesMs: number[] = [];
  readonly #firstTokensMs: number[] = [];
  #sums = {
    calls: 0,
    cachedCalls: 0,
    retries: 0,
    failedCalls: 0,
    retryWaitMs: 0,
    turnWaitMs: 0,
    freshInputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    unpriced: 0,
  };

  /** `requestedAt`: when the call was begun, in milliseconds since the epoch. */
  add(event: CallEvent, requestedAt: number): void {
    if (event.type === 'model.failed') this.#addFailure(event);
    else this.#addAnswer(event, requestedAt);
  }

  get metrics(): CallMetrics {
    return {
      ...this.#sums,
      latencyMs: percentilesOf(this.#latenciesMs),
      timeToFirstTokenMs: percentilesOf(this.#firstTokensMs),
    };
  }

  #addAnswer(event: RunEventOf<'model.responded'>, requestedAt: number): void {
    const sums = this.#sums;
    sums.calls += 1;
    this.#addTokens(event.usage, event.costUsd);
    if (event.isCached) {
      sums.cachedCalls += 1;
      return;
    }
    sums.turnWaitMs += Math.max(0, event.at - requestedAt - event.latencyMs);
    this.#latenciesMs.push(event.latencyMs);
    if (event.timeToFirstTokenMs !== undefined) this.#firstTokensMs.push(event.timeToFirstTokenMs);
  }

  #addFailure({ willRetry, delayMs = 0, charge }: RunEventOf<'model.failed'>): void {
    const sums = this.#sums;
    if (willRetry) sums.retries += 1;
    else sums.failedCalls += 1;
    sums.retryWaitMs += delayMs;
    if (charge !== undefined) this.#addTokens(charge.usage, charge.costUsd);
  }

  #addTokens({ inputTokens, outputTokens, cachedInputTokens }: TokenUsage, costUsd: number | undefined): void {
    const sums = this.#sums;
    sums.freshInputTokens += inputTokens - cachedInputTokens;
    sums.cachedInputTokens += cachedInputTokens;
    sums.outputTokens += outputTokens;
    sums.costUsd += costUsd ?? 0;
    sums.unpriced += costUsd === undefined ? 1 : 0;
  }
}

function percentilesOf(values: readonly number[]): Percentiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}
