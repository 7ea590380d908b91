import type { RunEvent } from '../domain/schema/events.ts';
import type { TokenUsage } from '../domain/schema/model.ts';
import type { Journal } from '../journal/journal.ts';
import type { Amount } from '../models/budget/purse.ts';
import { costAtMost, type PriceList } from '../models/prices.ts';

/** What model calls since `since` (milliseconds since the epoch) took, by all runs in the journal; unknown prices at the dearest. */
export function spentSince(journal: Pick<Journal, 'runs' | 'read'>, since: number, prices: PriceList): Amount {
  const amounts = journal
    .runs()
    .filter(run => (run.endedAt ?? Infinity) >= since)
    .flatMap(run => amountsOf(journal.read(run.runId), since, prices));
  return sumOf(amounts);
}

/** The same of one run, from its events. */
export function spentIn(events: readonly RunEvent[], since: number, prices: PriceList): Amount {
  return sumOf(amountsOf(events, since, prices));
}

function sumOf(amounts: readonly Amount[]): Amount {
  return amounts.reduce((sum, { tokens, usd }) => ({ tokens: sum.tokens + tokens, usd: sum.usd + usd }), {
    tokens: 0,
    usd: 0,
  });
}

function amountsOf(events: readonly RunEvent[], since: number, prices: PriceList): Amount[] {
  const models = new Map(
    events.flatMap(event => (event.type === 'model.requested' ? [[event.exchangeId, event]] : [])),
  );
  const amountOf = (exchangeId: string, usage: TokenUsage, costUsd: number | undefined): Amount => {
    const { provider = '', model = '' } = models.get(exchangeId) ?? {};
    const usd = costUsd ?? costAtMost({ provider, model, billing: 'unknown' }, usage, prices);
    return { tokens: usage.inputTokens + usage.outputTokens, usd };
  };
  return events.flatMap(event => {
    if (event.at < since) return [];
    if (event.type === 'model.responded' && !event.isCached) {
      return [amountOf(event.exchangeId, event.usage, event.costUsd)];
    }
    if (event.type !== 'model.failed' || event.charge === undefined) return [];
    return [amountOf(event.exchangeId, event.charge.usage, event.charge.costUsd)];
  });
}
