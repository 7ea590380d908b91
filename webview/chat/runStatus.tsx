import { countRun } from '../../src/domain/runCounts.ts';
import type { RunState } from '../../src/domain/runState.ts';
import { describePhase } from '../common/words.ts';
import { Button } from '../controls.tsx';

export interface RunStatusProperties {
  readonly run: RunState;
  readonly isLive: boolean;
  readonly onOpen: () => void;
  readonly onReview: () => void;
}

/** One line on where the run stands, with the way to what it needs. */
export function RunStatus({ run, isLive, onOpen, onReview }: RunStatusProperties) {
  const { running, waiting, done, total } = countRun(run);
  const figures = [
    ...(running > 0 ? [`${running} running`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(total > 0 ? [`${done} of ${total} done`] : []),
  ].join(', ');
  // Also when the window was reloaded meanwhile: the review goes on where it was.
  const isForReview = run.phase === 'awaitingReview';
  const isForApproval = isLive && run.phase === 'awaitingApproval';
  return (
    <div class="run-status">
      <p>
        <strong>{describePhase(run, isLive)}</strong>
        <span class="quiet"> {figures}</span>
      </p>
      {isForReview ? (
        <Button isPrimary onClick={onReview}>
          Review changes
        </Button>
      ) : (
        <Button isPrimary={isForApproval} onClick={onOpen}>
          {isForApproval ? 'Look at the plan' : 'Open panel'}
        </Button>
      )}
    </div>
  );
}
