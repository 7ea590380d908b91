import type { RunEventOf } from '../../domain/schema/events.ts';
import { finishReasonSchema } from '../../domain/schema/model.ts';
import type { ModelMiddleware } from '../../models/middleware.ts';
import { errorOfKind } from '../errorOfKind.ts';
import type { Conductor } from './conductor.ts';
import { itemLane, runLane } from './lanes.ts';
import type { Recording } from './recording.ts';

/** Answers every call as the run's was answered, or lets it fail as it failed; no call is made. */
export function replayedAnswers(recording: Recording, conductor: Conductor): ModelMiddleware {
  const replies = new Map(recording.ofType('model.responded').map(event => [event.exchangeId, event]));
  const failures = new Map(
    recording.ofType('model.failed').flatMap(event => (event.willRetry ? [] : [[event.exchangeId, event]])),
  );
  return {
    name: 'replay',
    handle: async ({ exchangeId, call, settings, signal, onText }) => {
      const lane = call.itemId === undefined ? runLane : itemLane(call.itemId);
      const reply = replies.get(exchangeId);
      const failure = failures.get(exchangeId);
      if (reply === undefined && (failure === undefined || failure.errorKind === 'abort')) {
        return conductor.lost(lane, `asks the ${call.role}, who did not answer`, signal);
      }
      await conductor.turn(lane, (reply ?? failure)?.seq ?? Infinity, signal);
      const text = reply && recording.readText(reply.textHash);
      if (reply === undefined || text === undefined) {
        const message = failure?.message ?? `The journal has lost the answer to the call ${exchangeId}.`;
        const details = { provider: settings.provider, ...(failure && factsOf(failure)) };
        throw errorOfKind({ kind: failure?.errorKind ?? 'model', message, details });
      }
      if (text !== '') onText?.(text);
      const { usage, latencyMs, isCached, costUsd, timeToFirstTokenMs, rateLimits } = reply;
      const { provider, model } = settings;
      const finishReason = finishReasonSchema.parse(reply.finishReason);
      return {
        text,
        finishReason,
        usage,
        costUsd,
        latencyMs,
        ...(timeToFirstTokenMs !== undefined && { timeToFirstTokenMs }),
        isCached,
        ...(rateLimits !== undefined && { rateLimits }),
        provider,
        model,
        exchangeId,
      };
    },
  };
}

/** What the journal knows of a failure beside its kind and its message. */
function factsOf({ status, rateLimits, charge }: RunEventOf<'model.failed'>) {
  return {
    ...(status !== undefined && { status }),
    ...(rateLimits !== undefined && { rateLimits }),
    ...(charge !== undefined && {
      charge: { ...charge.usage, ...(charge.costUsd !== undefined && { costUsd: charge.costUsd }) },
    }),
  };
}
