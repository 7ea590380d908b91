import assert from 'node:assert/strict';
import { AbortError, ModelError } from '../../../src/base/errors.ts';
import { composeMiddleware, type ModelMiddleware } from '../../../src/models/middleware.ts';
import { recordingMiddleware } from '../../../src/models/recordingMiddleware.ts';
import { buildReply, buildRequest, keepingRecorder } from './fakes.ts';

function loggingLayer(name: string, log: string[]): ModelMiddleware {
  return {
    name,
    handle: async (request, next) => {
      log.push(`${name} in`);
      const reply = await next(request);
      log.push(`${name} out`);
      return reply;
    },
  };
}

describe('composeMiddleware', () => {
  it('runs the first layer outermost', async () => {
    const log: string[] = [];
    const handle = composeMiddleware([loggingLayer('a', log), loggingLayer('b', log)], async () => {
      log.push('model');
      return buildReply();
    });
    await handle(buildRequest());
    assert.deepEqual(log, ['a in', 'b in', 'model', 'b out', 'a out']);
  });

  it('lets a layer change the request and the reply, or answer by itself', async () => {
    const change: ModelMiddleware = {
      name: 'change',
      handle: async (request, next) => {
        const reply = await next({ ...request, exchangeId: 'changed' });
        return { ...reply, text: reply.text.toUpperCase() };
      },
    };
    const seen: string[] = [];
    const handle = composeMiddleware([change], async request => {
      seen.push(request.exchangeId);
      return buildReply();
    });
    assert.equal((await handle(buildRequest())).text, 'HELLO');
    assert.deepEqual(seen, ['changed']);
    const answer: ModelMiddleware = { name: 'answer', handle: async () => buildReply({ isCached: true }) };
    const short = composeMiddleware([answer], () => assert.fail('the model is not asked'));
    assert.equal((await short(buildRequest())).isCached, true);
  });

  it('puts the name of a layer that fails on its error, once', async () => {
    const broken: ModelMiddleware = { name: 'broken', handle: () => Promise.reject(new TypeError('no such thing')) };
    const handle = composeMiddleware([loggingLayer('outer', []), broken], async () => buildReply());
    await assert.rejects(handle(buildRequest()), (error: unknown) => {
      assert.ok(error instanceof ModelError);
      assert.equal(error.message, 'The model middleware "broken" failed: no such thing.');
      assert.ok(error.cause instanceof TypeError);
      return true;
    });
  });

  it('puts the name of the provider on an error from inside', async () => {
    const handle = composeMiddleware([loggingLayer('outer', [])], () => Promise.reject(new RangeError('too deep')));
    await assert.rejects(handle(buildRequest()), {
      name: 'ModelError',
      message: 'The model provider "fake" failed: too deep.',
    });
  });

  it('leaves the errors of Trellis as they are', async () => {
    const error = new AbortError();
    const handle = composeMiddleware([loggingLayer('outer', [])], () => Promise.reject(error));
    await assert.rejects(handle(buildRequest()), thrown => thrown === error);
  });
});

describe('the recording middleware', () => {
  it('records before the call and after its reply', async () => {
    const { record, events } = keepingRecorder();
    const request = buildRequest();
    await recordingMiddleware({ record }).handle(request, async () => {
      assert.deepEqual(events, [{ type: 'requested', request }]);
      return buildReply();
    });
    assert.deepEqual(events.slice(1), [{ type: 'responded', request, reply: buildReply() }]);
  });

  it('records a failure and passes it on', async () => {
    const { record, events } = keepingRecorder();
    const request = buildRequest();
    const failing = recordingMiddleware({ record }).handle(request, () => Promise.reject(new Error('down')));
    await assert.rejects(failing, /down/);
    assert.deepEqual(events[1], { type: 'failed', request, message: 'down', willRetry: false });
  });

  it('makes no call that could not be recorded', async () => {
    const record = () => Promise.reject(new Error('The disk is full.'));
    const handle = () => recordingMiddleware({ record }).handle(buildRequest(), () => assert.fail('no call is made'));
    await assert.rejects(handle(), /The disk is full/);
  });
});
