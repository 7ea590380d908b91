import {
  chargeOf,
  errorMessage,
  type ModelCharge,
  ModelError,
  TrellisError,
  type TrellisErrorKind,
} from '../base/errors.ts';
import type { ModelMiddleware, ModelRequest } from './middleware.ts';
import type { AnswerReading, ModelReply } from './modelClient.ts';
import type { RateLimits } from './providers/rateLimits.ts';

/** What happens to one model call, in order: requested, any number of failed tries, then responded or a last failure. */
export type ModelExchangeEvent =
  | { readonly type: 'requested'; readonly request: ModelRequest }
  | { readonly type: 'responded'; readonly request: ModelRequest; readonly reply: ModelReply }
  | {
      readonly type: 'failed';
      readonly request: ModelRequest;
      readonly message: string;
      /** Undefined for an error that is none of Trellis's own. */
      readonly errorKind?: TrellisErrorKind;
      readonly willRetry: boolean;
      /** How long it is waited before the next try. */
      readonly delayMs?: number;
      /** The HTTP status, when the server answered with one. */
      readonly status?: number;
      readonly rateLimits?: RateLimits;
      /** What this try is likely to have cost all the same. */
      readonly charge?: ModelCharge;
    };

/** Takes what happens to model calls, for the journal. The call waits for it, so that nothing happens unrecorded. */
export interface ExchangeRecorder {
  record(event: ModelExchangeEvent): void | Promise<void>;
}

/** Takes also what became of answers that were to be JSON. */
export interface ModelRecorder extends ExchangeRecorder {
  recordReading(reading: AnswerReading): void | Promise<void>;
}

/** `delayMs`: how long it is waited before the next try; undefined when there is none. */
export function failedExchange(request: ModelRequest, error: unknown, delayMs?: number): ModelExchangeEvent {
  const { status, rateLimits } = error instanceof ModelError ? error : {};
  const charge = chargeOf(error);
  return {
    type: 'failed',
    request,
    message: errorMessage(error),
    ...(error instanceof TrellisError && { errorKind: error.kind }),
    willRetry: delayMs !== undefined,
    ...(delayMs !== undefined && { delayMs }),
    ...(status !== undefined && { status }),
    ...(rateLimits !== undefined && { rateLimits }),
    ...(charge !== undefined && { charge }),
  };
}

/** Records each call before it is made and after it ended; tries in between are the retry's to record. */
export function recordingMiddleware(recorder: ExchangeRecorder): ModelMiddleware {
  return {
    name: 'recording',
    handle: async (request, next) => {
      await recorder.record({ type: 'requested', request });
      let reply: ModelReply;
      try {
        reply = await next(request);
      } catch (error) {
        await recorder.record(failedExchange(request, error));
        throw error;
      }
      await recorder.record({ type: 'responded', request, reply });
      return reply;
    },
  };
}
