import path from 'node:path';
import * as vscode from 'vscode';
import type { DiskChangeSink } from '../../changes/accept/diskChangeSink.ts';
import type { ChangeSink, RevertingSink } from '../../orchestrator/changeSink.ts';

/**
 * The same sink, with a checkpoint of the files that it is about to write: they are brought back at the next start when
 * the editor dies in the middle. Files with unsaved changes are not written to the disk, so there is nothing to bring back.
 */
export function withCheckpoints(sink: ChangeSink, disk: DiskChangeSink, root: string): ChangeSink {
  return {
    ...(sink.current && { current: async name => sink.current?.(name) }),
    apply: (changes, options) => {
      const perform = async () => {
        await sink.apply(changes, options);
      };
      return disk.applyBy(perform, saved(changes, root), options);
    },
  };
}

/** The same for taking changes back. */
export function revertingWithCheckpoints(sink: RevertingSink, disk: DiskChangeSink, root: string): RevertingSink {
  return {
    ...withCheckpoints(sink, disk, root),
    revert: (changes, options) => disk.revertBy(() => sink.revert(changes, options), saved(changes, root), options),
  };
}

function saved<T extends { readonly path: string }>(changes: readonly T[], root: string): readonly T[] {
  return changes.filter(({ path: name }) => !isUnsaved(path.join(root, name)));
}

function isUnsaved(file: string): boolean {
  return vscode.workspace.textDocuments.some(({ uri, isDirty }) => isDirty && uri.fsPath === file);
}
