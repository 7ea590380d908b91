import assert from 'node:assert/strict';
import { ConfigurationError } from '../../../../src/base/errors.ts';
import type { RunEventPayload } from '../../../../src/domain/schema/events.ts';
import { runIdSchema } from '../../../../src/domain/schema/ids.ts';
import { MemoryJournal } from '../../../../src/journal/memoryJournal.ts';
import { type RecordedRun, Recording } from '../../../../src/orchestrator/replay/recording.ts';
import { resumedPayload } from '../../../support/journalEvents.ts';

const runId = runIdSchema.parse('run_1');
const role = { provider: 'openai', model: 'm', temperature: 0, maxOutputTokens: 10 };
const started: RunEventPayload = {
  type: 'run.started',
  task: { id: 'task_1', title: 'x', description: 'x', type: 'feature', priority: 'normal' },
  workspace: '/w',
  workers: 1,
  threshold: 0.7,
  maxIterations: 1,
  models: {},
  trellisVersion: '1',
  settings: {
    stopAfterPlan: false,
    contextTokens: 1,
    maxTurns: 1,
    roles: { planner: role, executor: role, judge: role },
  },
};
const ended: RunEventPayload = { type: 'run.ended', outcome: 'applied', message: 'Done.' };

function recordingsOf(...payloads: RunEventPayload[]): RecordedRun {
  const journal = new MemoryJournal({ clock: { now: () => 0 } });
  for (const payload of payloads) journal.append(runId, payload, runId);
  return Recording.allOf(journal, runId);
}

describe('Recording', () => {
  it('refuses a run that has not ended, and one that did not record enough, in one sentence', () => {
    const { settings: _, ...old } = started;
    for (const [payloads, sentence] of [
      [[], /^The run run_1 has not ended/],
      [[started], /^The run run_1 has not ended/],
      [[old as RunEventPayload, ended], /^The run run_1 was made by a version of Trellis that did not record enough/],
    ] as const) {
      assert.throws(
        () => recordingsOf(...payloads),
        (error: unknown) => error instanceof ConfigurationError && sentence.test(error.message),
      );
    }
  });

  it('is one for each stretch that came to an end, with what was before it', () => {
    const commented: RunEventPayload = { type: 'review.commentRemoved', commentId: 'c' };
    const { recordings, skipped } = recordingsOf(
      ...[started, ended, commented],
      ...[resumedPayload, commented],
      ...[resumedPayload, commented, ended, commented],
    );
    const [first, second] = recordings;
    assert.deepEqual([first?.before.length, first?.events.map(({ seq }) => seq)], [0, [1, 2]]);
    assert.deepEqual(
      [second?.before.length, second?.events.map(({ seq }) => seq), second?.start.seq],
      [5, [6, 7, 8], 6],
    );
    assert.deepEqual([recordings.length, skipped], [2, 1]);
  });

  it('holds the steps that a replay has to make, each in its lane', () => {
    const itemId = 'a' as never;
    const budget = { id: 'q1', text: 'Raise it?', options: [] };
    const { recordings } = recordingsOf(
      started,
      {
        type: 'order.enqueued',
        order: { id: 'o1', itemId, iteration: 0, priority: 'normal', enqueuedAt: 0, retryCount: 0 },
      },
      { type: 'order.claimed', orderId: 'o1', workerId: 'w', sessionId: 's1', leaseExpiresAt: 1 },
      { type: 'session.started', sessionId: 's1', workerId: 'w', itemId },
      { type: 'question.asked', asker: { kind: 'budget' }, question: budget },
      { type: 'question.answered', questionId: 'q1', text: 'raise', by: 'human' },
      { type: 'model.failed', exchangeId: 'e1', message: 'Busy.', willRetry: true },
      { type: 'session.ended', sessionId: 's1', reason: 'x' },
      { type: 'item.blocked', itemId: 'b' as never, by: itemId, reason: 'x' },
      ended,
      { type: 'changes.reverted', paths: [] },
    );
    assert.deepEqual(
      recordings[0]?.steps.map(({ event, lane }) => [event.type, lane]),
      [
        ['order.enqueued', 'item a'],
        ['order.claimed', 'item a'],
        ['session.started', 'item a'],
        ['session.ended', 'item a'],
        ['item.blocked', 'item a'],
        ['run.ended', 'run'],
      ],
    );
  });
});
