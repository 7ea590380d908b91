import assert from 'node:assert/strict';
import type { CallOptions, GenerateRequest, ProvidedModel, StreamPart } from '../../../../api/trellis.d.ts';
import { AbortError, ModelError } from '../../../../src/base/errors.ts';
import type { LogFields, Logger } from '../../../../src/base/logger.ts';
import { modelLimitsSchema } from '../../../../src/domain/schema/model.ts';
import { collectStream } from '../../../../src/models/languageModel.ts';
import { PluginModel } from '../../../../src/models/plugins/pluginModel.ts';
import { logger } from '../fakes.ts';

const never = new Promise<never>(() => undefined);
const request = { messages: [{ role: 'user', content: 'Hello.' }], temperature: 0, maxOutputTokens: 10 } as const;
const { signal } = new AbortController();
const answer = { text: 'hello', finishReason: 'stop' } as const;

/** What plugins bring is typed only as long as they keep to their types. */
function modelOf(provided: unknown, limits = {}, log: Logger = logger): PluginModel {
  const provider = { name: 'example', createModel: () => provided as ProvidedModel };
  return new PluginModel({ provider, model: 'm', limits: modelLimitsSchema.parse(limits), logger: log });
}

const streaming = (parts: () => AsyncIterable<unknown>) => ({ generate: () => answer, stream: parts });

async function* partsOf(...parts: unknown[]): AsyncGenerator {
  for (const part of parts) yield part;
}

async function assertFails(call: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof ModelError, String(error));
    assert.match(error.message, message);
    assert.match(error.message, /The model provider "example"/);
    assert.equal(error.provider, 'example');
    return true;
  });
}

