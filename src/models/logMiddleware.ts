import type { Clock } from '../base/clock.ts';
import { AbortError, errorMessage, ModelError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ModelMiddleware, ModelRequest } from './middleware.ts';
import type { ModelReply } from './modelClient.ts';

/** Logs one line for each call when it has ended: what was asked of whom, how long it took, and how it ended. */
export function logMiddleware(logger: Logger, clock: Pick<Clock, 'now'>): ModelMiddleware {
  return {
    name: 'log',
    handle: async (request, next) => {
      const startedAt = clock.now();
      let reply: ModelReply;
      try {
        reply = await next(request);
      } catch (error) {
        const level = error instanceof AbortError ? 'info' : 'warn';
        const fields = { ...requestFields(request), totalMs: clock.now() - startedAt, reason: errorMessage(error) };
        logger.log(level, 'A model call failed.', {
          ...fields,
          ...(error instanceof ModelError && failureFields(error)),
        });
        throw error;
      }
      logger.log('info', 'A model call was answered.', {
        ...requestFields(request),
        totalMs: clock.now() - startedAt,
        ...replyFields(reply),
      });
      return reply;
    },
  };
}

function requestFields({ exchangeId, call, settings }: ModelRequest) {
  const { role, itemId, sessionId, messages } = call;
  return {
    correlationId: exchangeId,
    role,
    ...(itemId !== undefined && { itemId }),
    ...(sessionId !== undefined && { sessionId }),
    ...settings,
    messages: messages.length,
    characters: messages.reduce((sum, message) => sum + message.content.length, 0),
  };
}

function replyFields(reply: ModelReply) {
  const { finishReason, latencyMs, timeToFirstTokenMs, usage, isUsageEstimated, costUsd, isCached, rateLimits } = reply;
  return {
    finishReason,
    latencyMs,
    ...(timeToFirstTokenMs !== undefined && { timeToFirstTokenMs }),
    ...usage,
    ...(isUsageEstimated === true && { isUsageEstimated }),
    ...(costUsd !== undefined && { costUsd }),
    isCached,
    ...(rateLimits !== undefined && { rateLimits }),
  };
}

function failureFields({ status, retryAfterMs, rateLimits }: ModelError) {
  return {
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(rateLimits !== undefined && { rateLimits }),
  };
}
