import assert from 'node:assert/strict';
import { reduceAll } from '../../../src/domain/reduceRun.ts';
import type { RunEventPayload } from '../../../src/domain/schema/events.ts';
import { runIdSchema } from '../../../src/domain/schema/ids.ts';
import { asItemId, buildEvents, buildItem, buildPlan } from '../../support/builders.ts';
import { resumedPayload } from '../../support/journalEvents.ts';

const itemId = asItemId('a');
const order = { id: 'order_1', itemId, iteration: 0, priority: 'normal', enqueuedAt: 0, retryCount: 0 } as const;
const until = (...payloads: RunEventPayload[]) =>
  reduceAll(
    'run_test',
    buildEvents([
      { type: 'plan.proposed', plan: buildPlan([buildItem('a'), buildItem('b', { dependencies: ['a'] })]) },
      { type: 'plan.approved', by: 'human' },
      { type: 'worker.registered', workerId: 'w1', capabilities: ['coder'] },
      { type: 'order.enqueued', order },
      { type: 'order.claimed', orderId: 'order_1', workerId: 'w1', sessionId: 's1', leaseExpiresAt: 99_000 },
      ...payloads,
    ]),
  );

describe('the run reducer', () => {
  it('shows a claimed order as a running item on a busy worker', () => {
    const state = until();
    assert.equal(state.phase, 'executing');
    const item = state.items['a'];
    assert.deepEqual([item?.status, item?.attempts, item?.workerId], ['running', 1, 'w1']);
    assert.equal(state.workers['w1']?.status, 'busy');
    assert.equal(state.items['b']?.status, 'planned');
    assert.equal(state.lastSeq, 5);
  });

  it('frees the worker while an item waits for a human, and leaves the waiting out of its duration', () => {
    const waiting = until(
      {
        type: 'question.asked',
        asker: { kind: 'worker', workerId: 'w1', itemId },
        question: { id: 'q1', text: 'Tabs or spaces?', options: ['tabs', 'spaces'] },
      },
      { type: 'order.waiting', orderId: 'order_1', questionId: 'q1' },
    );
    assert.equal(waiting.workers['w1']?.status, 'idle');
    assert.equal(waiting.items['a']?.status, 'waiting');
    const done = until(
      { type: 'order.waiting', orderId: 'order_1', questionId: 'q1' },
      { type: 'question.answered', questionId: 'q1', text: 'tabs', by: 'human' },
      { type: 'order.resumed', orderId: 'order_1', workerId: 'w1', leaseExpiresAt: 99_000 },
      { type: 'order.completed', orderId: 'order_1', summary: 'done' },
    );
    const item = done.items['a'];
    assert.deepEqual([item?.status, item?.durationMs], ['done', 2000]);
  });

  it('counts what a broken answer is likely to cost, on all its accounts, but not as a call that was answered', () => {
    const usage = { inputTokens: 100, outputTokens: 7, cachedInputTokens: 0 };
    const failed = { type: 'model.failed', exchangeId: 'e1', message: 'broke off', willRetry: true } as const;
    const state = until(failed, { ...failed, charge: { role: 'coder', itemId, usage, costUsd: 0.25 } });
    for (const account of [state.usage, state.usageByRole['coder'], state.items['a']?.usage]) {
      assert.deepEqual(
        [account?.calls, account?.inputTokens, account?.outputTokens, account?.costUsd, account?.unpricedCalls],
        [0, 100, 7, 0.25, 0],
      );
    }
  });

  it('shows the limit that calls wait at until it is decided, and the question in the name of Trellis', () => {
    const limit = { scope: 'run', unit: 'usd', limit: 5, spent: 4.9, needed: 0.2 } as const;
    const question = { id: 'q1', text: 'Raise it?', options: ['raise', 'stop'] };
    const open = [
      { type: 'budget.reached', ...limit },
      { type: 'question.asked', asker: { kind: 'budget' }, question },
    ] as const;
    const waiting = until(...open);
    assert.deepEqual(waiting.openLimit, limit);
    assert.deepEqual([waiting.chat[0]?.sender, waiting.chat[0]?.senderId], ['system', 'budget']);
    assert.equal(until(...open, { type: 'budget.decided', decision: 'raise' }).openLimit, undefined);
  });

  it('shows what of a reply is arriving as what the agent does, until it acts', () => {
    const step = { itemId, sessionId: 's1' };
    const begun = { type: 'edit.begun', ...step, path: 'src/b.ts', number: 2 } as const;
    const unusable = { type: 'edit.unusable', ...step, reason: 'It is no patch.' } as const;
    const action = { kind: 'edit', detail: 'src/b.ts' } as const;
    const shown = (...payloads: RunEventPayload[]) => until(...payloads).items['a']?.lastAction;
    assert.deepEqual(shown(begun), { kind: 'write', detail: 'src/b.ts', number: 2 });
    assert.deepEqual(shown(begun, unusable), { kind: 'invalid', detail: 'It is no patch.' });
    assert.deepEqual(shown(begun, { type: 'agent.act', ...step, actionId: 'a1', action }), action);
  });

  it('puts a returned order back with one more retry', () => {
    const state = until({ type: 'order.returned', orderId: 'order_1', reason: 'the lease ran out' });
    const returned = state.orders['order_1'];
    assert.deepEqual([returned?.status, returned?.retryCount], ['queued', 1]);
    assert.equal(state.items['a']?.status, 'queued');
  });

  it('takes a returned order out of its worker’s hands and holds it back', () => {
    const state = until({ type: 'order.returned', orderId: 'order_1', reason: 'no answer', notBefore: 50_000 });
    assert.deepEqual(state.orders['order_1'], { ...order, status: 'queued', retryCount: 1, notBefore: 50_000 });
    assert.equal(state.workers['w1']?.status, 'idle');
  });

  it('extends a lease', () => {
    const state = until({ type: 'order.renewed', orderId: 'order_1', leaseExpiresAt: 123_000 });
    assert.deepEqual([state.orders['order_1']?.leaseExpiresAt, state.orders['order_1']?.status], [123_000, 'claimed']);
  });

  it('leaves a worker alone that went on to another order when the one it left is given back', () => {
    const state = until(
      { type: 'order.waiting', orderId: 'order_1', questionId: 'q1' },
      { type: 'order.enqueued', order: { ...order, id: 'order_2', itemId: asItemId('b') } },
      { type: 'order.claimed', orderId: 'order_2', workerId: 'w1', sessionId: 's2', leaseExpiresAt: 99_000 },
      { type: 'order.returned', orderId: 'order_1', reason: 'the question was withdrawn' },
    );
    assert.deepEqual([state.workers['w1']?.status, state.workers['w1']?.itemId], ['busy', 'b']);
  });

  it('plans the items of an iteration again and keeps what they took', () => {
    const state = until(
      { type: 'order.completed', orderId: 'order_1', summary: 'done' },
      { type: 'iteration.started', iteration: 1, items: [itemId], feedback: ['The test fails.'] },
    );
    const { item: _, usage, ...rest } = state.items['a']!;
    assert.deepEqual(rest, { status: 'planned', attempts: 1, durationMs: 1000 });
    assert.equal(usage.calls, 0);
    assert.equal(state.iteration, 1);
    assert.deepEqual(state.feedback, ['The test fails.']);
  });

  it('sums tokens and cost by item, role and run, and counts calls of unknown price', () => {
    const call = {
      type: 'model.responded',
      exchangeId: 'x1',
      role: 'coder',
      itemId,
      textHash: 'a'.repeat(64),
      finishReason: 'stop',
      usage: { inputTokens: 10, outputTokens: 5, cachedInputTokens: 4 },
      latencyMs: 1,
      isCached: false,
    } as const;
    const state = until({ ...call, costUsd: 0.5 }, call);
    assert.equal(state.usage.inputTokens, 20);
    assert.equal(state.usage.costUsd, 0.5);
    assert.equal(state.usage.unpricedCalls, 1);
    assert.equal(state.usageByRole['coder']?.calls, 2);
    assert.equal(state.items['a']?.usage.outputTokens, 10);
  });

  it('keeps the first answer to a question', () => {
    const state = until(
      {
        type: 'question.asked',
        asker: { kind: 'planner' },
        question: { id: 'q1', text: 'Which?', options: [] },
      },
      { type: 'question.answered', questionId: 'q1', text: 'this', by: 'human' },
      { type: 'question.answered', questionId: 'q1', text: 'that', by: 'human' },
    );
    assert.equal(state.questions[0]?.answer?.text, 'this');
  });

  it('goes on after its end with nothing in the hands of those who are gone', () => {
    const layer = (id: string) => ({ itemId: id, dependencyIds: [], isCommitted: true, entries: [] });
    const state = until(
      { type: 'layer.committed', itemId, layer: layer('a') },
      { type: 'order.completed', orderId: 'order_1', summary: 'done' },
      { type: 'order.enqueued', order: { ...order, id: 'order_2', itemId: asItemId('b') } },
      { type: 'order.claimed', orderId: 'order_2', workerId: 'w1', sessionId: 's2', leaseExpiresAt: 99_000 },
      {
        type: 'question.asked',
        asker: { kind: 'worker', workerId: 'w1', itemId: asItemId('b') },
        question: { id: 'q1', text: 'Tabs?', options: [] },
      },
      { type: 'run.ended', outcome: 'cancelled', message: 'Cancelled.' },
      resumedPayload,
    );
    assert.deepEqual([state.end, state.endedAt, state.phase, state.workers], [undefined, undefined, 'executing', {}]);
    assert.deepEqual(Object.keys(state.orders), ['order_1'], 'what is done is known');
    assert.deepEqual([state.items['a']?.status, state.items['b']?.status], ['done', 'planned']);
    assert.equal(state.items['b']?.attempts, 1, 'what it took stays on its account');
    assert.equal(state.questions[0]?.answer?.by, 'cancelled');
    assert.deepEqual([state.threshold, state.isResultDue], [0.75, true]);
  });

  it('knows what the items made part of the result, in that order, without those that failed', () => {
    const layer = (id: string) => ({ itemId: id, dependencyIds: [], isCommitted: true, entries: [] });
    const [one, two] = [asItemId('a'), asItemId('b')];
    const committed = [
      { type: 'layer.committed', itemId: one, layer: layer('a') },
      { type: 'layer.committed', itemId: two, layer: layer('b') },
      { type: 'layer.committed', itemId: one, layer: layer('a') },
    ] as const;
    assert.deepEqual(
      until(...committed).layers.map(each => each.itemId),
      ['b', 'a'],
    );
    const failed = until(...committed, { type: 'order.failed', orderId: 'order_1', reason: 'It cannot be done.' });
    assert.deepEqual(
      failed.layers.map(each => each.itemId),
      ['b'],
    );
  });

  it('ends with the outcome and its reason', () => {
    const state = until({ type: 'run.ended', outcome: 'cancelled', message: 'You cancelled the run.' });
    assert.equal(state.phase, 'ended');
    assert.deepEqual(state.end, { outcome: 'cancelled', message: 'You cancelled the run.' });
    assert.equal(runIdSchema.parse(state.runId), 'run_test');
  });
});
