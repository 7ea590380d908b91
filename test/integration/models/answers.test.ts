import assert from 'node:assert/strict';
import type { ModelCall } from '../../../src/models/modelClient.ts';
import type { Protocol } from '../../support/modelServer/modelScript.ts';
import { type Harness, type HarnessOptions, openHarness, outline, question } from './harness.ts';

const answerSchema = {
  name: 'verdict',
  schema: {
    type: 'object',
    properties: { ok: { type: 'boolean', description: 'yes?' } },
    required: ['ok'],
    minProperties: 1,
  },
};
/** What is left of it on the wire. */
const wireSchema = { type: 'object', properties: { ok: { type: 'boolean', description: 'yes?' } }, required: ['ok'] };
const signal = new AbortController().signal;

const variants: readonly { name: string; protocol: Protocol; options: HarnessOptions }[] = [
  { name: 'openai', protocol: 'openai', options: {} },
  { name: 'openai without streaming', protocol: 'openai', options: { openai: { streaming: false } } },
  { name: 'ollama', protocol: 'ollama', options: {} },
  { name: 'anthropic', protocol: 'anthropic', options: {} },
];

for (const { name, protocol, options } of variants) {
  describe(`the ${name} provider, when the server answers`, () => {
    let harness: Harness;

    afterEach(() => harness.close());

    it('delivers the text, as it comes and whole, with what it took', async () => {
      harness = await openHarness(
        protocol,
        { rules: [{ replies: ['export const hello = "a somewhat longer text";'] }] },
        options,
      );
      const deltas: string[] = [];
      const reply = await harness.ask({ onText: delta => deltas.push(delta) });
      assert.equal(reply.text, 'export const hello = "a somewhat longer text";');
      assert.equal(deltas.join(''), reply.text);
      assert.equal(deltas.length, name === 'openai without streaming' ? 1 : 2);
      assert.equal(reply.finishReason, 'stop');
      assert.ok(reply.usage.inputTokens > 0 && reply.usage.outputTokens > 0);
      assert.equal(reply.isUsageEstimated, undefined);
      assert.equal(reply.isCached, false);
      assert.equal(reply.costUsd, protocol === 'ollama' ? 0 : undefined);
      assert.deepEqual([reply.provider, reply.model, reply.exchangeId], [protocol, 'scripted', 'exchange_1']);
    });

    it('records the call before it is made and the reply after it', async () => {
      harness = await openHarness(protocol, { rules: [{ replies: ['yes'] }] }, options);
      const reply = await harness.ask();
      assert.deepEqual(outline(harness.events), ['requested', 'responded']);
      const [requested, responded] = harness.events;
      assert.ok(requested?.type === 'requested' && responded?.type === 'responded');
      assert.equal(requested.request.exchangeId, reply.exchangeId);
      assert.equal(requested.request.call, question);
      assert.equal(requested.request.settings.temperature, 0.25);
      assert.deepEqual(responded.reply, reply);
    });

    it('leaves out what a reasoning model thought before it answered', async () => {
      const replies = ['<think>\nIs it {4}?\n</think>\n\nfour', { text: '<think>and so', finishReason: 'length' }];
      harness = await openHarness(protocol, { rules: [{ replies }] }, options);
      assert.equal((await harness.ask()).text, 'four');
      assert.equal((await harness.ask()).text, '');
    });

    it('takes an answer with nothing in it', async () => {
      harness = await openHarness(protocol, { rules: [{ replies: [''] }] }, options);
      const reply = await harness.ask();
      assert.deepEqual([reply.text, reply.finishReason, reply.timeToFirstTokenMs], ['', 'stop', undefined]);
    });

    it('reads an answer of nearly 1 MB', async () => {
      const reply = { text: 'x'.repeat(100), repeat: 9000, frameCharacters: 100 };
      harness = await openHarness(protocol, { rules: [{ replies: [reply] }] }, options);
      assert.equal((await harness.ask()).text.length, 900_000);
    });

    it('serves twenty callers at once with one preparation', async () => {
      harness = await openHarness(protocol, { rules: [{ replies: ['yes'] }] }, options);
      const replies = await Promise.all(Array.from({ length: 20 }, () => harness.ask()));
      assert.equal(new Set(replies.map(reply => reply.exchangeId)).size, 20);
      assert.equal(harness.server.requests.length, 20);
    });
  });
}

