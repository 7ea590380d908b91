import { remembered } from '../base/remembered.ts';
import { type ItemId, itemIdSchema } from '../domain/schema/ids.ts';
import type { ModelMessage } from '../domain/schema/model.ts';
import type { TextFlag } from '../domain/schema/safety.ts';
import type { ModelRequest } from '../models/middleware.ts';
import type { ModelExchangeEvent, ModelRecorder } from '../models/recordingMiddleware.ts';
import type { JournaledRun } from './journaledRun.ts';

/** Writes to the journal what was found in the texts of a call. */
export function recordTextFlags(
  run: JournaledRun,
  { exchangeId, call }: ModelRequest,
  flags: readonly TextFlag[],
): void {
  const itemId = call.itemId === undefined ? {} : { itemId: itemIdSchema.parse(call.itemId) };
  run.append({ type: 'text.flagged', exchangeId, role: call.role, ...itemId, flags: [...flags] }, exchangeId);
}

/** Keeps the model calls of a run in its journal. */
export function modelRecorder(run: JournaledRun): ModelRecorder {
  // A conversation's messages are sent again with each of its turns.
  const keep = remembered(new WeakMap<ModelMessage, string>(), ({ content }) => run.contents.put(content));
  return {
    record: event => recordExchange(run, event, keep),
    recordReading: ({ exchangeId, role, repairs, problems }) =>
      void run.append(
        { type: 'model.read', exchangeId, role, repairs: [...repairs], problems: [...problems] },
        exchangeId,
      ),
  };
}

/**
 * Writes a model call to the journal, its texts to the content store. What was paid for is at once on its way to the disk,
 * and arrives there before anything outside of the journal is changed: whoever does that waits for `sync`.
 */
function recordExchange(run: JournaledRun, event: ModelExchangeEvent, keep: (message: ModelMessage) => string): void {
  const { exchangeId, call, settings } = event.request;
  const itemId = call.itemId === undefined ? {} : { itemId: itemIdSchema.parse(call.itemId) };
  switch (event.type) {
    case 'requested':
      run.append(
        {
          type: 'model.requested',
          exchangeId,
          role: call.role,
          ...itemId,
          ...(call.sessionId === undefined ? {} : { sessionId: call.sessionId }),
          ...settings,
          messages: call.messages.map(message => ({ role: message.role, hash: keep(message) })),
        },
        exchangeId,
      );
      return;
    case 'failed':
      run.append(
        {
          type: 'model.failed',
          exchangeId,
          message: event.message,
          ...(event.errorKind === undefined ? {} : { errorKind: event.errorKind }),
          willRetry: event.willRetry,
          ...(event.status === undefined ? {} : { status: event.status }),
          ...(event.delayMs === undefined ? {} : { delayMs: event.delayMs }),
          ...(event.rateLimits === undefined ? {} : { rateLimits: event.rateLimits }),
          ...chargeOf(event, itemId),
        },
        exchangeId,
      );
      return;
    case 'responded': {
      const { text, finishReason, usage, costUsd, latencyMs, timeToFirstTokenMs, isCached, rateLimits } = event.reply;
      const cost = costUsd === undefined ? {} : { costUsd };
      const textHash = run.contents.put(text);
      run.append(
        {
          type: 'model.responded',
          exchangeId,
          role: call.role,
          ...itemId,
          textHash,
          finishReason,
          usage,
          ...cost,
          latencyMs,
          ...(timeToFirstTokenMs === undefined ? {} : { timeToFirstTokenMs }),
          isCached,
          ...(rateLimits === undefined ? {} : { rateLimits }),
        },
        exchangeId,
      );
      run.syncSoon();
      return;
    }
  }
}

/** What a try that failed is likely to have cost, and on whose account. */
function chargeOf({ charge, request }: Extract<ModelExchangeEvent, { type: 'failed' }>, itemId: { itemId?: ItemId }) {
  if (charge === undefined) return {};
  const { costUsd, ...usage } = charge;
  return { charge: { role: request.call.role, ...itemId, usage, ...(costUsd !== undefined && { costUsd }) } };
}