describe('PluginModel', () => {
  it('answers at once or in pieces, by what the plugin has', async () => {
    const whole = modelOf({ generate: () => answer });
    assert.deepEqual(await whole.generate(request, { signal }), { ...answer, usage: undefined });
    assert.deepEqual(whole.capabilities, { streaming: false, structuredOutput: false, contextLength: undefined });
    assert.equal(whole.billing, 'unknown');
    const usage = { inputTokens: 3, outputTokens: 2, cachedInputTokens: 0 };
    const end = { type: 'end', finishReason: 'stop', usage } as const;
    const pieces = modelOf({
      ...streaming(() => partsOf({ type: 'text', text: 'hel' }, { type: 'text', text: 'lo' }, end)),
      billing: 'free',
      capabilities: { structuredOutput: true, contextLength: 4096 },
    });
    assert.deepEqual(await collectStream(pieces.stream(request, { signal })), { ...answer, usage });
    assert.deepEqual(pieces.capabilities, { streaming: true, structuredOutput: true, contextLength: 4096 });
    assert.equal(pieces.billing, 'free');
  });

  it('calls the functions on the object that they belong to', async () => {
    class Provided implements ProvidedModel {
      readonly #text = 'mine';
      generate() {
        return { text: this.#text, finishReason: 'stop' } as const;
      }
    }
    assert.equal((await modelOf(new Provided()).generate(request, { signal })).text, 'mine');
  });

  it('hands over a copy of the request', async () => {
    const model = modelOf({
      generate: (given: GenerateRequest) => {
        Object.assign(given.messages[0]!, { content: 'changed' });
        return answer;
      },
    });
    await model.generate(request, { signal });
    assert.equal(request.messages[0].content, 'Hello.');
  });

  for (const [what, provided, message] of [
    ['nothing', undefined, /createModel/],
    ['no generate', {}, /createModel \(generate: must be a function\)/],
    ['a wrong billing', { generate: () => answer, billing: 'listed' }, /createModel \(billing/],
  ] as const) {
    it(`is not made of ${what}`, async () => {
      await assertFails(
        (async () => modelOf(provided))(),
        new RegExp(`returned the wrong thing from its ${message.source}`),
      );
    });
  }

  for (const [what, generate, message] of [
    ['throws', () => assert.fail('boom'), /failed in its generate: boom/],
    ['rejects', () => Promise.reject(new Error('boom')), /failed in its generate: boom/],
    ['answers nothing', () => undefined, /returned the wrong thing from its generate/],
    ['answers a text', () => 'hello', /returned the wrong thing from its generate/],
    ['answers a number as its text', () => ({ ...answer, text: 1 }), /generate \(text: /],
    ['ends for a reason that is none', () => ({ ...answer, finishReason: 'bored' }), /generate \(finishReason: /],
    ['counts wrongly', () => ({ ...answer, usage: { inputTokens: -1 } }), /generate \(usage\.inputTokens: /],
  ] as const) {
    it(`fails its own call when it ${what}`, () =>
      assertFails(modelOf({ generate }).generate(request, { signal }), message));
  }

  it('fails its own call when it hangs, at the time allowed to every server', async () => {
    const hanging = modelOf({ generate: () => never, initialize: () => never }, { firstByteTimeoutMs: 1 });
    await assertFails(hanging.generate(request, { signal }), /did not end its generate within 0\.001 s/);
    await assertFails(hanging.initialize(), /did not end its initialize within 0\.001 s/);
  });

  it('can be cancelled though the plugin ignores the signal', async () => {
    const controller = new AbortController();
    const calls = [
      modelOf({ generate: () => never }).generate(request, { signal: controller.signal }),
      collectStream(
        modelOf(streaming(() => ({ [Symbol.asyncIterator]: () => ({ next: () => never }) }))).stream(request, {
          signal: controller.signal,
        }),
      ),
    ];
    controller.abort(new AbortError());
    for (const call of calls) await assert.rejects(call, AbortError);
  });

  for (const [what, stream, message] of [
    ['is no stream', () => 'text', /failed in its stream/],
    [
      'is an iterator without next',
      () => ({ [Symbol.asyncIterator]: () => ({}) }),
      /stream \(next: must be a function/,
    ],
    ['holds something else', () => partsOf({ type: 'image' }), /returned the wrong thing from its stream/],
    [
      'holds a text that is none',
      () => partsOf({ type: 'text', text: null }),
      /returned the wrong thing from its stream/,
    ],
  ] as const) {
    it(`fails its own call when its stream ${what}`, () => {
      const model = modelOf({ generate: () => answer, stream });
      return assertFails(collectStream(model.stream(request, { signal })), message);
    });
  }

  it('ends a stream that says nothing any more, and one that never ends', async () => {
    async function* stalling(): AsyncGenerator<StreamPart> {
      yield { type: 'text', text: 'a' };
      await never;
    }
    const stalled = modelOf(streaming(stalling), { idleTimeoutMs: 1 });
    await assertFails(collectStream(stalled.stream(request, { signal })), /did not end its stream within/);
    for (const text of ['', 'more']) {
      let isClosed = false;
      async function* endless(): AsyncGenerator<StreamPart> {
        try {
          for (;;) yield { type: 'text', text };
        } finally {
          isClosed = true;
        }
      }
      const model = modelOf(streaming(endless), { maxAnswerCharacters: 100 });
      await assertFails(collectStream(model.stream(request, { signal })), /more than 100 characters/);
      assert.equal(isClosed, true);
    }
  });

  it('lets an error say whether to try again', async () => {
    const error = Object.assign(new Error('busy'), { retryable: true, retryAfterMs: 20, status: 503 });
    const call = modelOf({ generate: () => Promise.reject(error) }).generate(request, { signal });
    await assert.rejects(call, { name: 'ModelError', retryable: true, retryAfterMs: 20, status: 503 });
    const rubbish = Object.assign(new Error('busy'), { retryable: 'yes', retryAfterMs: Number.NaN });
    const other = modelOf({ generate: () => Promise.reject(rubbish) }).generate(request, { signal });
    await assert.rejects(other, { name: 'ModelError', retryable: false, retryAfterMs: undefined });
  });

  it('is told when it is closed while it is still being opened', async () => {
    const told: string[] = [];
    const model = modelOf({
      generate: () => answer,
      initialize: ({ signal: given }: CallOptions) =>
        new Promise<void>(resolve =>
          given.addEventListener('abort', () => {
            told.push('give up');
            resolve();
          }),
        ),
      dispose: () => void told.push('close'),
    });
    const opening = assert.rejects(model.initialize(), AbortError);
    await model.dispose();
    await opening;
    assert.deepEqual(told, ['give up', 'close']);
  });

  it('is closed once if it was opened, and a failure of that hurts nobody', async () => {
    const closed: string[] = [];
    const unused = modelOf({ generate: () => answer, dispose: () => closed.push('unused') });
    await unused.dispose();
    const log: LogFields[] = [];
    const keeping: Logger = { log: (_level, _message, fields = {}) => void log.push(fields), child: () => keeping };
    const dispose = () => {
      closed.push('used');
      throw new Error('cannot close');
    };
    const used = modelOf({ generate: () => answer, dispose }, {}, keeping);
    await used.initialize();
    await used.dispose();
    assert.deepEqual(closed, ['used']);
    assert.match(String(log[0]?.['reason']), /provider "example" failed in its dispose: cannot close/);
  });
});
