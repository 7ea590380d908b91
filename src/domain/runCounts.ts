import type { ItemStatus, QuestionState, RunState } from './runState.ts';
import type { ItemId } from './schema/ids.ts';

export interface RunCounts {
  readonly running: number;
  /** Items that nobody works on yet: planned or queued, once the plan is approved. */
  readonly waiting: number;
  readonly done: number;
  /** Failed, or blocked by one that failed. */
  readonly failed: number;
  readonly total: number;
  readonly questions: number;
}

/** The figures of a run that fit into one line. */
export function countRun(state: RunState): RunCounts {
  const items = Object.values(state.items);
  const count = (...statuses: ItemStatus[]) => items.filter(item => statuses.includes(item.status)).length;
  return {
    running: count('running'),
    waiting: state.isPlanApproved && state.phase !== 'ended' ? count('planned', 'queued') : 0,
    done: count('done'),
    failed: count('failed', 'blocked'),
    total: items.length,
    questions: openQuestions(state).length,
  };
}

/** The items that are still to be done, or to be done again: neither done nor given up. */
export function unfinishedItems({ items }: Pick<RunState, 'items'>): readonly ItemId[] {
  const isOver: ReadonlySet<ItemStatus> = new Set(['done', 'failed', 'blocked']);
  return Object.values(items).flatMap(({ item, status }) => (isOver.has(status) ? [] : item.id));
}

/** The questions that someone waits for an answer to, oldest first; none once the run has ended. */
export function openQuestions(state: RunState): readonly QuestionState[] {
  return state.phase === 'ended' ? [] : state.questions.filter(question => question.answer === undefined);
}
