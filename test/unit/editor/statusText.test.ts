import assert from 'node:assert/strict';
import { reduceAll } from '../../../src/domain/reduceRun.ts';
import type { RunEventPayload } from '../../../src/domain/schema/events.ts';
import { statusText } from '../../../src/editor/statusText.ts';
import { asItemId, buildEvents, buildItem, buildPlan } from '../../support/builders.ts';
import { startedPayload } from '../../support/journalEvents.ts';

const plan = buildPlan([buildItem('a'), buildItem('b', { dependencies: ['a'] })]);
const toApproval: RunEventPayload[] = [startedPayload('Do it'), { type: 'plan.proposed', plan }];
const toWork: RunEventPayload[] = [
  ...toApproval,
  { type: 'plan.approved', by: 'human' },
  {
    type: 'order.enqueued',
    order: { id: 'o1', itemId: asItemId('a'), iteration: 0, priority: 'normal', enqueuedAt: 0, retryCount: 0 },
  },
  { type: 'order.claimed', orderId: 'o1', workerId: 'worker-1', sessionId: 's1', leaseExpiresAt: 9 },
];
const show = (payloads: RunEventPayload[]) => statusText(reduceAll('run_test', buildEvents(payloads)));

describe('statusText', () => {
  it('counts what runs, what waits and what is asked', () => {
    assert.equal(show(toWork).text, '$(play) 1 $(watch) 1 $(question) 0');
    assert.equal(show(toWork).needsUser, false);
  });

  it('asks for the user when a question is open', () => {
    const asked: RunEventPayload = {
      type: 'question.asked',
      asker: { kind: 'worker', workerId: 'worker-1', itemId: asItemId('a') },
      question: { id: 'q1', text: 'Which?', options: [] },
    };
    const { text, needsUser } = show([...toWork, asked]);
    assert.match(text, /\$\(question\) 1$/);
    assert.ok(needsUser);
  });

  it('says what is to be decided', () => {
    assert.match(show(toApproval).text, /Approve plan/);
    assert.ok(show(toApproval).needsUser);
    const review = show([...toWork, { type: 'review.opened' }]);
    assert.match(review.text, /Review changes/);
    assert.match(review.tooltip, /Click to open the panel\.$/);
  });

  it('explains itself in the tooltip', () => {
    assert.match(show(toWork).tooltip, /^Do it\nWorking\n1 item running, 1 waiting, 0 of 2 done\n/);
  });
});
