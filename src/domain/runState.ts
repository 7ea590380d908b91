import { noReview, type ReviewState } from './reviewState.ts';
import type { FileChange, ItemLayer } from './schema/changes.ts';
import type { ChangeCoverage } from './schema/coverage.ts';
import type { AgentActionSummary, RunEventOf, RunOutcome, TestScope } from './schema/events.ts';
import type { ItemId } from './schema/ids.ts';
import type { Plan, Question, WorkItem } from './schema/plan.ts';
import type { Evidence, QualityScore, Violation } from './schema/quality.ts';
import type { TextFlag } from './schema/safety.ts';
import type { Task, WorkerStatus, WorkOrder } from './schema/task.ts';
import type { TestReport } from './schema/testReport.ts';

export type RunPhase = 'planning' | 'awaitingApproval' | 'executing' | 'evaluating' | 'awaitingReview' | 'ended';

export type ItemStatus = 'planned' | 'queued' | 'running' | 'waiting' | 'done' | 'failed' | 'blocked';

export interface Usage {
  readonly calls: number;
  readonly cachedCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly costUsd: number;
  /** Calls whose model has no known price; their cost is not in `costUsd`. */
  readonly unpricedCalls: number;
}

export interface ItemState {
  readonly item: WorkItem;
  readonly status: ItemStatus;
  /** How often a worker has claimed it. */
  readonly attempts: number;
  readonly workerId?: string;
  readonly startedAt?: number;
  /** Time in workers' hands so far, waiting for a human left out; the stretch since `startedAt` is not yet in it. */
  readonly durationMs: number;
  readonly usage: Usage;
  readonly lastAction?: ItemAction;
  /** What its last work that became part of the result touched. */
  readonly changedPaths?: readonly string[];
  /** The run whose result was taken over, the last time that the item ran. */
  readonly reusedFrom?: string;
  /** What the agent said it did, or why the item failed or is blocked. */
  readonly note?: string;
}

/** What an agent did last, or what the reply that is arriving is at: `number` is the file's in that reply, from 1. */
export type ItemAction =
  | AgentActionSummary
  | { readonly kind: 'write'; readonly detail: string; readonly number: number };

export type OrderStatus = 'queued' | 'claimed' | 'waiting' | 'completed' | 'failed';

export interface OrderState extends WorkOrder {
  readonly status: OrderStatus;
  readonly workerId?: string;
  readonly sessionId?: string;
  readonly leaseExpiresAt?: number;
  /** The end of its back-off: a returned order is not claimed again before. */
  readonly notBefore?: number;
}

export interface WorkerState {
  readonly id: string;
  readonly status: WorkerStatus;
  readonly itemId?: ItemId;
  readonly lastChangedAt: number;
}

export interface SessionState {
  readonly id: string;
  readonly workerId: string;
  readonly itemId: ItemId;
  readonly startedAt: number;
  readonly endedAt?: number;
}

/** Amounts are tokens or US dollars, as `unit` says. */
export type LimitState = Pick<RunEventOf<'budget.reached'>, 'scope' | 'unit' | 'limit' | 'spent' | 'needed'>;

export interface QuestionState extends Question {
  readonly asker: RunEventOf<'question.asked'>['asker'];
  readonly askedAt: number;
  readonly answer?: { readonly text: string; readonly by: 'human' | 'default' | 'cancelled'; readonly at: number };
}

export interface ChatEntry {
  readonly id: string;
  readonly sender: 'worker' | 'human' | 'system';
  readonly senderId: string;
  readonly text: string;
  readonly at: number;
  /** Set when the entry is a question, or the answer to one. */
  readonly questionId?: string;
}

export interface TestRun {
  readonly scope: TestScope;
  readonly itemId?: ItemId;
  readonly treeHash: string;
  readonly report: TestReport;
  readonly tier: string;
  /** Of the workspace that the tree lay over. */
  readonly workspaceHash?: string;
  /** Of the changed files that it could be measured of. */
  readonly coverage?: readonly ChangeCoverage[];
}

/** All that is known about a run. Plain data: it is sent to the webview as it is. */
export interface RunState {
  readonly runId: string;
  readonly task?: Task;
  readonly workspace: string;
  readonly phase: RunPhase;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly end?: { readonly outcome: RunOutcome; readonly message: string; readonly errorKind?: string };
  readonly threshold: number;
  readonly maxIterations: number;
  readonly iteration: number;
  readonly plan?: Plan;
  readonly isPlanApproved: boolean;
  /** Work was begun, or begun again, and its result is not scored yet. */
  readonly isResultDue: boolean;
  readonly items: Readonly<Record<string, ItemState>>;
  readonly orders: Readonly<Record<string, OrderState>>;
  readonly workers: Readonly<Record<string, WorkerState>>;
  readonly sessions: Readonly<Record<string, SessionState>>;
  readonly questions: readonly QuestionState[];
  readonly chat: readonly ChatEntry[];
  /** A limit of spending that calls wait at, until the human decides. */
  readonly openLimit?: LimitState;
  readonly usage: Usage;
  readonly usageByRole: Readonly<Record<string, Usage>>;
  readonly testRuns: readonly TestRun[];
  readonly evidence: readonly Evidence[];
  readonly scores: readonly QualityScore[];
  readonly feedback: readonly string[];
  readonly violations: readonly Violation[];
  /** What the items made part of the result, in that order; with the contents it is enough to stage the result again. */
  readonly layers: readonly ItemLayer[];
  /** What is staged, or, once the human accepted some of it, what was applied. */
  readonly changes: readonly FileChange[];
  /** The last result as the agents left it, and the hash of its tree. */
  readonly staged?: { readonly treeHash: string; readonly changes: readonly FileChange[] };
  readonly review: ReviewState;
  /** What the user's files got of it; absent also after it was taken back. */
  readonly applied?: readonly FileChange[];
  /** What was found in texts for models, and what was done about it. */
  readonly textFlags: readonly TextFlag[];
  readonly warnings: readonly string[];
  /** Number of the last event taken in. */
  readonly lastSeq: number;
}

export const noUsage: Usage = {
  calls: 0,
  cachedCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  costUsd: 0,
  unpricedCalls: 0,
};

export function initialRunState(runId: string): RunState {
  return {
    runId,
    workspace: '',
    phase: 'planning',
    startedAt: 0,
    threshold: 0,
    maxIterations: 0,
    iteration: 0,
    isPlanApproved: false,
    isResultDue: false,
    items: {},
    orders: {},
    workers: {},
    sessions: {},
    questions: [],
    chat: [],
    usage: noUsage,
    usageByRole: {},
    testRuns: [],
    evidence: [],
    scores: [],
    feedback: [],
    violations: [],
    layers: [],
    changes: [],
    review: noReview,
    textFlags: [],
    warnings: [],
    lastSeq: 0,
  };
}
