import type { FinishReason } from '../../domain/schema/model.ts';
import type { ModelMiddleware } from '../middleware.ts';
import { callKey } from './callKey.ts';

/** What is kept of an answer. */
export interface StoredAnswer {
  readonly text: string;
  readonly finishReason: FinishReason;
}

/** Keeps answers by the key of their call. Losing one costs no more than asking again. */
export interface AnswerStore {
  /** `itemId`: on whose behalf it is asked. */
  get(key: string, itemId?: string): StoredAnswer | undefined;
  put(key: string, answer: StoredAnswer, itemId?: string): void;
}

export interface CacheOptions {
  readonly store: AnswerStore;
  /** The address that serves a provider; undefined for one whose answers are not worth keeping. */
  readonly serverOf: (provider: string) => string | undefined;
  readonly now: () => number;
}

/**
 * Answers a call from the store when the very same one was answered before, in this run or an earlier one. A run that asks
 * the same thing a second time was not helped by the answer, so it gets a new one; cut answers and refusals are not kept.
 */
export function cacheMiddleware({ store, serverOf, now }: CacheOptions): ModelMiddleware {
  const asked = new Set<string>();
  return {
    name: 'cache',
    handle: async (request, next) => {
      const { call, settings, exchangeId } = request;
      const startedAt = now();
      const server = serverOf(settings.provider);
      if (server === undefined) return next(request);
      const key = callKey({ call, settings, server });
      const known = asked.has(key) ? undefined : store.get(key, call.itemId);
      asked.add(key);
      if (known === undefined) {
        const reply = await next(request);
        const { text, finishReason } = reply;
        if (finishReason === 'stop') store.put(key, { text, finishReason }, call.itemId);
        return reply;
      }
      if (known.text !== '') request.onText?.(known.text);
      return {
        ...known,
        usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 },
        costUsd: 0,
        latencyMs: now() - startedAt,
        isCached: true,
        provider: settings.provider,
        model: settings.model,
        exchangeId,
      };
    },
  };
}
