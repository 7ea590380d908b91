import assert from 'node:assert/strict';
import { reduceAll } from '../../../src/domain/reduceRun.ts';
import { countRun, openQuestions } from '../../../src/domain/runCounts.ts';
import type { RunEventPayload } from '../../../src/domain/schema/events.ts';
import { asItemId, buildEvents, buildItem, buildPlan } from '../../support/builders.ts';
import { endedPayload, startedPayload } from '../../support/journalEvents.ts';

const plan = buildPlan([buildItem('a'), buildItem('b'), buildItem('c', { dependencies: ['a'] })]);
const order = (id: string): RunEventPayload => ({
  type: 'order.enqueued',
  order: { id: `o_${id}`, itemId: asItemId(id), iteration: 0, priority: 'normal', enqueuedAt: 0, retryCount: 0 },
});
const claim = (id: string): RunEventPayload => ({
  type: 'order.claimed',
  orderId: `o_${id}`,
  workerId: 'worker-1',
  sessionId: 's',
  leaseExpiresAt: 9,
});
const asked: RunEventPayload = {
  type: 'question.asked',
  asker: { kind: 'worker', workerId: 'worker-1', itemId: asItemId('b') },
  question: { id: 'q1', text: 'Which?', options: [] },
};
const state = (payloads: RunEventPayload[]) => reduceAll('run_test', buildEvents(payloads));

describe('countRun', () => {
  it('counts nothing as waiting before the plan is approved', () => {
    const counts = countRun(state([startedPayload('x'), { type: 'plan.proposed', plan }]));
    assert.deepEqual(counts, { running: 0, waiting: 0, done: 0, failed: 0, total: 3, questions: 0 });
  });

  it('counts each item once', () => {
    const counts = countRun(
      state([
        startedPayload('x'),
        { type: 'plan.proposed', plan },
        { type: 'plan.approved', by: 'human' },
        order('a'),
        order('b'),
        claim('a'),
        { type: 'order.failed', orderId: 'o_a', reason: 'no' },
        claim('b'),
        { type: 'item.blocked', itemId: asItemId('c'), by: asItemId('a'), reason: 'a failed' },
        asked,
      ]),
    );
    assert.deepEqual(counts, { running: 1, waiting: 0, done: 0, failed: 2, total: 3, questions: 1 });
  });
});

describe('openQuestions', () => {
  const upToQuestion = [startedPayload('x'), { type: 'plan.proposed', plan } as const, asked];

  it('leaves out what was answered', () => {
    assert.equal(openQuestions(state(upToQuestion)).length, 1);
    const answered: RunEventPayload = { type: 'question.answered', questionId: 'q1', text: 'this', by: 'human' };
    assert.deepEqual(openQuestions(state([...upToQuestion, answered])), []);
  });

  it('is empty after the end', () => {
    assert.deepEqual(openQuestions(state([...upToQuestion, endedPayload()])), []);
  });
});
