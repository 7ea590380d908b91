import type { Clock } from '../../base/clock.ts';
import { type Amount, Purse, type SpendingLimits } from './purse.ts';

export interface DayPurseOptions {
  readonly limits: SpendingLimits;
  readonly clock: Pick<Clock, 'now'>;
  /** What others spend from the same account, since a time in milliseconds since the epoch; nothing by default. */
  readonly spentElsewhere?: (since: number) => Amount;
}

/** How long what others spent may be unknown. */
const lookAgainMs = 1000;

/** The purse of the day, shared by all runs of a process; it begins anew at midnight, local time. */
export class DayPurse {
  readonly #options: DayPurseOptions;
  readonly #purse: Purse;
  #dayStart = Number.NaN;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: DayPurseOptions) {
    this.#options = options;
    this.#purse = new Purse(options.limits);
  }

  /** Today's purse, with what others spent until a second ago. */
  get current(): Purse {
    const { limits, clock, spentElsewhere } = this.#options;
    const now = clock.now();
    const dayStart = startOfDay(now);
    const isNewDay = dayStart !== this.#dayStart;
    if (isNewDay && !Number.isNaN(this.#dayStart)) this.#purse.restart();
    this.#dayStart = dayStart;
    const isLimited = limits.tokens !== undefined || limits.usd !== undefined;
    if (spentElsewhere !== undefined && isLimited && (isNewDay || now >= this.#lookedAt + lookAgainMs)) {
      this.#lookedAt = now;
      this.#purse.takeIn(spentElsewhere(dayStart));
    }
    return this.#purse;
  }
}

/** When the day of `now` began, in milliseconds since the epoch, local time. */
export function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}
