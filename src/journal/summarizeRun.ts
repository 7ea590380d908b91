import type { RunEvent } from '../domain/schema/events.ts';
import type { RunSummary } from './journal.ts';

/**
 * The summary of a run from its first event, its ends and what went on after them (`run.ended`, `run.resumed`), and its last
 * event; the events between may be left out. Empty when the events do not begin with `run.started`: then there is nothing to list yet.
 */
export function summarizeRun(events: readonly RunEvent[]): RunSummary[] {
  const [first] = events;
  const last = events.at(-1);
  if (first?.type !== 'run.started' || last === undefined) return [];
  const latest = events.findLast(({ type }) => type === 'run.ended' || type === 'run.resumed');
  const end = latest?.type === 'run.ended' ? latest : undefined;
  return [
    {
      runId: first.runId,
      title: first.task.title,
      startedAt: first.at,
      events: last.seq,
      ...(end === undefined ? {} : { endedAt: end.at, outcome: end.outcome }),
    },
  ];
}
