import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/base/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that passes only while `run` waits for something, and then at once: from one sleeper's end to the next. */
export class VirtualClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];

  constructor(now = 1_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = { at: this.#now + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter(other => other !== sleeper);
        reject(signal.reason as Error);
      });
    });
  }

  /** Lets time pass until `promise` settles. Throws when it can't, since nobody sleeps. */
  async run<T>(promise: Promise<T>): Promise<T> {
    const outcome = { isSettled: false };
    const settled = () => {
      outcome.isSettled = true;
    };
    promise.then(settled, settled);
    for (;;) {
      await setImmediate();
      if (outcome.isSettled) return promise;
      const next = this.#sleepers.reduce<Sleeper | undefined>(
        (first, other) => (first === undefined || other.at < first.at ? other : first),
        undefined,
      );
      if (next === undefined) throw new Error('Nobody sleeps, and what is waited for does not come.');
      this.#sleepers = this.#sleepers.filter(other => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
  }
}
