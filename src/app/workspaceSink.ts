import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { CHECKPOINTS_FOLDER, CheckpointStore } from '../changes/accept/checkpointStore.ts';
import { DiskChangeSink, type UndoElsewhere } from '../changes/accept/diskChangeSink.ts';
import { diskCalls } from '../changes/accept/fileCalls.ts';
import { DiskWorkspace } from '../changes/workspace/diskWorkspace.ts';
import type { RevertingSink } from '../orchestrator/changeSink.ts';
import type { FoundChanges } from '../orchestrator/review/settleChanges.ts';

/** Where accepted changes go, and what was found there of earlier ones, for `settleChanges`. */
export interface WorkspaceSink {
  readonly sink: RevertingSink;
  readonly found: FoundChanges;
}

/**
 * Opens the way into the user's files, with checkpoints under `storageDirectory`; what a crash had cut short is undone.
 * Throws `StorageError`.
 */
export async function openWorkspaceSink(
  workspace: string,
  storageDirectory: string,
  clock: Clock,
  undoElsewhere?: UndoElsewhere,
): Promise<WorkspaceSink & { readonly sink: DiskChangeSink }> {
  const sink = new DiskChangeSink({
    workspace: await DiskWorkspace.open(workspace),
    storage: storageDirectory,
    clock,
    ids: prefix => `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 12)}`,
  });
  const cutShort = await sink.recover(undoElsewhere);
  const last = await sink.lastChange();
  return { sink, found: { cutShort, ...(last && { last }) } };
}

/** Whether a crash cut a change of files short that nobody has undone yet. */
export async function hasCutShortChange(storageDirectory: string): Promise<boolean> {
  const store = new CheckpointStore(path.join(storageDirectory, CHECKPOINTS_FOLDER), diskCalls);
  return (await store.intents()).length > 0;
}
