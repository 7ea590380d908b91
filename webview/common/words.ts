// What the states of a run are called wherever a person reads them.
import type { ItemAction, ItemStatus, RunState } from '../../src/domain/runState.ts';
import type { ChangeKind } from '../../src/domain/schema/changes.ts';
import type { RunOutcome, TestScope } from '../../src/domain/schema/events.ts';
import type { AgentMode, Priority } from '../../src/domain/schema/plan.ts';
import type { Evidence } from '../../src/domain/schema/quality.ts';
import type { WorkerStatus } from '../../src/domain/schema/task.ts';
import type { TestOutcome } from '../../src/domain/schema/testReport.ts';

/** What is shown of an item: in a run that is over, what had begun or waited is not finished and never will be. */
export type ShownStatus = ItemStatus | 'unfinished';

export function shownStatus(status: ItemStatus, isLive: boolean): ShownStatus {
  const isOpen = status === 'queued' || status === 'running' || status === 'waiting';
  return isOpen && !isLive ? 'unfinished' : status;
}

export const statusWords: Readonly<Record<ShownStatus, string>> = {
  planned: 'Planned',
  queued: 'Queued',
  running: 'Running',
  waiting: 'Waiting for you',
  done: 'Done',
  failed: 'Failed',
  blocked: 'Blocked',
  unfinished: 'Not finished',
};

export const modeWords: Readonly<Record<AgentMode, string>> = {
  analyzer: 'Analyzer',
  coder: 'Coder',
  sdet: 'Tester',
};

export const priorityWords: Readonly<Record<Priority, string>> = { high: 'High', normal: 'Normal', low: 'Low' };

export const workerWords: Readonly<Record<WorkerStatus, string>> = {
  idle: 'Idle',
  busy: 'Working',
  waiting: 'Waiting for you',
  error: 'In trouble',
  offline: 'Offline',
};

export const changeWords: Readonly<Record<ChangeKind, string>> = {
  added: 'Added',
  modified: 'Modified',
  deleted: 'Deleted',
  renamed: 'Renamed',
};

export const outcomeWords: Readonly<Record<RunOutcome, string>> = {
  planned: 'Planned',
  applied: 'Changes applied',
  staged: 'Ready for review',
  refused: 'Changes refused',
  qualityNotReached: 'Quality not reached',
  cancelled: 'Cancelled',
  failed: 'Failed',
};

export const verdictWords: Readonly<Record<Evidence['verdict'], string>> = {
  holds: 'Holds',
  fails: 'Fails',
  unproven: 'Not proven',
};

export const evidenceWords: Readonly<Record<Evidence['kind'], string>> = {
  tests: 'Tests',
  newTests: 'New tests',
  syntax: 'Syntax',
  scope: 'Scope',
  judge: 'Judge',
  items: 'Items',
  unproven: 'Not proven',
};

export const testScopeWords: Readonly<Record<TestScope, string>> = {
  item: 'Tests of one item',
  baseline: 'Tests before any change',
  final: 'Tests of the whole result',
  selection: 'Tests of what was kept',
};

export const testOutcomeWords: Readonly<Record<TestOutcome, string>> = {
  passed: 'Passed',
  failed: 'Failed',
  noTests: 'No tests found',
  error: 'Could not be run',
  timedOut: 'Took too long',
};

/** What stands before the file, pattern, command or words of an action. */
export const actionWords: Readonly<Record<ItemAction['kind'], string>> = {
  read: 'Reading',
  list: 'Looking through',
  search: 'Searching for',
  write: 'Writing',
  edit: 'Editing',
  run: 'Running',
  ask: 'Asking',
  done: 'Finished:',
  invalid: 'Sent something that could not be used:',
};

/** Where the run stands, in a few words. */
export function describePhase(run: RunState, isLive: boolean): string {
  if (run.end) return isTakenBack(run) ? 'Changes taken back' : outcomeWords[run.end.outcome];
  if (!isLive) return 'Broken off';
  switch (run.phase) {
    case 'planning':
      return 'Planning';
    case 'awaitingApproval':
      return 'Waiting for your approval';
    case 'executing':
      return run.iteration === 0 ? 'Working' : `Working, iteration ${run.iteration}`;
    case 'evaluating':
      return 'Testing and judging';
    case 'awaitingReview':
      return 'Ready for review';
    case 'ended':
      return 'Ended';
  }
}

/** The changes were applied, and are no longer in the files. */
export function isTakenBack({ end, staged, applied }: RunState): boolean {
  return end?.outcome === 'applied' && applied === undefined && (staged?.changes.length ?? 0) > 0;
}

/** Titles longer than this many characters are cut: nobody reads them, and they push the rest out of sight. */
const longestTitle = 160;

/** The first line of a description, without its full stop. */
export function titleOf(description: string): string {
  const line = description.split(/\r?\n/, 1)[0] ?? '';
  return line.length > longestTitle ? `${line.slice(0, longestTitle)}…` : line.replace(/\.$/, '');
}
