import type { RunEvent } from '../domain/schema/events.ts';
import type { TokenUsage } from '../domain/schema/model.ts';
import type { Journal } from '../journal/journal.ts';
import { costAtMost, type PriceList } from '../models/budget/prices.ts';
import type { Amount } from '../models/budget/purse.ts';

/** What the model calls among the events took; cached ones are free, unknown prices the dearest. */
export function spentIn(events: readonly RunEvent[], prices: PriceList): Amount {
  const sum = new CallSum(prices);
  for (const event of events) sum.add(event);
  return sum.spent;
}

export interface OthersSpendingOptions {
  readonly journal: Pick<Journal, 'readCalls'>;
  readonly prices: PriceList;
  /** Whether a call was made here, and is counted as it is made. */
  readonly isOwn: (exchangeId: string) => boolean;
}

/** What the model calls of other processes, and of earlier ones, took. */
export class OthersSpending {
  readonly #options: OthersSpendingOptions;
  #since = Number.NaN;
  #position = 0;
  #sum: CallSum;

  constructor(options: OthersSpendingOptions) {
    this.#options = options;
    this.#sum = new CallSum(options.prices);
  }

  /** Since `since`, in milliseconds since the epoch. As long as that is the same, only what is new is read. */
  since(since: number): Amount {
    const { journal, prices, isOwn } = this.#options;
    if (since !== this.#since) {
      this.#since = since;
      this.#position = 0;
      this.#sum = new CallSum(prices);
    }
    const { events, position } = journal.readCalls(since, this.#position);
    this.#position = position;
    for (const event of events) if (!isOwn(event.exchangeId)) this.#sum.add(event);
    return this.#sum.spent;
  }
}

class CallSum {
  readonly #prices: PriceList;
  readonly #models = new Map<string, { readonly provider: string; readonly model: string }>();
  #spent: Amount = { tokens: 0, usd: 0 };

  constructor(prices: PriceList) {
    this.#prices = prices;
  }

  get spent(): Amount {
    return this.#spent;
  }

  add(event: RunEvent): void {
    if (event.type === 'model.requested') {
      this.#models.set(event.exchangeId, { provider: event.provider, model: event.model });
    } else if (event.type === 'model.responded') {
      if (!event.isCached) this.#spend(event.exchangeId, event.usage, event.costUsd);
    } else if (event.type === 'model.failed' && event.charge !== undefined) {
      this.#spend(event.exchangeId, event.charge.usage, event.charge.costUsd);
    }
  }

  #spend(exchangeId: string, usage: TokenUsage, costUsd: number | undefined): void {
    const { provider = '', model = '' } = this.#models.get(exchangeId) ?? {};
    const usd = costUsd ?? costAtMost({ provider, model, billing: 'unknown' }, usage, this.#prices);
    this.#spent = {
      tokens: this.#spent.tokens + usage.inputTokens + usage.outputTokens,
      usd: this.#spent.usd + usd,
    };
  }
}
