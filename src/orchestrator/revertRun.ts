import { ValidationError } from '../base/errors.ts';
import type { RevertingSink } from './changeSink.ts';
import type { JournaledRun } from './journaledRun.ts';
import { withContents } from './review/stagedContents.ts';

/**
 * Takes back what a run changed in the user's files, and nothing else: what was edited since stays where the two do not
 * touch. Returns the paths that changed. Throws `ValidationError` when there is nothing to take back,
 * `AcceptConflictError` when files were edited since in the same places; the files are then as they were.
 */
export async function revertRun(
  run: JournaledRun,
  sink: RevertingSink,
  { signal }: { readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const { applied } = run.state;
  if (!applied)
    throw new ValidationError(`The run ${run.runId} has changed no files, or they were taken back already.`);
  const paths = await sink.revert(withContents(applied, run.contents), { runId: run.runId, signal });
  run.append({ type: 'changes.reverted', paths: [...paths] });
  await run.sync();
  return paths;
}
