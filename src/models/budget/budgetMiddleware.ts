import { chargeOf, ModelError } from '../../base/errors.ts';
import type { TokenUsage } from '../../domain/schema/model.ts';
import type { LanguageModelRegistry } from '../languageModelRegistry.ts';
import type { ModelMiddleware, ModelRequest } from '../middleware.ts';
import { estimatePromptTokens } from '../providers/ollamaContext.ts';
import { type Budget, type LimitReached, LimitStop } from './budget.ts';
import { costAtMost, type PriceList } from './prices.ts';
import type { Amount } from './purse.ts';

export interface BudgetMiddlewareOptions {
  readonly budget: Budget;
  readonly registry: LanguageModelRegistry;
  readonly prices: PriceList;
}

/** Our estimate of a prompt is good to 30 %; a promise must hold for the worst of it. */
const estimateMargin = 1.3;

/**
 * Keeps each try of a call within the budget. A model without a known price is counted at the dearest there is. A try
 * that breaks off in the middle of its answer is charged for the prompt and what came of the answer, as providers do.
 */
export function budgetMiddleware(options: BudgetMiddlewareOptions): ModelMiddleware {
  const { budget, registry, prices } = options;
  return {
    name: 'budget',
    handle: async (request, next) => {
      const { provider, model } = request.settings;
      const priced = registry.find(provider, model);
      const amountOf = (usage: TokenUsage): Amount => ({
        tokens: usage.inputTokens + usage.outputTokens,
        usd: costAtMost(priced, usage, prices),
      });
      const inputTokens = Math.ceil(estimatePromptTokens(request.call.messages) * estimateMargin);
      const { maxOutputTokens: outputTokens } = request.settings;
      // The prompts of a session may be written to the provider's cache, for a price of its own.
      const cacheWriteTokens = request.call.sessionId === undefined ? 0 : inputTokens;
      const worst: TokenUsage = { inputTokens, outputTokens, cachedInputTokens: 0, cacheWriteTokens };
      const reservation = await reserve(budget, amountOf(worst), request);
      try {
        const reply = await next(request);
        reservation.settle(amountOf(reply.usage));
        return reply;
      } catch (error) {
        const charge = chargeOf(error);
        reservation.settle(charge === undefined ? { tokens: 0, usd: 0 } : amountOf(charge));
        throw error;
      }
    },
  };
}

async function reserve(budget: Budget, amount: Amount, request: ModelRequest) {
  try {
    return await budget.reserve(amount, request.signal);
  } catch (error) {
    if (!(error instanceof LimitStop)) throw error;
    const { provider } = request.settings;
    const message = `${describeLimit(error.reached)} The run was stopped there, and nothing was applied; raise the limit and run it again.`;
    throw new ModelError(message, { provider, retryable: false }, { cause: error });
  }
}

/** Such as: "The budget of the run is 10000 tokens; 9500 are spent, and the next call may take 3000. Raise `budget.runTokens`…" */
export function describeLimit({ scope, unit, limit, spent, needed }: LimitReached): string {
  const text = (value: number) => (unit === 'usd' ? `$${value.toFixed(2)}` : `${value} tokens`);
  const setting = `budget.${scope}${unit === 'usd' ? 'Usd' : 'Tokens'}`;
  return `The budget of the ${scope} (\`${setting}\`) is ${text(limit)}: ${text(spent)} are spent, and the next call may take ${text(needed)}.`;
}
