/** Failures one after the other, of any calls, after which the server counts as down. */
const failuresToOpen = 10;
const firstPauseMs = 15_000;
const maxPauseMs = 120_000;

/**
 * Knows whether a server is worth asking (Nygard, "Release It!", circuit breaker). Closed, calls go through; open, they
 * are turned away for a while; half-open, one goes through and its outcome closes or opens. Times are milliseconds.
 */
export class CircuitBreaker {
  #failures = 0;
  #openUntil: number | undefined;
  #pauseMs = firstPauseMs;

  state(now: number): 'closed' | 'open' | 'halfOpen' {
    if (this.#openUntil === undefined) return 'closed';
    return now < this.#openUntil ? 'open' : 'halfOpen';
  }

  /** How long calls are still turned away. */
  remainingMs(now: number): number {
    return Math.max(0, (this.#openUntil ?? now) - now);
  }

  /** How many calls failed one after the other. */
  get failures(): number {
    return this.#failures;
  }

  /** @returns whether this success has closed it. */
  succeeded(): boolean {
    const wasOpen = this.#openUntil !== undefined;
    this.#failures = 0;
    this.#openUntil = undefined;
    this.#pauseMs = firstPauseMs;
    return wasOpen;
  }

  /** @returns whether this failure has opened it. */
  failed(now: number): boolean {
    this.#failures += 1;
    const state = this.state(now);
    if (state === 'open' || (state === 'closed' && this.#failures < failuresToOpen)) return false;
    if (state === 'halfOpen') this.#pauseMs = Math.min(maxPauseMs, this.#pauseMs * 2);
    this.#openUntil = now + this.#pauseMs;
    return true;
  }
}
