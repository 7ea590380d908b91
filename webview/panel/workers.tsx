import { formatDuration } from '../../src/domain/formatQuantity.ts';
import type { RunState, WorkerState } from '../../src/domain/runState.ts';
import { titleOf, workerWords } from '../common/words.ts';
import { useRun } from './context.ts';
import { LastAction } from './lastAction.tsx';

/** Who is at work on what, and since when. */
export function Workers() {
  const { run, isLive } = useRun();
  const workers = Object.values(run.workers);
  if (workers.length === 0 || !isLive) return null;
  return (
    <section class="section" aria-label="Workers">
      <div class="section-head">
        <h2>Workers</h2>
      </div>
      <ul class="workers">
        {workers.map(worker => (
          <Worker key={worker.id} worker={worker} run={run} />
        ))}
      </ul>
    </section>
  );
}

function Worker({ worker, run }: { readonly worker: WorkerState; readonly run: RunState }) {
  const { now, select } = useRun();
  const item = worker.itemId === undefined ? undefined : run.items[worker.itemId];
  return (
    <li class={`worker worker-${worker.status}`}>
      <p class="worker-head">
        <span class="worker-dot" aria-hidden="true" />
        <span class="worker-name">{worker.id}</span>
        <span class="quiet">
          {workerWords[worker.status]} · {formatDuration(Math.max(0, now - worker.lastChangedAt))}
        </span>
      </p>
      {item && worker.status === 'busy' ? (
        <span class="worker-work">
          <button type="button" class="link" onClick={() => select(item.item.id)}>
            {titleOf(item.item.description)}
          </button>
          {item.lastAction ? (
            <span class="quiet cut">
              <LastAction action={item.lastAction} />
            </span>
          ) : null}
        </span>
      ) : null}
    </li>
  );
}
