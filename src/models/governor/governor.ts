import { abortErrorOf, throwIfAborted } from '../../base/abort.ts';
import type { Clock } from '../../base/clock.ts';
import { ModelError } from '../../base/errors.ts';
import type { LogFields, Logger, LogLevel } from '../../base/logger.ts';
import { AdaptiveLimits } from './adaptiveLimits.ts';
import { CircuitBreaker } from './circuitBreaker.ts';

export interface GovernorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Named in messages. */
  readonly provider: string;
}

interface Waiting {
  readonly party: string;
  /** Is told when it started. */
  readonly start: (startedAt: number) => void;
  readonly turnAway: (error: unknown) => void;
}

/**
 * Lets calls to one server, with one key, through at the pace that the server takes: as many at a time and per second as
 * it has shown to accept, none while it asks for a pause or is down, and in turn for the parties that wait.
 */
export class Governor {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #provider: string;
  readonly #limits = new AdaptiveLimits();
  readonly #breaker = new CircuitBreaker();
  #waiting: Waiting[] = [];
  #underWay = 0;
  readonly #underWayOf = new Map<string, number>();
  /** Who was served, the most recent last. */
  readonly #served = new Set<string>();
  #alarm: AbortController | undefined;
  /** A time that was slept until has come, whatever the clock says. */
  #reached = Number.NEGATIVE_INFINITY;

  constructor(options: GovernorOptions) {
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#provider = options.provider;
  }

  /** Calls at one time, and per second where that is limited. */
  get limits(): { readonly concurrency: number; readonly rate: number | undefined } {
    return { concurrency: this.#limits.concurrency, rate: this.#limits.rate };
  }

  /**
   * Does `work` when it is its turn; `party` is the run that it is for, `about` stands in the log lines that it gives rise to.
   * @throws ModelError, retryable, while the server counts as down; otherwise what `work` throws.
   * @throws AbortError when `signal` is aborted before its turn.
   */
  async run<T>(party: string, signal: AbortSignal, work: () => Promise<T>, about: LogFields = {}): Promise<T> {
    throwIfAborted(signal);
    const startedAt = await this.#turn(party, signal);
    try {
      const result = await work();
      this.#limits.succeeded(this.#underWay >= this.#limits.concurrency);
      if (this.#breaker.succeeded()) this.#log('info', 'The model server answers again.', about);
      return result;
    } catch (error) {
      if (!signal.aborted) this.#learnFrom(error, startedAt, about);
      throw error;
    } finally {
      this.#leave(party);
      this.#letIn();
    }
  }

  #now(): number {
    return Math.max(this.#clock.now(), this.#reached);
  }

  async #turn(party: string, signal: AbortSignal): Promise<number> {
    const turn = Promise.withResolvers<number>();
    const waiting: Waiting = { party, start: turn.resolve, turnAway: turn.reject };
    const onAbort = () => {
      if (!this.#waiting.includes(waiting)) return;
      this.#waiting = this.#waiting.filter(other => other !== waiting);
      waiting.turnAway(abortErrorOf(signal));
      this.#letIn();
    };
    this.#waiting.push(waiting);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#letIn();
    try {
      return await turn.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Starts what may be started now, and sets the alarm for the rest. */
  #letIn(): void {
    const now = this.#now();
    if (this.#breaker.state(now) === 'open') this.#turnAllAway(now);
    const isProbing = this.#breaker.state(now) === 'halfOpen';
    const concurrency = isProbing ? 1 : this.#limits.concurrency;
    // Each start may move the time of the next.
    while (this.#waiting.length > 0 && this.#underWay < concurrency && this.#limits.nextStart <= now) {
      this.#start(this.#next(), now);
    }
    this.#setAlarm(this.#waiting.length > 0 && this.#underWay < concurrency ? this.#limits.nextStart : undefined, now);
  }

  #start(waiting: Waiting, now: number): void {
    const { party } = waiting;
    this.#waiting = this.#waiting.filter(other => other !== waiting);
    this.#underWay += 1;
    this.#underWayOf.set(party, (this.#underWayOf.get(party) ?? 0) + 1);
    this.#served.delete(party);
    this.#served.add(party);
    this.#limits.started(now);
    waiting.start(now);
  }

  /** The oldest of the party that has the fewest calls under way; among equals, of the one whose last turn is longest ago. */
  #next(): Waiting {
    const order = [...this.#served];
    const rank = ({ party }: Waiting) => (this.#underWayOf.get(party) ?? 0) * (order.length + 2) + order.indexOf(party);
    return this.#waiting.reduce((best, other) => (rank(other) < rank(best) ? other : best));
  }

  #leave(party: string): void {
    this.#underWay -= 1;
    const left = (this.#underWayOf.get(party) ?? 1) - 1;
    if (left > 0) {
      this.#underWayOf.set(party, left);
      return;
    }
    this.#underWayOf.delete(party);
    if (!this.#waiting.some(waiting => waiting.party === party)) this.#served.delete(party);
  }

  #setAlarm(at: number | undefined, now: number): void {
    this.#alarm?.abort();
    this.#alarm = undefined;
    if (at === undefined || at <= now) return;
    const alarm = new AbortController();
    this.#alarm = alarm;
    this.#clock.sleep(at - now, alarm.signal).then(
      () => {
        if (this.#alarm !== alarm) return;
        this.#reached = Math.max(this.#reached, at);
        this.#letIn();
      },
      (error: unknown) => {
        if (!alarm.signal.aborted) this.#turnAway(this.#waiting, error);
      },
    );
  }

  #learnFrom(error: unknown, startedAt: number, about: LogFields): void {
    if (!(error instanceof ModelError)) return;
    const now = this.#now();
    const { status, retryAfterMs } = error;
    if (error.retryable && retryAfterMs !== undefined) this.#limits.pause(retryAfterMs, now);
    if (status === 429) {
      if (error.retryable) this.#limits.refused(startedAt, now);
      this.#breaker.succeeded();
      const facts = { ...about, ...this.limits, ...factsOf(error) };
      this.#log('warn', 'The model server limits calls; fewer are made.', facts);
      return;
    }
    if (status === 503 || status === 529) this.#limits.overloaded(startedAt, now);
    if (!error.retryable) this.#breaker.succeeded();
    else if (this.#breaker.failed(now)) {
      this.#log('error', 'The model server counts as down; calls wait.', { ...about, ...factsOf(error) });
      this.#turnAllAway(now);
    }
  }

  #log(level: LogLevel, message: string, fields: LogFields): void {
    this.#logger.log(level, message, { provider: this.#provider, ...fields });
  }

  #turnAllAway(now: number): void {
    const retryAfterMs = this.#breaker.remainingMs(now);
    const message = `The ${this.#provider} server has failed ${this.#breaker.failures} times one after the other and is not asked again for ${Math.ceil(retryAfterMs / 1000)} s; see whether it runs.`;
    this.#turnAway(this.#waiting, new ModelError(message, { provider: this.#provider, retryable: true, retryAfterMs }));
  }

  #turnAway(all: readonly Waiting[], error: unknown): void {
    this.#waiting = [];
    for (const waiting of all) waiting.turnAway(error);
  }
}

function factsOf({ status, message, rateLimits }: ModelError): LogFields {
  return { ...(status !== undefined && { status }), ...(rateLimits !== undefined && { rateLimits }), reason: message };
}
