import assert from 'node:assert/strict';
import { ConfigurationError } from '../../../src/base/errors.ts';
import { ollamaSettingsSchema, openaiSettingsSchema } from '../../../src/domain/schema/model.ts';
import { createModelClient, type ModelClientOptions } from '../../../src/models/createModelClient.ts';
import type { ModelMiddleware } from '../../../src/models/middleware.ts';
import { buildReply, keepingRecorder, logger, steppingClock } from './fakes.ts';

const settingsOf = (provider: string, model = 'm') => ({ provider, model, temperature: 0, maxOutputTokens: 10 });

function build(changes: Partial<ModelClientOptions>) {
  return createModelClient({
    roles: {
      planner: settingsOf('ollama', 'p'),
      executor: settingsOf('ollama', 'e'),
      judge: settingsOf('openai', 'j'),
    },
    providers: { openai: openaiSettingsSchema.parse({}), ollama: ollamaSettingsSchema.parse({}) },
    recorder: keepingRecorder(),
    clock: steppingClock(),
    ids: prefix => `${prefix}_7`,
    logger,
    ...changes,
  });
}

describe('createModelClient', () => {
  it('names every role whose provider does not exist', () => {
    const roles = { planner: settingsOf('gpt'), executor: settingsOf('ollama'), judge: settingsOf('claude') };
    assert.throws(
      () => build({ roles }),
      (error: unknown) =>
        error instanceof ConfigurationError &&
        error.message ===
          'Unknown model provider: the provider of the planner is "gpt", the provider of the judge is "claude"; choose one of anthropic, ollama, openai, scripted.',
    );
  });

  it('serves analyzer, coder and sdet by the settings of the executor', async () => {
    const served: string[] = [];
    const answering: ModelMiddleware = {
      name: 'answering',
      handle: async request => {
        served.push(`${request.call.role}: ${request.settings.model} ${request.exchangeId}`);
        return buildReply();
      },
    };
    const client = build({ middleware: [answering] });
    for (const role of ['planner', 'analyzer', 'coder', 'sdet', 'judge'] as const) {
      await client.call({ role, messages: [] }, { signal: new AbortController().signal });
    }
    assert.deepEqual(served, [
      'planner: p exchange_7',
      'analyzer: e exchange_7',
      'coder: e exchange_7',
      'sdet: e exchange_7',
      'judge: j exchange_7',
    ]);
  });
});
