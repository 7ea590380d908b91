import assert from 'node:assert/strict';
import { computeRunMetrics } from '../../../src/domain/runMetrics.ts';
import type { RunEvent, RunEventPayload } from '../../../src/domain/schema/events.ts';
import { hashContent } from '../../../src/journal/contentHash.ts';
import { asItemId } from '../../support/builders.ts';
import { asRunId, startedPayload } from '../../support/journalEvents.ts';
import { planPayloads, samplePlan } from '../../support/sampleRun.ts';

/** Events at the given times. */
function eventsAt(...entries: readonly (readonly [at: number, payload: RunEventPayload])[]): RunEvent[] {
  return entries.map(([at, payload], index) => {
    const event = { ...payload, runId: asRunId('run_1'), seq: index + 1, at, correlationId: 'run_1' };
    return event;
  });
}

const requested = (exchangeId: string, role: 'planner' | 'coder', item?: string): RunEventPayload => ({
  type: 'model.requested',
  exchangeId,
  role,
  ...(item !== undefined && { itemId: asItemId(item) }),
  provider: 'openai',
  model: role === 'planner' ? 'large' : 'small',
  temperature: 0,
  maxOutputTokens: 100,
  messages: [],
});

const responded = (exchangeId: string, role: 'planner' | 'coder', changes: object = {}): RunEventPayload => ({
  type: 'model.responded',
  exchangeId,
  role,
  textHash: hashContent(exchangeId),
  finishReason: 'stop',
  usage: { inputTokens: 1000, outputTokens: 100, cachedInputTokens: 400 },
  costUsd: 0.01,
  latencyMs: 500,
  timeToFirstTokenMs: 100,
  isCached: false,
  ...changes,
});

const failed = (exchangeId: string, changes: object = {}): RunEventPayload => ({
  type: 'model.failed',
  exchangeId,
  message: 'busy',
  willRetry: true,
  ...changes,
});

describe('computeRunMetrics', () => {
  it('counts calls, retries, waits, fresh and cached tokens, and cost, by role, model and item', () => {
    const { total, byRole, byModel, byItem } = computeRunMetrics(
      eventsAt(
        [0, startedPayload('Do it')],
        [100, requested('a', 'planner')],
        [700, responded('a', 'planner')],
        [1000, requested('b', 'coder', 'one')],
        [1100, failed('b', { delayMs: 300, status: 429 })],
        [2000, responded('b', 'coder', { latencyMs: 1000, costUsd: undefined })],
        [2000, requested('c', 'coder', 'two')],
        [
          2100,
          failed('c', {
            willRetry: false,
            charge: { role: 'coder', usage: { inputTokens: 50, outputTokens: 5, cachedInputTokens: 0 } },
          }),
        ],
        [2200, requested('d', 'coder', 'two')],
        [
          2200,
          responded('d', 'coder', {
            isCached: true,
            usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 },
            costUsd: 0,
            latencyMs: 0,
            timeToFirstTokenMs: undefined,
          }),
        ],
      ),
    );
    assert.deepEqual(total, {
      calls: 3,
      cachedCalls: 1,
      retries: 1,
      failedCalls: 1,
      retryWaitMs: 300,
      turnWaitMs: 100,
      freshInputTokens: 1250,
      cachedInputTokens: 800,
      outputTokens: 205,
      costUsd: 0.01,
      unpriced: 2,
      latencyMs: { p50: 500, p95: 1000, max: 1000 },
      timeToFirstTokenMs: { p50: 100, p95: 100, max: 100 },
    });
    assert.deepEqual(Object.keys(byRole), ['planner', 'coder']);
    assert.deepEqual([byRole['planner']?.calls, byRole['coder']?.calls, byRole['coder']?.failedCalls], [1, 2, 1]);
    assert.deepEqual([byModel['openai/large']?.costUsd, byModel['openai/small']?.unpriced], [0.01, 2]);
    assert.deepEqual([byItem['one']?.retries, byItem['two']?.cachedCalls, Object.keys(byItem).length], [1, 1, 2]);
  });

  it('gives percentiles by the nearest rank, and none without a measurement', () => {
    const calls = Array.from({ length: 20 }, (_, index) => [
      [0, requested(`e${index}`, 'coder')] as const,
      [0, responded(`e${index}`, 'coder', { latencyMs: (index + 1) * 10, timeToFirstTokenMs: undefined })] as const,
    ]).flat();
    const { total } = computeRunMetrics(eventsAt(...calls));
    assert.deepEqual(total.latencyMs, { p50: 100, p95: 190, max: 200 });
    assert.equal(total.timeToFirstTokenMs, undefined);
  });

  it('tells the steps apart, each with its time and the calls begun in it, and what was waited for a human', () => {
    const question = { id: 'q', text: 'Which?', options: [] };
    const { steps, humanWaitMs } = computeRunMetrics(
      eventsAt(
        [0, startedPayload('Do it')],
        [10, requested('a', 'planner')],
        [20, { type: 'question.asked', asker: { kind: 'planner' }, question }],
        [50, { type: 'question.answered', questionId: 'q', text: 'this', by: 'human' }],
        [60, responded('a', 'planner')],
        [100, { type: 'plan.proposed', plan: samplePlan }],
        [400, { type: 'plan.approved', by: 'human' }],
        [450, requested('b', 'coder', 'implement')],
        [900, { type: 'run.ended', outcome: 'failed', message: 'over' }],
        [950, responded('b', 'coder')],
      ),
    );
    assert.deepEqual(
      steps.map(({ phase, durationMs, calls }) => [phase, durationMs, calls]),
      [
        ['planning', 100, 1],
        ['awaitingApproval', 300, 0],
        ['executing', 500, 1],
      ],
    );
    assert.equal(humanWaitMs, 330);
  });

  it('has nothing to say of no events, and something of part of a run', () => {
    assert.deepEqual(computeRunMetrics([]).steps, []);
    const part = computeRunMetrics(eventsAt(...planPayloads.map((payload, index) => [index * 10, payload] as const)));
    assert.equal(part.total.calls, 1);
  });
});
