import type { Clock } from '../../base/clock.ts';
import { type Amount, Purse, type SpendingLimits } from './purse.ts';

/** The purse of the day, shared by all runs of a process; it begins anew at midnight, local time. */
export class DayPurse {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #purse: Purse;
  #day: string;

  constructor(limits: SpendingLimits, clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#purse = new Purse(limits);
    this.#day = dayOf(clock.now());
  }

  /** Takes in what has been spent since midnight in all, when others spend from the same account. */
  catchUp(spent: Amount): void {
    this.current.catchUp(spent);
  }

  /** Today's purse. */
  get current(): Purse {
    const day = dayOf(this.#clock.now());
    if (day !== this.#day) {
      this.#day = day;
      this.#purse.restart();
    }
    return this.#purse;
  }
}

/** When the day of `now` began, in milliseconds since the epoch, local time. */
export function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}

function dayOf(now: number): string {
  return new Date(now).toDateString();
}
