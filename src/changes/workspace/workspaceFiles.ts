import type { DirectoryEntry, FileVersion } from '../stagedFiles.ts';

/** Whether a path may be edited, and what is there now. */
export type EditPermission =
  | { readonly ok: true; readonly version: FileVersion | undefined }
  /**
   * `reason` is a sentence without a capital letter and without its full stop. `isWriteProtected`: nothing but the
   * permissions on the disk is against it, which only the user can change.
   */
  | { readonly ok: false; readonly reason: string; readonly isWriteProtected?: boolean | undefined };

/** The user's files, read only, as agents may know them: inside the workspace, not ignored, no secrets. Paths are normalized. */
export interface WorkspaceFiles {
  /** The file, or undefined when there is none that may be known. Throws `ValidationError` for a path that may not be named. */
  read(path: string): Promise<FileVersion | undefined>;
  /** The entries of a folder, `''` for the workspace; undefined when there is no such folder. */
  list(folder: string): Promise<readonly WorkspaceEntry[] | undefined>;
  /** Whether the path may be edited, made or deleted. `movedFrom`: what is to be moved there, which may differ from it by case only. */
  permitEdit(path: string, movedFrom?: string): Promise<EditPermission>;
  /** Another one when any file of the scope is another. */
  fingerprint(options: FingerprintOptions): Promise<string>;
}

/** `all`: also the files that agents may not know, since what is run sees them. `visible`: those that agents may know. */
export type FingerprintScope = 'all' | 'visible';

export interface FingerprintOptions {
  readonly scope: FingerprintScope;
  readonly signal: AbortSignal;
}

export interface WorkspaceEntry extends DirectoryEntry {
  readonly isLink: boolean;
}
