/** Calls at one time before the server has shown what it takes. */
const startingConcurrency = 8;
const maxConcurrency = 64;
/** In calls per second; below this the server's own `Retry-After` says it better. */
const minRate = 0.2;
/** How long the rate takes to come back to just under where the server refused, in milliseconds of use. */
const recoveryMs = 30_000;
const burstMs = 1000;
const historyMs = 10_000;
/** A server's wish for a longer pause than this is the retry's to judge. */
const maxPauseMs = 120_000;

/**
 * How many calls one server takes at a time and per second, learned from what it refuses. Concurrency grows by one for
 * each round of successes and is halved by a refusal (AIMD). Before its first refusal there is no limit of rate; then the
 * rate follows the cubic curve of RFC 9438: half of what was refused, quickly back to nine tenths of it, long there, then
 * beyond it, ever faster. Times are milliseconds, passed in; only time in which calls are made counts for the curve.
 */
export class AdaptiveLimits {
  #concurrency = startingConcurrency;
  /** The rate at which the server refused last, in calls per second. */
  #refusedRate: number | undefined;
  #usedMsSinceRefusal = 0;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #lastStart = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  /** When calls were started that were not refused, over the last ten seconds. */
  #accepted: number[] = [];

  get concurrency(): number {
    return Math.floor(this.#concurrency);
  }

  /** In calls per second; undefined when it is not limited. */
  get rate(): number | undefined {
    if (this.#refusedRate === undefined) return undefined;
    const phase = (this.#usedMsSinceRefusal - recoveryMs) / recoveryMs;
    return Math.max(minRate, this.#refusedRate * (0.9 + 0.4 * phase ** 3));
  }

  /** When the next call may start. */
  get nextStart(): number {
    const { rate } = this;
    const spaced = rate === undefined ? Number.NEGATIVE_INFINITY : this.#lastStart + 1000 / rate;
    return Math.max(this.#pausedUntil, spaced);
  }

  started(now: number): void {
    const { rate } = this;
    // Rests do not count: after one the server is no more willing than before it.
    if (rate !== undefined) this.#usedMsSinceRefusal += Math.min(now - this.#lastStart, 2000 / rate);
    this.#lastStart = now;
    while (this.#accepted[0] !== undefined && this.#accepted[0] < now - historyMs) this.#accepted.shift();
    this.#accepted.push(now);
  }

  /** `isFull` when as many calls were under way as may be. */
  succeeded(isFull: boolean): void {
    if (isFull) this.#concurrency = Math.min(maxConcurrency, this.#concurrency + 1 / this.#concurrency);
  }

  /** A call that was started at `startedAt` was refused for being too much. Refusals of one burst count as one. */
  refused(startedAt: number, now: number): void {
    const index = this.#accepted.indexOf(startedAt);
    if (index !== -1) this.#accepted.splice(index, 1);
    if (startedAt < this.#refusedAt) {
      if (this.#refusedRate !== undefined && this.#usedMsSinceRefusal === 0) {
        this.#refusedRate = Math.min(this.#refusedRate, this.#acceptedRate() ?? this.#refusedRate);
      }
      return;
    }
    this.#concurrency = Math.max(1, this.#concurrency / 2);
    const rate = this.rate ?? Number.POSITIVE_INFINITY;
    this.#refusedRate = Math.min(rate, this.#acceptedRate() ?? Math.min(rate, 1));
    this.#usedMsSinceRefusal = 0;
    this.#refusedAt = now;
    // What was accepted just now still counts for the server, and would have it refuse even the slower pace.
    this.pause(burstMs, now);
  }

  /** The server cannot keep up. */
  overloaded(startedAt: number, now: number): void {
    if (startedAt < this.#refusedAt) return;
    this.#concurrency = Math.max(1, this.#concurrency / 2);
    this.#refusedAt = now;
  }

  pause(forMs: number, now: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, now + Math.min(forMs, maxPauseMs));
  }

  /** What the server took per second, by the last second or the last ten, whichever is more; undefined when that is nothing. */
  #acceptedRate(): number | undefined {
    const inBurst = this.#accepted.filter(start => start > this.#lastStart - burstMs).length;
    const rate = Math.max(inBurst, (this.#accepted.length * 1000) / historyMs);
    return rate === 0 ? undefined : rate;
  }
}
