import assert from 'node:assert/strict';
import { composeMiddleware, type ModelRequest } from '../../../../src/models/middleware.ts';
import { type AnswerStore, cacheMiddleware, type StoredAnswer } from '../../../../src/models/reuse/cacheMiddleware.ts';
import { buildReply, buildRequest } from '../fakes.ts';

function memoryStore(): AnswerStore & { readonly size: number } {
  const answers = new Map<string, StoredAnswer>();
  return {
    get: key => answers.get(key),
    put: (key, answer) => void answers.set(key, answer),
    get size() {
      return answers.size;
    },
  };
}

describe('the cache', () => {
  let store: ReturnType<typeof memoryStore>;
  let asked: ModelRequest[];
  let finishReason: 'stop' | 'length' | 'refusal';

  beforeEach(() => {
    store = memoryStore();
    asked = [];
    finishReason = 'stop';
  });

  const openRun = () =>
    composeMiddleware([cacheMiddleware({ store, serverOf: () => 'here', now: () => 5 })], async request => {
      asked.push(request);
      return buildReply({ text: `answer ${asked.length}`, finishReason });
    });

  it('leaves a provider alone whose answers are not worth keeping', async () => {
    const layer = cacheMiddleware({ store, serverOf: () => undefined, now: () => 5 });
    const handle = composeMiddleware([layer], async () => buildReply({ text: 'fresh' }));
    await handle(buildRequest());
    assert.deepEqual([(await handle(buildRequest())).isCached, store.size], [false, 0]);
  });

  it('answers a later run with what an earlier one was answered, at no cost, and says so', async () => {
    await openRun()(buildRequest());
    const deltas: string[] = [];
    const reply = await openRun()(buildRequest({ exchangeId: 'exchange_2', onText: delta => void deltas.push(delta) }));
    assert.equal(asked.length, 1);
    assert.deepEqual(reply, {
      text: 'answer 1',
      finishReason: 'stop',
      usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 },
      costUsd: 0,
      latencyMs: 0,
      isCached: true,
      provider: 'fake',
      model: 'm',
      exchangeId: 'exchange_2',
    });
    assert.deepEqual(deltas, ['answer 1']);
  });

  it('asks anew when one run asks the same thing again, and keeps the newer answer', async () => {
    const run = openRun();
    await run(buildRequest());
    assert.equal((await run(buildRequest())).text, 'answer 2');
    const resumed = openRun();
    assert.equal((await resumed(buildRequest())).text, 'answer 2');
    assert.equal((await resumed(buildRequest())).text, 'answer 3');
  });

  for (const reason of ['length', 'refusal'] as const) {
    it(`does not keep an answer that ended by ${reason}`, async () => {
      finishReason = reason;
      await openRun()(buildRequest());
      assert.equal(store.size, 0);
    });
  }

  it('keeps nothing of a call that failed', async () => {
    const failing = composeMiddleware([cacheMiddleware({ store, serverOf: () => '', now: () => 0 })], () =>
      Promise.reject(new Error('no')),
    );
    await assert.rejects(failing(buildRequest()));
    assert.equal(store.size, 0);
  });
});
