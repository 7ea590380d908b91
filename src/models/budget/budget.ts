import { throwIfAborted, waitUnlessAborted } from '../../base/abort.ts';
import type { DayPurse } from './dayPurse.ts';
import type { Amount, Purse, SpendingUnit } from './purse.ts';

/** A call that may go beyond a limit, as the human is asked about it. */
export interface LimitReached {
  readonly scope: 'run' | 'day';
  readonly unit: SpendingUnit;
  readonly limit: number;
  readonly spent: number;
  /** What the call may take at most. */
  readonly needed: number;
}

/** `raise` allows as much again as the limit was at first. */
export type LimitDecision = 'raise' | 'stop';

export interface BudgetOptions {
  readonly run: Purse;
  readonly day?: DayPurse;
  /** Asks what to do; calls wait until it is decided. */
  readonly onLimit: (reached: LimitReached, options: { readonly signal: AbortSignal }) => Promise<LimitDecision>;
}

/** A promise of money and tokens to one call; to be settled when it has ended, however it ended. */
export interface Reservation {
  settle(spent: Amount): void;
}

/** Raised by `Budget.reserve`. */
export class LimitStop extends Error {
  readonly reached: LimitReached;

  constructor(reached: LimitReached) {
    super('The limit was reached.');
    this.reached = reached;
  }
}

/**
 * Keeps a run within its limits and those of the day. What a call may take at most is reserved before it and settled
 * after it, so that calls under way cannot go beyond a limit together: who finds no room waits for others to settle, and
 * the human is asked only when what is spent leaves none.
 */
export class Budget {
  readonly #options: BudgetOptions;
  #question: Promise<LimitDecision | undefined> | undefined;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** @throws LimitStop when a limit is reached and is not to be raised. @throws AbortError */
  async reserve(amount: Amount, signal: AbortSignal): Promise<Reservation> {
    for (;;) {
      throwIfAborted(signal);
      const reached = this.#reachedBy(amount);
      if (reached !== undefined) await this.#ask(reached, signal);
      else if (this.#purses().every(({ purse }) => purse.hasRoomFor(amount))) return this.#take(amount);
      else await waitUnlessAborted(Promise.race(this.#purses().map(({ purse }) => purse.change())), signal);
    }
  }

  #take(amount: Amount): Reservation {
    const purses = this.#purses().map(({ purse }) => purse);
    for (const purse of purses) purse.reserve(amount);
    return {
      settle: spent => {
        for (const purse of purses) purse.settle(amount, spent);
      },
    };
  }

  #purses(): { readonly scope: LimitReached['scope']; readonly purse: Purse }[] {
    const { run, day } = this.#options;
    return [
      { scope: 'run', purse: run },
      ...(day === undefined ? [] : [{ scope: 'day', purse: day.current } as const]),
    ];
  }

  #reachedBy(amount: Amount): LimitReached | undefined {
    for (const { scope, purse } of this.#purses()) {
      const unit = purse.exceededBy(amount);
      const limit = unit && purse.limits[unit];
      if (unit && limit !== undefined) return { scope, unit, limit, spent: purse.spent[unit], needed: amount[unit] };
    }
    return undefined;
  }

  /** One question at a time; whoever meets the limit meanwhile waits for its answer, and looks again. */
  async #ask(reached: LimitReached, signal: AbortSignal): Promise<void> {
    if (this.#question !== undefined) {
      const decision = await waitUnlessAborted(this.#question, signal);
      if (decision === 'stop') throw new LimitStop(reached);
      return;
    }
    const asked = this.#options.onLimit(reached, { signal });
    // A question that comes to nothing is its asker's failure; the others ask anew.
    this.#question = asked.catch(() => undefined).finally(() => (this.#question = undefined));
    if ((await asked) === 'stop') throw new LimitStop(reached);
    // Another run may have raised the limit of the day meanwhile.
    const purse = this.#purses().find(({ scope }) => scope === reached.scope)?.purse;
    if (purse?.limits[reached.unit] === reached.limit) purse.raise(reached.unit);
  }
}
