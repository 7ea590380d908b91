import type { TokenUsage } from '../domain/schema/model.ts';
import type { Billing } from './languageModel.ts';

/** In US dollars per million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}

export interface PriceList {
  /** When the prices were looked up. */
  readonly asOf: string;
  readonly source: string;
  /** By provider and model, such as `openai/gpt-4.1`; a dated version (`gpt-4.1-2025-04-14`) has the price of its name. */
  readonly prices: Readonly<Record<string, ModelPrice>>;
}

/** Standard tier, text tokens. */
export const publicPrices: PriceList = {
  asOf: '2026-06-21',
  source: 'https://platform.openai.com/docs/pricing',
  prices: {
    'openai/gpt-5.5': { input: 5, cachedInput: 0.5, output: 30 },
    'openai/gpt-5.4': { input: 2.5, cachedInput: 0.25, output: 15 },
    'openai/gpt-5.4-mini': { input: 0.75, cachedInput: 0.075, output: 4.5 },
    'openai/gpt-5.4-nano': { input: 0.2, cachedInput: 0.02, output: 1.25 },
    'openai/gpt-5.1': { input: 1.25, cachedInput: 0.125, output: 10 },
    'openai/gpt-5': { input: 1.25, cachedInput: 0.125, output: 10 },
    'openai/gpt-5-mini': { input: 0.25, cachedInput: 0.025, output: 2 },
    'openai/gpt-5-nano': { input: 0.05, cachedInput: 0.005, output: 0.4 },
    'openai/gpt-4.1': { input: 2, cachedInput: 0.5, output: 8 },
    'openai/gpt-4.1-mini': { input: 0.4, cachedInput: 0.1, output: 1.6 },
    'openai/gpt-4.1-nano': { input: 0.1, cachedInput: 0.025, output: 0.4 },
    'openai/gpt-4o': { input: 2.5, cachedInput: 1.25, output: 10 },
    'openai/gpt-4o-mini': { input: 0.15, cachedInput: 0.075, output: 0.6 },
    'openai/o3': { input: 2, cachedInput: 0.5, output: 8 },
    'openai/o4-mini': { input: 1.1, cachedInput: 0.275, output: 4.4 },
  },
};

export interface PricedModel {
  readonly provider: string;
  readonly model: string;
  readonly billing: Billing;
}

/** What a call cost in US dollars; undefined when the model has no known price, which does not mean that it was free. */
export function costOf(priced: PricedModel, usage: TokenUsage, list: PriceList): number | undefined {
  if (priced.billing === 'free') return 0;
  if (priced.billing === 'unknown') return undefined;
  const price = priceOf(`${priced.provider}/${priced.model}`, list);
  if (price === undefined) return undefined;
  const freshTokens = usage.inputTokens - usage.cachedInputTokens;
  const micros =
    freshTokens * price.input + usage.cachedInputTokens * price.cachedInput + usage.outputTokens * price.output;
  return micros / 1_000_000;
}

function priceOf(name: string, list: PriceList): ModelPrice | undefined {
  return list.prices[name] ?? list.prices[name.replace(/-\d{4}-\d{2}-\d{2}$/, '')];
}
