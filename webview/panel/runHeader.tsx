import { formatCost, formatCount, formatDuration, plural } from '../../src/domain/formatQuantity.ts';
import { countRun } from '../../src/domain/runCounts.ts';
import { describePhase } from '../common/words.ts';
import { Button } from '../controls.tsx';
import { useRun } from './context.ts';

/** What was asked for, where it stands, and what it has cost so far. */
export function RunHeader() {
  const { run, isLive, now, ask, isBusy } = useRun();
  const counts = countRun(run);
  return (
    <header class="run-header">
      <div class="run-heading">
        <h1 class="run-title">{run.task?.title ?? 'Run'}</h1>
        {isLive && run.phase !== 'awaitingApproval' ? (
          <Button onClick={() => ask('cancelRun', {})} isDisabled={isBusy}>
            Cancel run
          </Button>
        ) : null}
      </div>
      <p class="run-facts">
        <span class={`phase phase-${phaseTone(run.end?.outcome, isLive)}`}>{describePhase(run, isLive)}</span>
        {counts.total > 0 ? (
          <span>
            {counts.done} of {plural(counts.total, 'item')} done
          </span>
        ) : null}
        <span>{formatDuration(now - run.startedAt)}</span>
        <span>
          {formatCount(run.usage.inputTokens)} tokens in, {formatCount(run.usage.outputTokens)} out
        </span>
        {run.usage.costUsd > 0 ? <span>{formatCost(run.usage.costUsd)}</span> : null}
      </p>
      <Progress done={counts.done} failed={counts.failed} total={counts.total} />
    </header>
  );
}

function Progress({ done, failed, total }: { readonly done: number; readonly failed: number; readonly total: number }) {
  const share = (count: number) => ({ width: total === 0 ? '0' : `${(count / total) * 100}%` });
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label="Items done"
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
    >
      <span class="progress-done" style={share(done)} />
      <span class="progress-failed" style={share(failed)} />
    </div>
  );
}

function phaseTone(outcome: string | undefined, isLive: boolean): 'live' | 'good' | 'bad' | 'plain' {
  if (outcome === 'applied' || outcome === 'planned') return 'good';
  if (outcome === 'failed' || outcome === 'qualityNotReached') return 'bad';
  return isLive ? 'live' : 'plain';
}
