// A run as a journal would record it, from the request to the applied changes, for looking at.
import type { RunEvent, RunEventPayload } from '../../src/domain/schema/events.ts';
import type { Plan } from '../../src/domain/schema/plan.ts';
import { asItemId, buildEvents, buildItem, buildPlan } from '../support/builders.ts';

const hash = 'a'.repeat(64);

export const samplePlan: Plan = buildPlan(
  [
    buildItem('item_1', {
      description: 'Find out how the project lays out its numeric helpers and their tests',
      mode: 'analyzer',
      filePath: 'src/numbers/index.ts',
      fileStatus: 'existing',
      priority: 'high',
    }),
    buildItem('item_2', {
      description:
        'Add fibonacci(n) that returns the nth Fibonacci number\nIt must be exact up to n = 78 and iterative.',
      filePath: 'src/numbers/fibonacci.ts',
      dependencies: ['item_1'],
      acceptance: ['fibonacci(0) is 0 and fibonacci(1) is 1', 'A negative or fractional n throws a RangeError'],
      context: 'Helpers are pure functions, one file each, exported from src/numbers/index.ts.',
    }),
    buildItem('item_3', {
      description: 'Export fibonacci from the package',
      filePath: 'src/numbers/index.ts',
      fileStatus: 'existing',
      dependencies: ['item_2'],
      priority: 'low',
    }),
    buildItem('item_4', {
      description: 'Test fibonacci: base cases, a long sequence, bad input',
      mode: 'sdet',
      filePath: 'test/numbers/fibonacci.test.ts',
      dependencies: ['item_2'],
    }),
    buildItem('item_5', {
      description: 'Describe fibonacci in the list of helpers',
      filePath: 'docs/helpers-and-everything-else-worth-knowing.md',
      language: 'markdown',
      fileStatus: 'existing',
      dependencies: ['item_1'],
      priority: 'low',
    }),
    buildItem('item_6', {
      description: 'Run all tests and check the types',
      mode: 'sdet',
      filePath: 'test/numbers/index.test.ts',
      dependencies: ['item_3', 'item_4', 'item_5'],
    }),
  ],
  { summary: 'A pure, iterative helper with its tests, exported and documented.' },
);

const enqueue = (number: number): RunEventPayload => ({
  type: 'order.enqueued',
  order: {
    id: `order_${number}`,
    itemId: asItemId(`item_${number}`),
    iteration: 0,
    priority: 'normal',
    enqueuedAt: 0,
    retryCount: 0,
  },
});

const claim = (number: number, worker: number): RunEventPayload[] => [
  {
    type: 'order.claimed',
    orderId: `order_${number}`,
    workerId: `worker-${worker}`,
    sessionId: `session_${number}`,
    leaseExpiresAt: 9_999_999,
  },
];

const act = (number: number, kind: 'read' | 'edit' | 'run', detail: string): RunEventPayload => ({
  type: 'agent.act',
  itemId: asItemId(`item_${number}`),
  sessionId: `session_${number}`,
  actionId: `action_${number}`,
  action: { kind, detail },
});

const spend = (
  role: 'planner' | 'coder' | 'sdet' | 'judge',
  inputTokens: number,
  outputTokens: number,
  item?: number,
) =>
  ({
    type: 'model.responded',
    exchangeId: `exchange_${item ?? role}`,
    role,
    ...(item === undefined ? {} : { itemId: asItemId(`item_${item}`) }),
    textHash: hash,
    finishReason: 'stop',
    usage: { inputTokens, outputTokens, cachedInputTokens: 0 },
    costUsd: 0.0021,
    latencyMs: 900,
    isCached: false,
  }) as const satisfies RunEventPayload;

const complete = (number: number, summary: string): RunEventPayload => ({
  type: 'order.completed',
  orderId: `order_${number}`,
  summary,
});

const toPlan: RunEventPayload[] = [
  {
    type: 'run.started',
    task: {
      id: 'task_1',
      title: 'Add a function that calculates the nth Fibonacci number, with tests',
      description: 'Add a function that calculates the nth Fibonacci number, with tests',
      type: 'feature',
      priority: 'normal',
    },
    workspace: '/project',
    workers: 3,
    threshold: 0.75,
    maxIterations: 1,
    models: { planner: 'ollama/qwen2.5-coder:7b' },
    trellisVersion: '0.1.0',
  },
  spend('planner', 3820, 640),
];
const toApproval: RunEventPayload[] = [...toPlan, { type: 'plan.proposed', plan: samplePlan }];

