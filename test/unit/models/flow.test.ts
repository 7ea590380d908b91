import assert from 'node:assert/strict';
import { AbortError, ExecutionError, ModelError } from '../../../src/base/errors.ts';
import { type FlowOptions, flow } from '../../../src/models/flow.ts';
import { scriptedModelClient } from '../../support/scriptedModelClient.ts';
import { VirtualClock } from '../../support/virtualClock.ts';

const never = new Promise<never>(() => undefined);
const birds = flow<{ topic: string }>()
  .prompt('names', ({ topic }) => `Name two ${topic}.`, { system: 'One a line.' })
  .transform('list', ({ names }) => names.split('\n'));

describe('Flow', () => {
  it('hands each step what came before it, and counts', async () => {
    const usage = { inputTokens: 7, outputTokens: 2, cachedInputTokens: 3 };
    const { client, calls } = scriptedModelClient({ text: 'wren\ndunnock', usage, costUsd: 0.5 });
    const result = await birds.run({ topic: 'birds' }, { model: client });
    assert.equal(result.outcome, 'succeeded');
    assert.deepEqual(result.state, { topic: 'birds', names: 'wren\ndunnock', list: ['wren', 'dunnock'] });
    assert.deepEqual(calls[0]?.messages, [
      { role: 'system', content: 'One a line.' },
      { role: 'user', content: 'Name two birds.' },
    ]);
    const { calls: count, usage: counted, costUsd, steps } = result.metrics;
    assert.deepEqual([count, counted, costUsd, steps.map(({ name }) => name)], [1, usage, 0.5, ['names', 'list']]);
  });

  it('may be run twice, and added to without a change of the first', async () => {
    const longer = birds.transform('count', ({ list }) => list.length);
    const result = await longer.run({ topic: 'birds' }, { model: scriptedModelClient('wren').client });
    assert.deepEqual(result.state, { topic: 'birds', names: 'wren', list: ['wren'], count: 1 });
    const again = await birds.run({ topic: 'birds' }, { model: scriptedModelClient('rook').client });
    assert.deepEqual(again.state, { topic: 'birds', names: 'rook', list: ['rook'] });
  });

  it('ends as timedOut with the state so far, while a step hangs', async () => {
    const clock = new VirtualClock();
    const hanging = birds.transform('late', ({ list }) => (list.length > 0 ? never : 0));
    const running = hanging.run(
      { topic: 'birds' },
      { model: scriptedModelClient('wren').client, timeoutMs: 2000, clock },
    );
    const result = await clock.run(running);
    assert.equal(result.outcome, 'timedOut');
    assert.deepEqual(result.state, { topic: 'birds', names: 'wren', list: ['wren'] });
    assert.equal(result.message, 'The flow did not end within 2 s.');
    assert.ok(result.error instanceof ExecutionError);
    assert.deepEqual(
      [result.metrics.calls, result.metrics.steps.map(({ name }) => name)],
      [1, ['names', 'list', 'late']],
    );
  });

  it('ends as cancelled with its metrics, in a call and before one', async () => {
    const controller = new AbortController();
    const charge = { inputTokens: 5, outputTokens: 1, cachedInputTokens: 0 };
    const model: FlowOptions['model'] = {
      call: async () => {
        controller.abort(new AbortError('Enough.'));
        throw new ModelError('broke off', { provider: 'p', retryable: false, charge });
      },
    };
    const result = await birds.run({ topic: 'birds' }, { model, signal: controller.signal });
    assert.deepEqual([result.outcome, result.state], ['cancelled', { topic: 'birds' }]);
    assert.deepEqual([result.metrics.calls, result.metrics.usage, result.metrics.costUsd], [1, charge, undefined]);
    const early = await birds.run({ topic: 'birds' }, { model, signal: controller.signal });
    assert.deepEqual([early.outcome, early.metrics.calls], ['cancelled', 0]);
    assert.equal('message' in early && early.message, 'Enough.');
  });

  it('counts a call that is broken off, which says what it cost a moment later, and waits for none that says nothing', async () => {
    const charge = { inputTokens: 5, outputTokens: 1, cachedInputTokens: 0 };
    const breaksOff: FlowOptions['model'] = {
      call: async (_call, { signal }) => {
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()));
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
        throw new AbortError('Broken off.', { charge });
      },
    };
    const clock = new VirtualClock();
    const late = await clock.run(birds.run({ topic: 'birds' }, { model: breaksOff, timeoutMs: 2000, clock }));
    assert.deepEqual([late.outcome, late.metrics.usage], ['timedOut', charge]);
    const deaf = { call: () => never };
    const left = await clock.run(birds.run({ topic: 'birds' }, { model: deaf, timeoutMs: 2000, clock }));
    assert.deepEqual([left.outcome, left.metrics.calls, left.metrics.usage.inputTokens], ['timedOut', 1, 0]);
  });

  it('ends as failed with the name of the step, or the words of the model', async () => {
    const broken = birds.transform('oops', () => JSON.parse('{') as unknown);
    const result = await broken.run({ topic: 'birds' }, { model: scriptedModelClient('wren').client });
    assert.equal(result.outcome, 'failed');
    assert.match(result.message, /^The step "oops" failed: /);
    const error = new ModelError('The server is down; start it.', { provider: 'p', retryable: false });
    const down = await birds.run({ topic: 'birds' }, { model: scriptedModelClient(error).client });
    assert.deepEqual([down.outcome, 'message' in down && down.message], ['failed', 'The server is down; start it.']);
  });

  it('refuses two steps of one name', () => {
    assert.throws(() => birds.transform('list', () => 1), /has a step "list" already/);
  });
});
