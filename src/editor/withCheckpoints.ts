import path from 'node:path';
import * as vscode from 'vscode';
import type { DiskChangeSink } from '../changes/accept/diskChangeSink.ts';
import type { ChangeSink } from '../orchestrator/changeSink.ts';

/**
 * The same sink, with a checkpoint of the files that it is about to write: they are brought back at the next start when
 * the editor dies in the middle. Files with unsaved changes are not written to the disk, so there is nothing to bring back.
 */
export function withCheckpoints(sink: ChangeSink, disk: DiskChangeSink, root: string): ChangeSink {
  return {
    ...(sink.current && { current: async name => sink.current?.(name) }),
    apply: (changes, options) => {
      const written = changes.filter(({ path: name }) => !isUnsaved(path.join(root, name)));
      const perform = async () => {
        await sink.apply(changes, options);
      };
      return disk.applyBy(perform, written, options);
    },
  };
}

function isUnsaved(file: string): boolean {
  return vscode.workspace.textDocuments.some(({ uri, isDirty }) => isDirty && uri.fsPath === file);
}
