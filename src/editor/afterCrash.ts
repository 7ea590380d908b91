// What the editor has of changes of files that a crash interrupted, beside the disk: texts that are not saved.
import { systemClock } from '../base/clock.ts';
import { TrellisError } from '../base/errors.ts';
import type { CutShortChange } from '../changes/accept/diskChangeSink.ts';
import type { RestoreOutcome } from '../changes/accept/restoreEntries.ts';
import { runIdSchema } from '../domain/schema/ids.ts';
import type { Journal } from '../journal/journal.ts';
import { decidedChanges, type Settlement } from '../orchestrator/review/settleChanges.ts';
import type { WorkspaceRoot } from './engine.ts';
import { undoInTexts } from './files/undoInTexts.ts';
import { inverse, WorkspaceChangeSink } from './files/workspaceChangeSink.ts';

/** How long nothing may have come of an edit that the editor still makes for a host that crashed, until it counts as over. */
const quietMs = 1000;

/** Takes a change that was cut short out of unsaved texts, once the editor is done with what it was asked to do. */
export async function undoInEditor(
  { path: root }: WorkspaceRoot,
  journal: Journal,
  { kind, runId, paths }: CutShortChange,
): Promise<RestoreOutcome> {
  await systemClock.sleep(quietMs);
  const changes = decidedChanges(journal, runIdSchema.parse(runId));
  return undoInTexts(root, kind === 'accept' ? changes : changes.map(inverse), new Set(paths));
}

/**
 * Makes a change whole that is on the disk as a whole, where an editor that died had not kept its unsaved texts yet.
 * Returns the settlement with what cannot be made whole, for the user to know.
 */
export async function completeInEditor({ path: root }: WorkspaceRoot, settlement: Settlement): Promise<Settlement> {
  const { kind, runId, message, unsaved } = settlement;
  if (unsaved.length === 0) return settlement;
  const sink = new WorkspaceChangeSink(root);
  const options = { runId, signal: new AbortController().signal };
  try {
    await (kind === 'accept' ? sink.apply(unsaved, options) : sink.revert(unsaved, options));
    return settlement;
  } catch (error) {
    if (!(error instanceof TrellisError)) throw error;
    const names = unsaved.map(({ path }) => path).join(', ');
    return { ...settlement, message: `${message} Look at ${names}, which had unsaved text: ${error.message}` };
  }
}
