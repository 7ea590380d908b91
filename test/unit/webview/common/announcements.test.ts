import assert from 'node:assert/strict';
import { reduceAll } from '../../../../src/domain/reduceRun.ts';
import type { RunEventPayload } from '../../../../src/domain/schema/events.ts';
import { announcements } from '../../../../webview/common/announcements.ts';
import { asItemId, buildEvents, buildItem, buildPlan } from '../../../support/builders.ts';
import { endedPayload, startedPayload } from '../../../support/journalEvents.ts';

const payloads: RunEventPayload[] = [
  startedPayload('Do it'),
  { type: 'plan.proposed', plan: buildPlan([buildItem('a', { description: 'Write it.\nAll of it.' })]) },
  { type: 'plan.approved', by: 'human' },
  {
    type: 'order.enqueued',
    order: { id: 'o1', itemId: asItemId('a'), iteration: 0, priority: 'normal', enqueuedAt: 0, retryCount: 0 },
  },
  { type: 'order.claimed', orderId: 'o1', workerId: 'worker-1', sessionId: 's1', leaseExpiresAt: 9 },
  { type: 'order.completed', orderId: 'o1', summary: 'done' },
  endedPayload(),
];
const after = (count: number, runId = 'run_test') => ({
  run: reduceAll(runId, buildEvents(payloads.slice(0, count), runId)),
  isLive: count < payloads.length,
});

describe('announcements', () => {
  it('says where the run stands and what became of items, in words', () => {
    assert.deepEqual(announcements(after(1), after(2)), ['Waiting for your approval']);
    assert.deepEqual(announcements(after(4), after(5)), ['Write it: Running']);
    assert.deepEqual(announcements(after(5), after(7)), ['Changes applied', 'Write it: Done']);
  });

  it('is silent about what did not change, about queueing and about another run', () => {
    assert.deepEqual(announcements(after(3), after(4)), []);
    assert.deepEqual(announcements(after(5), after(5)), []);
    assert.deepEqual(announcements(after(2), after(6, 'run_other')), []);
  });
});
