import type { Disposable } from '../base/disposable.ts';
import type { RunId } from '../domain/schema/ids.ts';
import type { Journal } from '../journal/journal.ts';
import type { ChangeSink, RevertingSink } from '../orchestrator/changeSink.ts';
import type { HumanChannel } from '../orchestrator/humanChannel.ts';
import type { EndedReview } from '../orchestrator/review/endedReview.ts';
import type { RunHandle } from '../orchestrator/runHandle.ts';

/** A folder of the workspace: what a run works on. */
export interface WorkspaceRoot {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/** What the editor needs of Trellis for one folder; the engine proper is loaded on first use. */
export interface Engine extends Disposable {
  readonly journal: Journal;
  /** Plans are started on without asking, as the user has set. */
  readonly autoApprove: boolean;
  start(
    request: string,
    options: { readonly human: HumanChannel; readonly sink: ChangeSink; readonly signal: AbortSignal },
  ): RunHandle;
  /** The review of a run that nobody works on any more; see `Trellis.openReview`. */
  openReview(runId: RunId, options: { readonly sink: ChangeSink }): EndedReview;
  /** Takes back what a run changed in the files; see `Trellis.revert`. */
  revert(
    runId: RunId,
    options: { readonly sink: RevertingSink; readonly signal: AbortSignal },
  ): Promise<readonly string[]>;
}
