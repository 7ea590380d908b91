import { unfinishedItems } from '../runCounts.ts';
import { type ItemState, noUsage, type RunState } from '../runState.ts';
import type { Plan } from '../schema/plan.ts';
import { planAgain } from './planAgain.ts';
import type { Reducers } from './reducer.ts';

type CourseEventType =
  | 'run.started'
  | 'run.resumed'
  | 'run.cancelRequested'
  | 'run.warned'
  | 'world.observed'
  | 'run.ended'
  | 'context.collected'
  | 'plan.proposed'
  | 'plan.rejected'
  | 'plan.edited'
  | 'plan.approved'
  | 'tests.started'
  | 'tests.finished'
  | 'evidence.collected'
  | 'quality.scored'
  | 'iteration.started'
  | 'violation.found'
  | 'result.staged'
  | 'changes.applied'
  | 'changes.committed'
  | 'changes.reverted';

/** The course of a run as a whole: from the request over the plan and its proof to the end. */
export const courseReducers: Reducers<CourseEventType> = {
  'run.started': (state, event) => ({
    ...state,
    task: event.task,
    workspace: event.workspace,
    startedAt: event.at,
    threshold: event.threshold,
    maxIterations: event.maxIterations,
  }),
  'run.resumed': (state, { threshold, maxIterations, at }) => ({
    ...leftAlone(state, at),
    phase: 'executing',
    threshold,
    maxIterations,
  }),
  'run.cancelRequested': state => state,
  'world.observed': state => state,
  'run.warned': (state, event) => ({ ...state, warnings: [...state.warnings, event.message] }),
  'run.ended': (state, event) => ({
    ...state,
    phase: 'ended',
    endedAt: event.at,
    end: {
      outcome: event.outcome,
      message: event.message,
      ...(event.errorKind === undefined ? {} : { errorKind: event.errorKind }),
    },
  }),
  'context.collected': state => state,
  'plan.proposed': (state, event) => ({ ...withPlan(state, event.plan), phase: 'awaitingApproval' }),
  'plan.rejected': state => state,
  'plan.edited': (state, event) => withPlan(state, event.plan),
  'plan.approved': state => ({ ...state, isPlanApproved: true, isResultDue: true, phase: 'executing' }),
  'tests.started': state => state,
  'tests.finished': (state, { scope, itemId, treeHash, report, tier, workspaceHash, coverage }) => ({
    ...state,
    testRuns: [
      ...state.testRuns,
      {
        scope,
        treeHash,
        report,
        tier,
        ...(itemId !== undefined && { itemId }),
        ...(workspaceHash !== undefined && { workspaceHash }),
        ...(coverage && { coverage }),
      },
    ],
  }),
  'evidence.collected': (state, event) => ({ ...state, evidence: [...state.evidence, event.evidence] }),
  'quality.scored': (state, event) => ({
    ...state,
    isResultDue: false,
    scores: [...state.scores, event.score],
  }),
  'iteration.started': (state, event) => ({
    ...state,
    phase: 'executing',
    isResultDue: true,
    iteration: event.iteration,
    feedback: event.feedback,
    evidence: [],
    items: planAgain(state.items, event.items),
  }),
  'violation.found': (state, event) => ({ ...state, violations: [...state.violations, event.violation] }),
  'result.staged': (state, { treeHash, changes }) => ({
    ...state,
    phase: 'evaluating',
    changes,
    staged: { treeHash, changes },
  }),
  'changes.applied': (state, { changes }) => ({ ...state, changes, applied: changes }),
  'changes.committed': (state, { problem }) =>
    problem === undefined ? state : { ...state, warnings: [...state.warnings, problem] },
  'changes.reverted': ({ applied: _, ...state }) => state,
};

function withPlan(state: RunState, plan: Plan): RunState {
  const items = plan.items.map((item): [string, ItemState] => [
    item.id,
    { item, status: 'planned', attempts: 0, durationMs: 0, usage: noUsage },
  ]);
  return { ...state, plan, items: Object.fromEntries(items) };
}

/** The run without those who worked on it: no worker, no order in anyone's hands, no question that anyone waits at. */
function leftAlone({ end: _, endedAt: __, openLimit: ___, ...state }: RunState, at: number): RunState {
  const orders = Object.entries(state.orders).filter(([, { status }]) => status === 'completed' || status === 'failed');
  return {
    ...state,
    workers: {},
    orders: Object.fromEntries(orders),
    items: planAgain(state.items, unfinishedItems(state)),
    questions: state.questions.map(question => ({
      ...question,
      answer: question.answer ?? { text: '', by: 'cancelled', at },
    })),
  };
}