const question: RunEventPayload = {
  type: 'question.asked',
  asker: { kind: 'worker', workerId: 'worker-2', itemId: asItemId('item_2') },
  question: {
    id: 'q1',
    text: 'What should fibonacci do for numbers above 78, where doubles are no longer exact?',
    options: ['Throw a RangeError', 'Return a BigInt'],
    defaultAnswer: 'Throw a RangeError',
  },
};

const toQuestion: RunEventPayload[] = [
  ...toApproval,
  { type: 'plan.approved', by: 'human' },
  ...[1, 2, 3].map(
    (number): RunEventPayload => ({
      type: 'worker.registered',
      workerId: `worker-${number}`,
      capabilities: ['analyzer', 'coder', 'sdet'],
    }),
  ),
  ...[1, 2, 3, 4, 5, 6].map(enqueue),
  ...claim(1, 1),
  act(1, 'read', 'src/numbers/index.ts'),
  spend('coder', 2410, 350, 1),
  complete(1, 'Helpers are pure functions, one file each.'),
  ...claim(2, 2),
  ...claim(5, 1),
  act(2, 'read', 'src/numbers/gcd.ts'),
  act(5, 'edit', 'docs/helpers-and-everything-else-worth-knowing.md'),
  spend('coder', 5210, 210, 2),
  question,
  { type: 'order.waiting', orderId: 'order_2', questionId: 'q1' },
];

const evidence = [
  { kind: 'tests', verdict: 'holds', summary: '143 tests passed on the staged tree, 3 of them new.' },
  { kind: 'newTests', verdict: 'holds', summary: 'The new tests fail without the change and pass with it.' },
  { kind: 'syntax', verdict: 'holds', summary: 'All 4 changed files parse.' },
  { kind: 'scope', verdict: 'holds', summary: 'Only files that the plan names were changed.' },
  { kind: 'judge', verdict: 'unproven', summary: 'The helper is complete; its name could say that n starts at 0.' },
] as const;

const changes = [
  { path: 'docs/helpers-and-everything-else-worth-knowing.md', kind: 'modified', additions: 4, deletions: 0 },
  { path: 'src/numbers/fibonacci.ts', kind: 'added', additions: 18, deletions: 0 },
  { path: 'src/numbers/index.ts', kind: 'modified', additions: 1, deletions: 1 },
  { path: 'test/numbers/fibonacci.test.ts', kind: 'added', additions: 31, deletions: 0 },
].map(change => ({
  ...change,
  kind: change.kind as 'added' | 'modified',
  ...(change.kind === 'added' ? {} : { beforeHash: hash }),
  afterHash: hash,
  isBinary: false,
  isExecutable: false,
}));

const toReview: RunEventPayload[] = [
  ...toQuestion,
  { type: 'question.answered', questionId: 'q1', text: 'Throw a RangeError', by: 'human' },
  { type: 'order.resumed', orderId: 'order_2', workerId: 'worker-2', leaseExpiresAt: 9_999_999 },
  complete(5, 'Added a paragraph.'),
  act(2, 'edit', 'src/numbers/fibonacci.ts'),
  spend('coder', 6100, 820, 2),
  complete(2, 'fibonacci is iterative and exact up to 78.'),
  ...claim(3, 1),
  ...claim(4, 2),
  complete(3, 'Exported.'),
  spend('sdet', 7300, 1200, 4),
  { type: 'order.returned', orderId: 'order_4', reason: 'The edit of test/numbers/fibonacci.test.ts did not parse.' },
  ...claim(4, 3),
  complete(4, 'Three tests.'),
  ...claim(6, 1),
  act(6, 'run', 'npm test'),
  complete(6, 'All tests pass.'),
  { type: 'run.warned', message: 'ollama was slow to answer; the call was made again.' },
  { type: 'result.staged', treeHash: 'tree', changes },
  { type: 'tests.started', scope: 'final', command: 'npm test' },
  {
    type: 'tests.finished',
    scope: 'final',
    treeHash: 'tree',
    tier: 'bubblewrap',
    report: {
      outcome: 'passed',
      isParsed: true,
      passed: 143,
      failed: 0,
      skipped: 1,
      failures: [],
      durationMs: 4120,
      outputTail: '# tests 144\n# pass 143\n# fail 0\n# skipped 1\n',
    },
  },
  ...evidence.map((fact): RunEventPayload => ({ type: 'evidence.collected', evidence: fact })),
  {
    type: 'quality.scored',
    iteration: 0,
    score: {
      overall: 0.94,
      completeness: 0.95,
      correctness: 0.93,
      passed: true,
      evidence: [...evidence],
      feedback: ['Say in the documentation that n counts from 0.'],
      itemsAtFault: [],
    },
  },
  spend('judge', 4100, 180),
  { type: 'review.opened' },
];

