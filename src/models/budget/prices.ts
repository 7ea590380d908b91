import type { OwnPrices, TokenUsage } from '../../domain/schema/model.ts';
import type { Billing } from '../languageModel.ts';

/** In US dollars per million tokens. */
export interface ModelPrice {
  readonly input: number;
  /** Read from the provider's prompt cache. */
  readonly cachedInput: number;
  /** Written to it, where that has a price of its own. */
  readonly cacheWrite?: number;
  readonly output: number;
  /** What holds for the whole call when its prompt has more than `overTokens`. */
  readonly longPrompt?: Omit<ModelPrice, 'longPrompt'> & { readonly overTokens: number };
}

export interface PriceList {
  /** Where the prices are published, and when they were looked up. */
  readonly sources: readonly { readonly address: string; readonly asOf: string }[];
  /** By provider and model, such as `openai/gpt-4.1`; a dated version (`gpt-4.1-2025-04-14`) has the price of its name. */
  readonly prices: Readonly<Record<string, ModelPrice>>;
  /** The user's, which hold whoever the server belongs to; the others are for the makers' own servers. */
  readonly own?: Readonly<Record<string, ModelPrice>>;
}

/** The list with the user's own prices, which go before the published ones. */
export function withOwnPrices(list: PriceList, own: OwnPrices): PriceList {
  const complete = Object.entries(own).map(([name, { input, output, cachedInput = input, cacheWrite = input }]) => [
    name,
    { input, output, cachedInput, cacheWrite },
  ]);
  return { ...list, own: Object.fromEntries(complete) as Record<string, ModelPrice> };
}

export interface PricedModel {
  readonly provider: string;
  readonly model: string;
  readonly billing: Billing;
}

/** What a call cost in US dollars; undefined when the model has no known price, which does not mean that it was free. */
export function costOf(priced: PricedModel, usage: TokenUsage, list: PriceList): number | undefined {
  const name = `${priced.provider}/${priced.model}`;
  const own = priceOf(name, list.own ?? {});
  if (own !== undefined) return dollars(usage, own);
  if (priced.billing === 'free') return 0;
  if (priced.billing === 'unknown') return undefined;
  const price = priceOf(name, list.prices);
  if (price === undefined) return undefined;
  const { longPrompt } = price;
  return longPrompt !== undefined && usage.inputTokens > longPrompt.overTokens
    ? dollars(usage, longPrompt)
    : dollars(usage, price);
}

/**
 * What a call cost at most: a model without a known price is counted at the dearest of the list, and never taken as free.
 */
export function costAtMost(priced: PricedModel, usage: TokenUsage, list: PriceList): number {
  const known = costOf(priced, usage, list);
  if (known !== undefined) return known;
  const fresh = { ...usage, cachedInputTokens: 0 };
  const prices = [...Object.values(list.prices), ...Object.values(list.own ?? {})];
  return Math.max(0, ...prices.map(price => dollars(fresh, price)));
}

function dollars(usage: TokenUsage, price: ModelPrice): number {
  const { inputTokens, cachedInputTokens, cacheWriteTokens = 0, outputTokens } = usage;
  const freshTokens = inputTokens - cachedInputTokens - cacheWriteTokens;
  const micros =
    freshTokens * price.input +
    cachedInputTokens * price.cachedInput +
    cacheWriteTokens * (price.cacheWrite ?? price.input) +
    outputTokens * price.output;
  return micros / 1_000_000;
}

function priceOf(name: string, prices: PriceList['prices']): ModelPrice | undefined {
  return prices[name] ?? prices[name.replace(/-\d{4}-?\d{2}-?\d{2}$/, '')];
}
