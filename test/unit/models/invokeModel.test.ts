import assert from 'node:assert/strict';
import { ModelError } from '../../../src/base/errors.ts';
import { LoopTurns } from '../../../src/base/loopTurns.ts';
import { publicPrices } from '../../../src/models/budget/publicPrices.ts';
import { invokeModel } from '../../../src/models/invokeModel.ts';
import type { StreamPart } from '../../../src/models/languageModel.ts';
import { LanguageModelRegistry } from '../../../src/models/languageModelRegistry.ts';
import { buildRequest, FakeModel, steppingClock } from './fakes.ts';

const usage = { inputTokens: 3, outputTokens: 4, cachedInputTokens: 1 };
const end: StreamPart = { type: 'end', finishReason: 'stop', usage };
const text = (content: string): StreamPart => ({ type: 'text', text: content });

function handlerOf(model: FakeModel) {
  const registry = new LanguageModelRegistry();
  registry.register('fake', () => model);
  const limits = { maxAnswerCharacters: 10 };
  return invokeModel({ registry, prices: publicPrices, limits, clock: steppingClock(), turns: new LoopTurns() });
}

describe('invokeModel', () => {
  it('puts the parts together and passes them on', async () => {
    const deltas: string[] = [];
    const request = buildRequest({ onText: delta => deltas.push(delta) });
    const reply = await handlerOf(new FakeModel([text('hel'), text('lo'), end]))(request);
    assert.deepEqual([reply.text, reply.usage, reply.costUsd], ['hello', usage, 0]);
    assert.deepEqual(deltas, ['hel', 'lo']);
  });

  it('generates where the model does not stream', async () => {
    const deltas: string[] = [];
    const request = buildRequest({ onText: delta => deltas.push(delta) });
    const reply = await handlerOf(new FakeModel([text('hel'), text('lo')], false))(request);
    assert.deepEqual([reply.text, reply.isUsageEstimated], ['hello', true]);
    assert.deepEqual(deltas, ['hello']);
  });

  for (const streaming of [true, false]) {
    it(`refuses an answer that is too long (${streaming ? 'streamed' : 'whole'})`, async () => {
      const handle = handlerOf(new FakeModel([text('hello '), text('world'), end], streaming));
      await assert.rejects(handle(buildRequest()), (error: unknown) => {
        assert.ok(error instanceof ModelError && !error.retryable);
        assert.match(error.message, /fake model "m" gave an answer of more than 10 characters/);
        return true;
      });
    });
  }

  it('gives the host its turn while a stream never waits', async () => {
    const model = new FakeModel([]);
    let hasHostRun = false;
    setImmediate(() => {
      hasHostRun = true;
    });
    model.stream = async function* () {
      for (let left = 2_000_000; left > 0 && !hasHostRun; left -= 1) yield text('');
      assert.ok(hasHostRun);
      yield end;
    };
    await handlerOf(model)(buildRequest());
  });

  it('takes a stream without an end for one to be made again', async () => {
    const handle = handlerOf(new FakeModel([text('hel')]));
    await assert.rejects(handle(buildRequest()), (error: unknown) => error instanceof ModelError && error.retryable);
  });
});
