import assert from 'node:assert/strict';
import type { ModelCall } from '../../../../api/trellis.d.ts';
import { AbortError, ModelError } from '../../../../src/base/errors.ts';
import { computeRunMetrics } from '../../../../src/domain/runMetrics.ts';
import { composeMiddleware, type ModelRequest } from '../../../../src/models/middleware.ts';
import type { ModelReply } from '../../../../src/models/modelClient.ts';
import { pluginMiddleware } from '../../../../src/models/plugins/pluginMiddleware.ts';
import { buildReply, buildRequest } from '../fakes.ts';

const never = new Promise<never>(() => undefined);
const { signal } = new AbortController();
const options = { runId: 'run_1', signal };
const run = { runId: 'run_1', request: 'Say hello', workspace: '/project' };

/** Makes one call through the plugin; `hooks` are typed only as long as a plugin keeps to its types. */
async function callThrough(hooks: object, changes: Partial<ModelRequest> = {}, limitMs = 10_000) {
  const asked: ModelRequest[] = [];
  const layer = pluginMiddleware({ name: 'example', ...hooks }, { ...options, limitMs });
  const handle = composeMiddleware([layer], async request => {
    asked.push(request);
    return buildReply();
  });
  return { asked, reply: await handle(buildRequest(changes)) };
}

describe('pluginMiddleware', () => {
  it('shows the call and the reply', async () => {
    const seen: unknown[] = [];
    await callThrough({
      beforeModelCall: (call: ModelCall) => void seen.push(call),
      afterModelCall: (...given: unknown[]) => void seen.push(...given.slice(0, 2)),
    });
    const call = {
      runId: 'run_1',
      role: 'coder',
      provider: 'fake',
      model: 'm',
      temperature: 0.5,
      maxOutputTokens: 100,
      messages: [{ role: 'user', content: 'Write hello.' }],
    };
    const { text, finishReason, usage, costUsd, latencyMs, isCached } = buildReply();
    const reply = { text, finishReason, usage, costUsd, latencyMs, isCached };
    assert.deepEqual(seen, [call, reply, call]);
  });

  it('lets the call be changed by what is returned, and by nothing else', async () => {
    const messages = [{ role: 'user', content: 'Write goodbye.' }];
    const { asked } = await callThrough({
      beforeModelCall: (call: ModelCall) => {
        Object.assign(call.messages[0]!, { content: 'scribbled over' });
        return { messages, temperature: 0, maxOutputTokens: 7 };
      },
    });
    assert.deepEqual(asked[0]?.call.messages, messages);
    assert.deepEqual(asked[0].settings, { provider: 'fake', model: 'm', temperature: 0, maxOutputTokens: 7 });
    const untouched = await callThrough({
      beforeModelCall: (call: ModelCall) => void Object.assign(call.messages[0]!, { content: 'scribbled over' }),
    });
    assert.equal(untouched.asked[0]!.call.messages[0]?.content, 'Write hello.');
  });

  it('lets the call be answered without a model, for nothing', async () => {
    const streamed: string[] = [];
    const { asked, reply } = await callThrough(
      { beforeModelCall: () => ({ answer: 'by heart' }) },
      { onText: text => void streamed.push(text) },
    );
    assert.deepEqual(asked, []);
    assert.deepEqual(
      [reply.text, reply.costUsd, reply.isCached, reply.exchangeId],
      ['by heart', 0, true, 'exchange_1'],
    );
    assert.deepEqual(streamed, ['by heart']);
  });

  it('lets the answer be changed, and voids what was streamed of the first one', async () => {
    const streamed: string[] = [];
    const { reply } = await callThrough(
      { afterModelCall: async ({ text }: ModelReply) => ({ text: text.toUpperCase() }) },
      { onText: text => void streamed.push(text), onRestart: () => void streamed.push('(restart)') },
    );
    assert.equal(reply.text, 'HELLO');
    assert.deepEqual(streamed, ['(restart)', 'HELLO']);
  });

  it('cancels the run by an AbortError, of whichever kind', async () => {
    for (const error of [new DOMException('not on Fridays', 'AbortError'), new AbortError('not on Fridays')]) {
      await assert.rejects(callThrough({ beforeModelCall: () => Promise.reject(error) }), (thrown: unknown) => {
        assert.ok(thrown instanceof AbortError);
        assert.equal(thrown.message, 'The middleware "example" failed in its beforeModelCall: not on Fridays.');
        return true;
      });
    }
  });

  for (const [what, hooks, message] of [
    ['throws before', { beforeModelCall: () => assert.fail('boom') }, /failed in its beforeModelCall: boom/],
    ['throws after', { afterModelCall: () => assert.fail('boom') }, /failed in its afterModelCall: boom/],
    ['returns null', { beforeModelCall: () => null }, /returned the wrong thing from its beforeModelCall/],
    ['misspells', { beforeModelCall: () => ({ message: [] }) }, /returned the wrong thing from its beforeModelCall/],
    ['sends no message', { beforeModelCall: () => ({ messages: [] }) }, /the wrong thing from its beforeModelCall/],
    ['is too warm', { beforeModelCall: () => ({ temperature: 3 }) }, /the wrong thing from its beforeModelCall/],
    ['answers a number', { beforeModelCall: () => ({ answer: 5 }) }, /the wrong thing from its beforeModelCall/],
    ['replies a text', { afterModelCall: () => 'text' }, /returned the wrong thing from its afterModelCall/],
    ['hangs', { beforeModelCall: () => never }, /did not end its beforeModelCall within 0\.001 s/],
  ] as const) {
    it(`fails its own call with its name when it ${what}`, async () => {
      await assert.rejects(callThrough(hooks, {}, 1), (error: unknown) => {
        assert.ok(error instanceof ModelError, String(error));
        assert.match(error.message, message);
        assert.match(error.message, /^The middleware "example" /);
        assert.equal(error.retryable, false);
        return true;
      });
    });
  }

  it('does not hold up a run that is cancelled', async () => {
    const controller = new AbortController();
    const call = callThrough({ beforeModelCall: () => never }, { signal: controller.signal });
    controller.abort();
    await assert.rejects(call, AbortError);
  });

  it('passes on what the model threw', async () => {
    const error = new ModelError('down', { provider: 'fake', retryable: true });
    const layer = pluginMiddleware(
      { name: 'example', afterModelCall: () => assert.fail('there is no reply') },
      options,
    );
    await assert.rejects(
      layer.handle(buildRequest(), () => Promise.reject(error)),
      thrown => thrown === error,
    );
  });

  it('follows the run, its end also when it was cancelled', async () => {
    const controller = new AbortController();
    const seen: unknown[] = [];
    const keep = (event: unknown) => void seen.push(event);
    const layer = pluginMiddleware(
      { name: 'example', onRunStart: keep, onItemError: keep, onRunEnd: keep },
      { runId: 'run_1', signal: controller.signal },
    );
    const failed = { runId: 'run_1', itemId: 'item_1', filePath: 'a.ts', message: 'no' };
    const metrics = computeRunMetrics([]);
    const end = { outcome: 'cancelled', message: 'You cancelled the run.', metrics } as const;
    await layer.onRunStart?.(run);
    await layer.onItemError?.(failed);
    controller.abort();
    await layer.onRunEnd?.({ ...run, ...end });
    assert.deepEqual(seen, [run, failed, { ...run, ...end }]);
  });
});
