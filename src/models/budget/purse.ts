/** What calls take: tokens of input and output together, and US dollars. */
export interface Amount {
  readonly tokens: number;
  readonly usd: number;
}

/** Missing means without limit. */
export interface SpendingLimits {
  readonly tokens?: number | undefined;
  readonly usd?: number | undefined;
}

export type SpendingUnit = keyof Amount;

const units: readonly SpendingUnit[] = ['tokens', 'usd'];

/** What is spent and promised out of the limits of one run, or of one day. Promises are at worst what calls may take. */
export class Purse {
  readonly #given: SpendingLimits;
  #limits: SpendingLimits;
  #spent: Amount = { tokens: 0, usd: 0 };
  #spentElsewhere: Amount = { tokens: 0, usd: 0 };
  #reserved: Amount = { tokens: 0, usd: 0 };
  readonly #waiting = new Set<() => void>();

  constructor(limits: SpendingLimits) {
    this.#given = limits;
    this.#limits = limits;
  }

  get limits(): SpendingLimits {
    return this.#limits;
  }

  get spent(): Amount {
    return sum(this.#spent, this.#spentElsewhere, 1);
  }

  /** The unit of which `amount` more would be too much even if nothing that is promised were taken. */
  exceededBy(amount: Amount): SpendingUnit | undefined {
    const { spent } = this;
    return units.find(unit => spent[unit] + amount[unit] > (this.#limits[unit] ?? Infinity));
  }

  /** Whether `amount` more is within the limits even if all that is promised is taken. */
  hasRoomFor(amount: Amount): boolean {
    const { spent } = this;
    return units.every(unit => spent[unit] + this.#reserved[unit] + amount[unit] <= (this.#limits[unit] ?? Infinity));
  }

  reserve(amount: Amount): void {
    this.#reserved = sum(this.#reserved, amount, 1);
  }

  /** Takes back a promise of `reserved`, of which `spent` was taken. */
  settle(reserved: Amount, spent: Amount): void {
    this.#reserved = sum(this.#reserved, reserved, -1);
    this.#spent = sum(this.#spent, spent, 1);
    this.#wake();
  }

  /** Allows as much again as at first. */
  raise(unit: SpendingUnit): void {
    this.#limits = { ...this.#limits, [unit]: (this.#limits[unit] ?? Infinity) + (this.#given[unit] ?? Infinity) };
    this.#wake();
  }

  /** Takes in what others spent in all, in place of what they had before. */
  takeIn(spentElsewhere: Amount): void {
    this.#spentElsewhere = spentElsewhere;
  }

  /** Begins anew, as a day does; what is promised stays so. */
  restart(): void {
    this.#limits = this.#given;
    this.#spent = { tokens: 0, usd: 0 };
    this.#spentElsewhere = { tokens: 0, usd: 0 };
    this.#wake();
  }

  /** Resolves when more may have become possible. */
  change(): Promise<void> {
    return new Promise(resolve => this.#waiting.add(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

function sum(one: Amount, other: Amount, sign: 1 | -1): Amount {
  return { tokens: one.tokens + sign * other.tokens, usd: one.usd + sign * other.usd };
}
