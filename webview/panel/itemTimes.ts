import type { ItemState, RunState } from '../../src/domain/runState.ts';

/** Time in workers' hands so far, in milliseconds; undefined for an item that nobody has had yet. */
export function workedMs({ attempts, durationMs, startedAt }: ItemState, now: number): number | undefined {
  if (attempts === 0) return undefined;
  return durationMs + (startedAt === undefined ? 0 : Math.max(0, now - startedAt));
}

/** The last moment that is known of a run, in milliseconds since the epoch: clocks of a run that is over stand there. */
export function lastMoment(run: RunState): number {
  const signs = Object.values(run.workers).map(worker => worker.lastChangedAt);
  return run.endedAt ?? Math.max(run.startedAt, ...signs);
}
