import assert from 'node:assert/strict';
import type { ModelProvider } from '../../../api/trellis.d.ts';
import { ConfigurationError } from '../../../src/base/errors.ts';
import { modelLimitsSchema, ollamaSettingsSchema, openaiSettingsSchema } from '../../../src/domain/schema/model.ts';
import { createModelClient, type ModelClientOptions } from '../../../src/models/createModelClient.ts';
import { createRegistry } from '../../../src/models/createRegistry.ts';
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

  it('has a call pass the journal, plugins, the cache, the retry and the provider, in this order', async () => {
    const order: string[] = [];
    let tries = 0;
    const provider: ModelProvider = {
      name: 'example',
      createModel: () => ({
        billing: 'free',
        generate: () => {
          order.push('provider');
          tries += 1;
          if (tries === 1) throw Object.assign(new Error('busy'), { retryable: true });
          return { text: 'hello', finishReason: 'stop' };
        },
      }),
    };
    const plugin: ModelMiddleware = {
      name: 'plugin',
      handle: async (request, next) => {
        order.push('plugin');
        return next(request);
      },
    };
    const options = { clock: steppingClock(), logger, limits: modelLimitsSchema.parse({}) };
    const providers = { openai: openaiSettingsSchema.parse({}), ollama: ollamaSettingsSchema.parse({}) };
    const settings = settingsOf('example');
    const client = build({
      roles: { planner: settings, executor: settings, judge: settings },
      registry: createRegistry({ ...options, providers, plugins: [provider] }),
      recorder: { ...keepingRecorder(), record: ({ type }) => void order.push(type) },
      middleware: [plugin],
      answers: {
        get: () => void order.push('cache'),
        put: () => void order.push('kept'),
      },
    });
    await client.call({ role: 'coder', messages: [] }, { signal: new AbortController().signal });
    const around = ['requested', 'plugin', 'cache', 'provider', 'failed', 'provider', 'kept', 'responded'];
    assert.deepEqual(order, around);
  });
});
