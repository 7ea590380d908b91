import type { Logger } from '../../base/logger.ts';
import type { RunEvent } from '../../domain/schema/events.ts';
import type { RunId } from '../../domain/schema/ids.ts';
import type { Journal } from '../../journal/journal.ts';
import { JournaledRun } from '../journaledRun.ts';
import { reviewFile } from './reviewFile.ts';
import { withContents, withoutContent } from './stagedContents.ts';

/** A change of the user's files that was made whole and is still there. */
export interface MadeAccept {
  readonly runId: RunId;
  readonly checkpointId: string;
}

/**
 * Says in a run's journal that its changes are in the files, where the process that put them there ended before it could:
 * after a crash the files are in one state or the other, and the journal says in which. To be called at the start, when
 * what was cut short is undone. False when the journal says it already. Throws `StorageError`.
 */
export async function settleAccept(
  journal: Journal,
  { runId, checkpointId }: MadeAccept,
  logger: Logger,
): Promise<boolean> {
  if (!isOpenAccept(journal.read(runId))) return false;
  const lease = journal.acquire(runId);
  try {
    const run = JournaledRun.reopen(journal, runId, logger);
    const { staged, review } = run.state;
    const kept = withContents(staged?.changes ?? [], run.contents).flatMap(change => {
      const facts = { itemId: undefined, state: review.files[change.path], coverage: undefined };
      return reviewFile(change, facts, run.contents).kept ?? [];
    });
    run.append({ type: 'changes.applied', changes: kept.map(withoutContent), checkpointId });
    const message = `${kept.length} ${kept.length === 1 ? 'file' : 'files'} changed; Trellis ended before it could say so.`;
    run.append({ type: 'run.ended', outcome: 'applied', message });
    await run.sync();
    return true;
  } finally {
    await lease.dispose();
  }
}

const OUTCOMES: ReadonlySet<RunEvent['type']> = new Set([
  'review.decided',
  'changes.applied',
  'changes.reverted',
  'run.ended',
]);

/** The last that the run says of its changes is that they are accepted. */
function isOpenAccept(events: readonly RunEvent[]): boolean {
  const last = events.findLast(event => OUTCOMES.has(event.type));
  return last?.type === 'review.decided' && last.decision === 'accept';
}
