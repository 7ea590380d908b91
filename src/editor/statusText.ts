import { formatCount, plural } from '../domain/formatQuantity.ts';
import { countRun, type RunCounts } from '../domain/runCounts.ts';
import type { RunState } from '../domain/runState.ts';

export interface StatusText {
  /** With the editor's `$(icon)` marks. */
  readonly text: string;
  readonly tooltip: string;
  /** Nothing goes on until the user does something. */
  readonly needsUser: boolean;
}

/** The status bar's line for a run in progress. */
export function statusText(run: RunState): StatusText {
  const counts = countRun(run);
  const tooltip = [
    run.task?.title ?? 'Trellis',
    tooltipPhase(run),
    `${plural(counts.running, 'item')} running, ${counts.waiting} waiting, ${counts.done} of ${counts.total} done`,
    plural(counts.questions, 'open question'),
    `${formatCount(run.usage.inputTokens)} tokens in, ${formatCount(run.usage.outputTokens)} out`,
    'Click to open the panel.',
  ].join('\n');
  return { tooltip, ...line(run, counts) };
}

function line(run: RunState, counts: RunCounts): Pick<StatusText, 'text' | 'needsUser'> {
  const asks = counts.questions > 0;
  switch (run.phase) {
    case 'planning':
      return { text: asks ? `$(question) ${counts.questions}` : '$(loading~spin) Planning', needsUser: asks };
    case 'awaitingApproval':
      return { text: '$(checklist) Approve plan', needsUser: true };
    case 'executing':
      return {
        text: `$(play) ${counts.running} $(watch) ${counts.waiting} $(question) ${counts.questions}`,
        needsUser: asks,
      };
    case 'evaluating':
      return { text: '$(beaker) Testing', needsUser: false };
    case 'awaitingReview':
      return { text: '$(diff-multiple) Review changes', needsUser: true };
    case 'ended':
      return { text: '$(check) Ended', needsUser: false };
  }
}

function tooltipPhase(run: RunState): string {
  switch (run.phase) {
    case 'planning':
      return 'Planning';
    case 'awaitingApproval':
      return 'The plan waits for your approval';
    case 'executing':
      return 'Working';
    case 'evaluating':
      return 'Testing and judging the result';
    case 'awaitingReview':
      return 'The changes wait for your review';
    case 'ended':
      return 'Ended';
  }
}
