import type { RunEventPayload } from '../../src/domain/schema/events.ts';
import { type RunId, runIdSchema } from '../../src/domain/schema/ids.ts';
import type { Plan } from '../../src/domain/schema/plan.ts';
import type { QualityScore } from '../../src/domain/schema/quality.ts';
import { hashContent } from '../../src/journal/contentHash.ts';
import { asItemId, buildItem, buildPlan } from './builders.ts';
import { startedPayload } from './journalEvents.ts';

export const sampleRunId: RunId = runIdSchema.parse('run_sample');

/** analyse → implement → test, as the demonstration has it. */
export const samplePlan: Plan = buildPlan(
  [
    buildItem('analyse', { mode: 'analyzer', filePath: 'src/math.js', description: 'Look at the project' }),
    buildItem('implement', { filePath: 'src/fibonacci.js', dependencies: ['analyse'], description: 'Write it' }),
    buildItem('test', { mode: 'sdet', filePath: 'test/fibonacci.test.js', dependencies: ['implement'] }),
  ],
  { summary: 'Fibonacci with tests' },
);

export const sampleScore: QualityScore = {
  overall: 0.92,
  completeness: 0.9,
  correctness: 0.94,
  passed: true,
  evidence: [{ kind: 'tests', verdict: 'holds', summary: '5 tests pass' }],
  feedback: ['Say what happens for negative numbers'],
  itemsAtFault: [],
};

const exchange = (exchangeId: string, role: 'planner' | 'coder', item?: string): RunEventPayload[] => {
  const itemId = item === undefined ? {} : { itemId: asItemId(item) };
  return [
    {
      type: 'model.requested',
      exchangeId,
      role,
      ...itemId,
      provider: 'ollama',
      model: 'qwen2.5-coder:7b',
      temperature: 0.1,
      maxOutputTokens: 4096,
      messages: [{ role: 'user', hash: hashContent(`prompt of ${exchangeId}`) }],
    },
    {
      type: 'model.responded',
      exchangeId,
      role,
      ...itemId,
      textHash: hashContent(`answer of ${exchangeId}`),
      finishReason: 'stop',
      usage: { inputTokens: 1200, outputTokens: 300, cachedInputTokens: 0 },
      costUsd: 0.0012,
      latencyMs: 2100,
      isCached: false,
    },
  ];
};

const claim = (item: string): RunEventPayload[] => [
  {
    type: 'order.enqueued',
    order: {
      id: `order_${item}`,
      itemId: asItemId(item),
      iteration: 0,
      priority: 'normal',
      enqueuedAt: 0,
      retryCount: 0,
    },
  },
  { type: 'order.claimed', orderId: `order_${item}`, workerId: 'w1', sessionId: `s_${item}`, leaseExpiresAt: 0 },
];

export const planPayloads: readonly RunEventPayload[] = [
  startedPayload('Add a function that calculates the nth Fibonacci number, with tests'),
  ...exchange('exchange_1', 'planner'),
  { type: 'plan.proposed', plan: samplePlan },
];

/** Up to the middle: `analyse` is done, `implement` is at work. */
export const workPayloads: readonly RunEventPayload[] = [
  { type: 'plan.approved', by: 'human' },
  ...claim('analyse'),
  { type: 'order.completed', orderId: 'order_analyse', summary: 'Plain JavaScript with node --test' },
  ...claim('implement'),
  {
    type: 'agent.act',
    itemId: asItemId('implement'),
    sessionId: 's_implement',
    actionId: 'a1',
    action: { kind: 'edit', detail: 'src/fibonacci.js' },
  },
  ...exchange('exchange_2', 'coder', 'implement'),
];

export const endPayloads: readonly RunEventPayload[] = [
  {
    type: 'agent.learn',
    itemId: asItemId('implement'),
    sessionId: 's_implement',
    actionId: 'a1',
    succeeded: true,
    summary: '1 file staged',
    observationHash: hashContent('observation'),
  },
  { type: 'order.completed', orderId: 'order_implement', summary: 'Wrote fibonacci' },
  {
    type: 'tests.finished',
    scope: 'final',
    treeHash: 'tree',
    tier: 'process',
    report: {
      outcome: 'passed',
      isParsed: true,
      passed: 5,
      failed: 0,
      skipped: 0,
      failures: [],
      durationMs: 1200,
      outputTail: '',
    },
  },
  { type: 'quality.scored', iteration: 0, score: sampleScore },
  {
    type: 'changes.applied',
    changes: [
      {
        path: 'src/fibonacci.js',
        kind: 'added',
        isBinary: false,
        isExecutable: false,
        additions: 3,
        deletions: 0,
      },
    ],
  },
  { type: 'run.ended', outcome: 'applied', message: 'The changes were applied.' },
];
