import { abortErrorOf } from '../base/abort.ts';
import type { Clock } from '../base/clock.ts';
import { AbortError, ModelError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ModelMiddleware, ModelRequest } from './middleware.ts';
import { type ExchangeRecorder, failedExchange } from './recordingMiddleware.ts';

export interface RetryOptions {
  /** After the first try. */
  readonly maxRetries: number;
  readonly clock: Clock;
  /** At least 0 and below 1. */
  readonly random: () => number;
  readonly recorder: ExchangeRecorder;
  readonly logger: Logger;
}

const firstDelayMs = 500;
const maxDelayMs = 30_000;
/** A server that asks to wait longer is better reported to the user than waited for. */
const maxRetryAfterMs = 120_000;

/**
 * Makes a call again that failed in a way that may pass (`ModelError.retryable`): after the time that the server asked
 * for, otherwise with exponential backoff and full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).
 */
export function retryMiddleware(options: RetryOptions): ModelMiddleware {
  return {
    name: 'retry',
    handle: async (request, next) => {
      const startedAt = options.clock.now();
      for (let retries = 0; ; retries += 1) {
        try {
          const reply = await next(request);
          return retries === 0 ? reply : { ...reply, latencyMs: options.clock.now() - startedAt };
        } catch (error) {
          // An error of the cancelled call itself knows what the call has cost.
          if (request.signal.aborted) throw error instanceof AbortError ? error : abortErrorOf(request.signal);
          const delayMs = retries < options.maxRetries ? delayBeforeRetry(error, retries, options.random) : undefined;
          if (delayMs === undefined || !(error instanceof ModelError))
            throw retries === 0 ? error : afterRetries(error, retries);
          await announceRetry(request, error, delayMs, options);
          await sleep(options.clock, delayMs, request.signal);
          request.onRestart?.();
        }
      }
    },
  };
}

function delayBeforeRetry(error: unknown, retries: number, random: () => number): number | undefined {
  if (!(error instanceof ModelError) || !error.retryable) return undefined;
  const { retryAfterMs } = error;
  if (retryAfterMs !== undefined && retryAfterMs > maxRetryAfterMs) return undefined;
  // Jitter comes on top of a time that the server named, so that workers that wait for it don't all come back at once.
  const jitterMs = random() * Math.min(maxDelayMs, firstDelayMs * 2 ** retries);
  return Math.round((retryAfterMs ?? 0) + jitterMs);
}

async function announceRetry(request: ModelRequest, error: ModelError, delayMs: number, options: RetryOptions) {
  const { exchangeId, call, settings } = request;
  const { status, rateLimits } = error;
  await options.recorder.record(failedExchange(request, error, delayMs));
  options.logger.log('warn', 'A model call failed and will be made again.', {
    correlationId: exchangeId,
    role: call.role,
    ...(call.itemId !== undefined && { itemId: call.itemId }),
    provider: settings.provider,
    model: settings.model,
    ...(status !== undefined && { status }),
    ...(rateLimits !== undefined && { rateLimits }),
    delayMs,
    reason: error.message,
  });
}

async function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(delayMs, signal);
  } catch (error) {
    throw signal.aborted ? abortErrorOf(signal) : error;
  }
}

function afterRetries(error: unknown, retries: number): unknown {
  if (!(error instanceof ModelError)) return error;
  return new ModelError(`${error.message} It was tried ${retries + 1} times.`, error.details, { cause: error });
}
