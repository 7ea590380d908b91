import type { FileVersion, StagedChange } from '../changes/stagedFiles.ts';

/** Puts accepted changes into the user's files: as one undoable edit in an editor, or by writing them. */
export interface ChangeSink {
  /**
   * A file as the user has it now, text that is not saved included; `undefined` when there is none. Absent where nobody
   * but the disk knows.
   */
  current?(path: string): Promise<FileVersion | undefined>;
  /**
   * All of it or nothing. Returns the checkpoint to go back to, where one was taken.
   * Throws `StorageError` or `ValidationError` with the user's files as they were, among them `AcceptConflictError` when
   * a file changed meanwhile in the same places.
   */
  apply(
    changes: readonly StagedChange[],
    options: { readonly runId: string; readonly signal: AbortSignal },
  ): Promise<{ readonly checkpointId?: string }>;
}

/** A sink that can also take changes back. */
export interface RevertingSink extends ChangeSink {
  /**
   * Takes back what `apply` did with these changes; later edits stay where the two do not touch. All of it or nothing.
   * Returns the paths that changed. Throws as `apply` does.
   */
  revert(
    changes: readonly StagedChange[],
    options: { readonly runId: string; readonly signal: AbortSignal },
  ): Promise<readonly string[]>;
}