describe('the openai provider', () => {
  let harness: Harness;

  afterEach(() => harness.close());

  it('sends model, messages, parameters and key', async () => {
    harness = await openHarness('openai', { rules: [{ replies: ['yes'] }] });
    await harness.client.call({ ...question, responseSchema: answerSchema }, { signal });
    const [request] = harness.server.requests;
    assert.ok(request !== undefined);
    assert.equal(request.headers['authorization'], 'Bearer key-4711-of-the-tests');
    assert.deepEqual(request.body, {
      model: 'scripted',
      messages: question.messages,
      temperature: 0.25,
      max_tokens: 512,
      response_format: { type: 'json_schema', json_schema: { name: 'verdict', schema: wireSchema } },
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('sends no key to a server that needs none', async () => {
    harness = await openHarness('openai', { rules: [{ replies: ['yes'] }] }, { openai: { apiKey: undefined } });
    await harness.ask();
    assert.equal(harness.server.requests[0]?.headers['authorization'], undefined);
  });

  it('asks OpenAI itself nothing without a key', async () => {
    const openai = { baseUrl: 'https://api.openai.com/v1', apiKey: undefined };
    harness = await openHarness('openai', { rules: [] }, { openai });
    await assert.rejects(
      harness.ask(),
      /No key is set for https:\/\/api\.openai\.com\/v1; set OPENAI_API_KEY, or choose/,
    );
  });

  it('learns once what the server does not take, and remembers it', async () => {
    const refusing = (field: string, message: string) => ({
      when: ({ body }: { body: Readonly<Record<string, unknown>> }) => field in body,
      replies: [{ status: 400, body: { error: { message } } }],
    });
    harness = await openHarness('openai', {
      rules: [
        refusing('response_format', "This server has no 'response_format' of type json_schema."),
        refusing('max_tokens', "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        refusing('temperature', "Unsupported value: 'temperature' does not support 0.25 with this model."),
        refusing('stream_options', 'unknown field `stream_options`'),
        { replies: ['{"ok": true}'] },
      ],
    });
    const call = { ...question, responseSchema: answerSchema };
    const reply = await harness.client.call(call, { signal });
    assert.equal(reply.text, '{"ok": true}');
    assert.equal(harness.server.requests.length, 5);
    assert.deepEqual(outline(harness.events), ['requested', 'responded']);
    await harness.client.call(call, { signal });
    assert.equal(harness.server.requests.length, 6);
    assert.deepEqual(Object.keys(harness.server.requests[5]?.body ?? {}).sort(), [
      'max_completion_tokens',
      'messages',
      'model',
      'stream',
    ]);
  });

  it('learns also when the same refusal meets many calls at once', async () => {
    const refusal = { status: 400, body: { error: { message: 'response_format is not supported' } } };
    harness = await openHarness('openai', {
      rules: [{ when: ({ body }) => 'response_format' in body, replies: [refusal] }, { replies: ['{}'] }],
    });
    const call = { ...question, responseSchema: answerSchema };
    const replies = await Promise.all([1, 2, 3, 4].map(() => harness.client.call(call, { signal })));
    assert.deepEqual(
      replies.map(reply => reply.text),
      ['{}', '{}', '{}', '{}'],
    );
  });

  it('reports a refusal of the call that no other dialect would mend', async () => {
    const body = { error: { message: 'prompt is too long' } };
    harness = await openHarness('openai', { rules: [{ replies: [{ status: 400, body }] }] });
    const call = { ...question, responseSchema: answerSchema };
    await assert.rejects(harness.client.call(call, { signal }), /refused the call \(400: prompt is too long\)/);
    assert.equal(harness.server.requests.length, 1);
  });

  it('reports the part of the prompt that came from the cache of the provider', async () => {
    const usage = { prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 80 } };
    harness = await openHarness('openai', { rules: [{ replies: [{ text: 'yes', usage }] }] });
    const reply = await harness.ask();
    assert.deepEqual(reply.usage, { inputTokens: 100, outputTokens: 5, cachedInputTokens: 80 });
  });
});

describe('the anthropic provider', () => {
  let harness: Harness;

  afterEach(() => harness.close());

  it('sends model, messages, parameters and key, and asks once for what is not continued', async () => {
    harness = await openHarness('anthropic', { rules: [{ replies: ['yes'] }] });
    await harness.client.call({ ...question, responseSchema: answerSchema }, { signal });
    const [request] = harness.server.requests;
    assert.ok(request !== undefined);
    assert.equal(request.headers['authorization'], 'Bearer key-4711-of-the-tests');
    assert.equal(request.headers['x-api-key'], 'key-4711-of-the-tests');
    assert.match(String(request.headers['anthropic-version']), /^\d{4}-\d{2}-\d{2}$/);
    assert.deepEqual(request.body, {
      model: 'scripted',
      system: 'You write code.',
      messages: [{ role: 'user', content: 'Write hello.' }],
      max_tokens: 512,
      temperature: 0.25,
      output_config: { format: { type: 'json_schema', schema: { ...wireSchema, additionalProperties: false } } },
      stream: true,
    });
  });

  it('marks the prompt of a session for the cache of the provider, since the next turn begins with it', async () => {
    harness = await openHarness('anthropic', { rules: [{ replies: ['yes'] }] });
    await harness.client.call({ ...question, sessionId: 'session_1' }, { signal });
    assert.deepEqual(harness.server.requests[0]?.body['messages'], [
      { role: 'user', content: [{ type: 'text', text: 'Write hello.', cache_control: { type: 'ephemeral' } }] },
    ]);
  });

  it('counts what the provider read from its cache and wrote to it as part of the input', async () => {
    const usage = {
      input_tokens: 10,
      cache_read_input_tokens: 80,
      cache_creation_input_tokens: 30,
      output_tokens: 5,
    };
    harness = await openHarness('anthropic', { rules: [{ replies: [{ text: 'yes', usage }] }] });
    const reply = await harness.ask();
    assert.deepEqual(reply.usage, { inputTokens: 120, outputTokens: 5, cachedInputTokens: 80, cacheWriteTokens: 30 });
  });

  it('sends no key to a server that needs none, whatever the environment says', async () => {
    const { ANTHROPIC_API_KEY: before } = process.env;
    process.env['ANTHROPIC_API_KEY'] = 'key-of-the-environment';
    try {
      harness = await openHarness('anthropic', { rules: [{ replies: ['yes'] }] }, { anthropic: { apiKey: undefined } });
      await harness.ask();
      const headers = harness.server.requests[0]?.headers;
      assert.deepEqual([headers?.['x-api-key'], headers?.['authorization']], [undefined, undefined]);
    } finally {
      if (before === undefined) delete process.env['ANTHROPIC_API_KEY'];
      else process.env['ANTHROPIC_API_KEY'] = before;
    }
  });

  it('takes the address of the API with and without its version', async () => {
    harness = await openHarness('anthropic', { rules: [{ replies: ['yes'] }] });
    const withVersion = await openHarness(
      'anthropic',
      { rules: [] },
      { anthropic: { baseUrl: `${harness.server.url}/v1/` } },
    );
    try {
      assert.equal((await withVersion.ask()).text, 'yes');
    } finally {
      await withVersion.close();
    }
  });

  it('asks Anthropic itself nothing without a key', async () => {
    const anthropic = { baseUrl: 'https://api.anthropic.com', apiKey: undefined };
    harness = await openHarness('anthropic', { rules: [] }, { anthropic });
    await assert.rejects(harness.ask(), /No key is set for https:\/\/api\.anthropic\.com; set ANTHROPIC_API_KEY, or/);
  });

  it('learns once what the model does not take, and remembers it', async () => {
    const refusing = (field: string, message: string) => ({
      when: ({ body }: { body: Readonly<Record<string, unknown>> }) => field in body,
      replies: [{ status: 400, body: { type: 'error', error: { type: 'invalid_request_error', message } } }],
    });
    harness = await openHarness('anthropic', {
      rules: [
        refusing('output_config', 'output_config: Extra inputs are not permitted'),
        refusing('temperature', '`temperature` may not be set for this model.'),
        { replies: ['{"ok": true}'] },
      ],
    });
    const call = { ...question, responseSchema: answerSchema };
    assert.equal((await harness.client.call(call, { signal })).text, '{"ok": true}');
    assert.equal(harness.server.requests.length, 3);
    await harness.client.call(call, { signal });
    assert.equal(harness.server.requests.length, 4);
    const fields = Object.keys(harness.server.requests[3]?.body ?? {}).sort();
    assert.deepEqual(fields, ['max_tokens', 'messages', 'model', 'stream', 'system']);
  });

  it('takes a full context for an answer that reached its limit', async () => {
    const replies = [{ text: 'half', finishReason: 'model_context_window_exceeded' }];
    harness = await openHarness('anthropic', { rules: [{ replies }] });
    assert.equal((await harness.ask()).finishReason, 'length');
  });
});

describe('the ollama provider', () => {
  let harness: Harness;

  afterEach(() => harness.close());

  it('sends model, messages, parameters and the context length', async () => {
    harness = await openHarness('ollama', { rules: [{ replies: ['yes'] }] }, { ollama: { contextLength: 8192 } });
    await harness.client.call({ ...question, responseSchema: answerSchema }, { signal });
    assert.deepEqual(harness.server.requests[0]?.body, {
      model: 'scripted',
      messages: question.messages,
      stream: true,
      format: wireSchema,
      options: { temperature: 0.25, num_predict: 512, num_ctx: 8192 },
      truncate: false,
      shift: false,
    });
  });

  it('asks for no more context than the model has', async () => {
    harness = await openHarness('ollama', { contextLength: 2048, rules: [{ replies: ['yes'] }] });
    await harness.ask();
    assert.deepEqual((harness.server.requests[0]?.body['options'] as { num_ctx: number }).num_ctx, 2048);
  });

  it('says how to get a model that the server does not have', async () => {
    harness = await openHarness('ollama', { models: ['other'], rules: [] });
    await assert.rejects(
      harness.ask(),
      /The ollama server at http:.* has no model "scripted" \(404: model 'scripted' not found\); get it with `ollama pull scripted`; or choose one that it has: other\.$/,
    );
    assert.equal(harness.server.requests.length, 0);
  });

  it('says that the server has no model at all', async () => {
    harness = await openHarness('ollama', { models: [], rules: [] });
    await assert.rejects(harness.ask(), /get it with `ollama pull scripted`; it has none yet\.$/);
  });

  it('finds a model that came after the first call', async () => {
    harness = await openHarness('ollama', { models: ['other'], rules: [] });
    await assert.rejects(harness.ask());
    harness.server.play({ models: ['scripted'], rules: [{ replies: ['yes'] }] });
    assert.equal((await harness.ask()).text, 'yes');
  });

  const longPrompt = (characters: number): ModelCall => ({
    ...question,
    messages: [{ role: 'user', content: 'word '.repeat(characters / 5) }],
  });

  it('refuses a prompt that cannot fit, naming the setting, without asking', async () => {
    harness = await openHarness('ollama', { rules: [{ replies: ['yes'] }] }, { ollama: { contextLength: 1024 } });
    await assert.rejects(
      harness.client.call(longPrompt(5000), { signal }),
      /prompt of about 1255 tokens does not fit into the context of 1024 tokens .* raise `ollama\.contextLength`/,
    );
    assert.equal(harness.server.requests.length, 0);
  });

  it('says that a model with more context is needed when the setting is not what limits', async () => {
    harness = await openHarness('ollama', { contextLength: 1024, rules: [{ replies: ['yes'] }] });
    await assert.rejects(harness.client.call(longPrompt(5000), { signal }), /choose a model with a longer context/);
  });

  // Shorter than the context by our estimate, longer by the server's count.
  for (const cutsLongPrompts of [false, true]) {
    it(`reports a prompt that ${cutsLongPrompts ? 'an old server cut silently' : 'the server refused as too long'}`, async () => {
      const script = { cutsLongPrompts, rules: [{ replies: ['yes'] }] };
      harness = await openHarness('ollama', script, { ollama: { contextLength: 1024 } });
      await assert.rejects(
        harness.client.call(longPrompt(4000), { signal }),
        cutsLongPrompts
          ? /of 1024 tokens .*; the server read 514 of them; raise `ollama\.contextLength`/
          : /does not fit into the context of 1024 tokens .*; raise `ollama\.contextLength`/,
      );
      assert.equal(harness.server.requests.length, 1);
    });
  }

  it('reports a prompt that was cut to a context that is smaller than the one asked for', async () => {
    const script = { loadedContext: 4096, rules: [{ replies: ['yes'] }] };
    harness = await openHarness('ollama', script, { ollama: { contextLength: 32_768 } });
    await assert.rejects(
      harness.client.call(longPrompt(30_000), { signal }),
      /prompt of about 7505 tokens .* context of 4096 tokens .*; the server read 2050 of them; .*`ollama ps`/,
    );
    const reply = await harness.client.call(longPrompt(5000), { signal });
    assert.equal(reply.text, 'yes');
  });
});
