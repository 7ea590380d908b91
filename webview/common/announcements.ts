import type { RunState } from '../../src/domain/runState.ts';
import { describePhase, statusWords, titleOf } from './words.ts';

interface Moment {
  readonly run: RunState;
  readonly isLive: boolean;
}

/** What changed from one moment to the next that a person who does not see the panel wants to hear. */
export function announcements(before: Moment, after: Moment): string[] {
  if (before.run.runId !== after.run.runId) return [];
  const heard: string[] = [];
  const phase = describePhase(after.run, after.isLive);
  if (phase !== describePhase(before.run, before.isLive)) heard.push(phase);
  for (const { item, status } of Object.values(after.run.items)) {
    const earlier = before.run.items[item.id]?.status;
    if (earlier === undefined || earlier === status || status === 'planned' || status === 'queued') continue;
    heard.push(`${titleOf(item.description)}: ${statusWords[status]}`);
  }
  return heard;
}
