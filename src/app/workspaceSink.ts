import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { DiskChangeSink, type Recovery } from '../changes/accept/diskChangeSink.ts';
import { DiskWorkspace } from '../changes/diskWorkspace.ts';
import { runIdSchema } from '../domain/schema/ids.ts';
import type { RevertingSink } from '../orchestrator/changeSink.ts';
import type { MadeAccept } from '../orchestrator/review/settleAccept.ts';

/** Where accepted changes go, and what had to be put right first. */
export interface WorkspaceSink {
  readonly sink: RevertingSink;
  /** One sentence for each earlier change of files that a crash had cut short and that was undone just now. */
  readonly remarks: readonly string[];
  /** The last change of files that was made whole and is still there; its journal may not say so yet. */
  readonly lastAccept?: MadeAccept;
}

/** Opens the way into the user's files, with checkpoints under `storageDirectory`. Throws `StorageError`. */
export async function openWorkspaceSink(
  workspace: string,
  storageDirectory: string,
  clock: Clock,
): Promise<WorkspaceSink & { readonly sink: DiskChangeSink }> {
  const sink = new DiskChangeSink({
    workspace: await DiskWorkspace.open(workspace),
    storage: storageDirectory,
    clock,
    ids: prefix => `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 12)}`,
  });
  const remarks = (await sink.recover()).map(remarkOn);
  const last = (await sink.checkpoints()).at(-1);
  if (last === undefined || last.isReverted) return { sink, remarks };
  return { sink, remarks, lastAccept: { runId: runIdSchema.parse(last.runId), checkpointId: last.id } };
}

function remarkOn({ runId, leftPaths }: Recovery): string {
  const left = leftPaths.length === 0 ? '' : `, except ${leftPaths.join(', ')}, which you edited since`;
  return `The changes of run ${runId} had been cut short in the middle; they were undone${left}.`;
}
