import type { IdSource } from '../base/clock.ts';
import { type ConfiguredRole, configuredRoleOf, type ModelSettings } from '../domain/schema/model.ts';
import { composeMiddleware, type ModelMiddleware } from './middleware.ts';
import type { ModelClient } from './modelClient.ts';
import { type ModelRecorder, recordingMiddleware } from './recordingMiddleware.ts';

export interface AnsweredClientOptions {
  readonly roles: Readonly<Record<ConfiguredRole, ModelSettings>>;
  readonly recorder: ModelRecorder;
  readonly ids: IdSource;
  /** Stands in for the check of texts, before anything is recorded. */
  readonly messages: ModelMiddleware;
  /** Answers every call itself, in place of all that is on the way to a model. */
  readonly answers: ModelMiddleware;
}

/** A client without a model behind it: calls are recorded as ever, and answered by a layer. */
export function createAnsweredClient({ roles, recorder, ids, messages, answers }: AnsweredClientOptions): ModelClient {
  const handle = composeMiddleware([messages, recordingMiddleware(recorder), answers], () =>
    Promise.reject(new Error('a call was let through')),
  );
  return {
    call: async (call, options) => {
      const settings = roles[configuredRoleOf(call.role)];
      return handle({ ...options, exchangeId: ids('exchange', call.itemId ?? call.role), call, settings });
    },
    recordReading: async reading => recorder.recordReading(reading),
  };
}