const toEnd: RunEventPayload[] = [
  ...toReview,
  { type: 'review.decided', decision: 'accept', paths: changes.map(change => change.path) },
  { type: 'changes.applied', changes },
  { type: 'run.ended', outcome: 'applied', message: 'The changes are in your files: 4 files, with a score of 94 %.' },
];

/** All events of the run; each moment is the number of them that have happened by then. */
export const sampleEvents: readonly RunEvent[] = buildEvents(toEnd);
export const moments = {
  planning: toPlan.length,
  approval: toApproval.length,
  question: toQuestion.length,
  review: toReview.length,
  end: toEnd.length,
} as const;

/** A run that was cancelled while it was working. */
export const cancelledEvents: readonly RunEvent[] = buildEvents([
  ...toQuestion,
  { type: 'question.answered', questionId: 'q1', text: '', by: 'cancelled' },
  {
    type: 'run.ended',
    outcome: 'cancelled',
    errorKind: 'abort',
    message: 'You cancelled the run; nothing was applied.',
  },
]);

const begin = (path: string, number: number): RunEventPayload => ({
  type: 'edit.begun',
  itemId: asItemId('item_5'),
  sessionId: 'session_5',
  path,
  number,
});

/** From the moment `question` on, a reply arrives with three files, the last of them none that can be written. */
export const arrivingEvents: readonly RunEvent[] = buildEvents([
  ...toQuestion,
  begin('docs/helpers.md', 1),
  begin('src/numbers/index.ts', 2),
  begin('../\u202etxt.<b>passwd</b>', 3),
  {
    type: 'edit.unusable',
    itemId: asItemId('item_5'),
    sessionId: 'session_5',
    reason: 'A path leads out of the workspace: ../\u202etxt.<b>passwd</b>',
  },
]);

/** A run whose tests failed for good. */
export const missedEvents: readonly RunEvent[] = buildEvents([
  ...toQuestion,
  { type: 'order.failed', orderId: 'order_5', reason: 'The model sent no edit that could be applied, three times.' },
  { type: 'item.blocked', itemId: asItemId('item_6'), by: asItemId('item_5'), reason: 'item_5 failed.' },
  { type: 'result.staged', treeHash: 'tree', changes },
  {
    type: 'tests.finished',
    scope: 'final',
    treeHash: 'tree',
    tier: 'bubblewrap',
    report: {
      outcome: 'failed',
      isParsed: true,
      passed: 141,
      failed: 2,
      skipped: 0,
      failures: [
        {
          name: 'fibonacci > is exact for 78',
          message: 'Expected values to be strictly equal:\n\n8944394323791463 !== 8944394323791464',
          file: 'test/numbers/fibonacci.test.ts',
          line: 14,
        },
        { name: 'fibonacci > refuses -1', message: 'Missing expected exception (RangeError).' },
      ],
      durationMs: 4410,
      outputTail: '# tests 143\n# pass 141\n# fail 2\n',
    },
  },
  {
    type: 'quality.scored',
    iteration: 0,
    score: {
      overall: 0.41,
      completeness: 0.6,
      correctness: 0.28,
      passed: false,
      evidence: [
        { kind: 'tests', verdict: 'fails', summary: '2 of 143 tests failed on the staged tree.' },
        { kind: 'items', verdict: 'fails', summary: 'item_5 failed and item_6 was not run.' },
        { kind: 'unproven', verdict: 'unproven', summary: 'Whether the new tests fail without the change.' },
      ],
      feedback: ['fibonacci(78) is wrong by one.', 'A negative n must throw.'],
      itemsAtFault: [asItemId('item_2')],
    },
  },
  {
    type: 'run.ended',
    outcome: 'qualityNotReached',
    errorKind: 'quality',
    message: 'The result scored 41 %, and 75 % are needed. Nothing was applied.',
  },
]);
