// The contract of this folder: a run's private copy of the workspace. Nothing here writes to the user's files.
import type { EditProblem, FileChange, FileEdit, ItemLayer } from '../domain/schema/changes.ts';
import type { TreeLook } from '../domain/schema/reuse.ts';

/** Content by hash (SHA-256 of the bytes, hexadecimal). The journal keeps it on disk; tests keep it in memory. */
export interface BlobStore {
  /** Stores the bytes and returns their hash; storing them again is free. */
  put(content: Uint8Array): Promise<string>;
  get(hash: string): Promise<Uint8Array | undefined>;
}

export interface FileVersion {
  readonly hash: string;
  readonly content: Uint8Array;
  readonly isExecutable: boolean;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
}

export interface SearchMatch {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** The line, cut to a length that fits a prompt. */
  readonly text: string;
}

export interface SearchResult {
  readonly matches: readonly SearchMatch[];
  /** More was there than the limit (200 matches unless told otherwise) let through. */
  readonly isTruncated: boolean;
}

export interface SearchOptions {
  /** Only below this folder. */
  readonly directory?: string;
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** All of the edits were staged, or none was and the problems say why. */
export type ApplyResult =
  | { readonly ok: true; readonly changes: readonly FileChange[] }
  | { readonly ok: false; readonly problems: readonly EditProblem[] };

/**
 * The tree as one item sees it: the workspace, over it the results of its dependencies, over those its own edits.
 * Paths are relative to the workspace, with `/`. What is ignored (`.gitignore`, `.trellisignore`), what may hold
 * secrets, and what lies outside of the workspace is not there for reading; a path that may not be named at all
 * throws a `ValidationError` with one sentence to hand to the model.
 */
export interface StagedView {
  readonly itemId: string;
  read(path: string): Promise<FileVersion | undefined>;
  /** The text of a file, its line ends turned into `\n`; undefined when there is no such file. A binary file throws a `ValidationError`. */
  readText(path: string): Promise<string | undefined>;
  /** Sorted by name; undefined when there is no such folder. `''` is the workspace itself. */
  list(directory: string): Promise<readonly DirectoryEntry[] | undefined>;
  /** A string is looked for as it is, a regular expression line by line. */
  search(pattern: string | RegExp, options?: SearchOptions): Promise<SearchResult>;
  /** Checks all edits against the tree and stages all of them or none. */
  apply(edits: readonly FileEdit[]): Promise<ApplyResult>;
  /** Why the permissions on the disk keep every edit of the file from being accepted, until the user changes them; undefined: they do not. */
  writeProtection(path: string): Promise<string | undefined>;
  /** What was really read, with the hash that was seen (`''`: looked for and not there). */
  readonly reads: ReadonlyMap<string, string>;
  /** What this item changed against what it started from. */
  changes(): Promise<readonly FileChange[]>;
  /** What this item staged so far, for the journal. */
  layer(): ItemLayer;
}

/** A view that knows what it has shown, so that its result can be taken over where the same would be shown again. */
export interface RepeatableView extends StagedView {
  /**
   * All that it has shown of the tree without the item's own edits; undefined when the tree changed under it, so that
   * nothing can be said to follow from what it showed.
   */
  looks(): readonly TreeLook[] | undefined;
  /** Notes that what comes now depends on every file of the workspace: something is run on it. */
  lookAtTree(options: { readonly signal: AbortSignal }): Promise<void>;
  /** Whether each look would show the same again. Nothing of this is noted. */
  stillSees(looks: readonly TreeLook[], options: { readonly signal: AbortSignal }): Promise<boolean>;
  /** Stages what was staged from the same start before; false, with nothing staged, where the start is another or content is no longer kept. */
  adopt(layer: ItemLayer): Promise<boolean>;
}

/** Two items changed the same lines, or one changed what the other deleted. */
export interface MergeConflict {
  readonly path: string;
  /** The items whose committed work is on the other side. */
  readonly otherItemIds: readonly string[];
  /** What both started from; undefined on a side means that the file is not there. */
  readonly base: FileVersion | undefined;
  readonly committed: FileVersion | undefined;
  readonly own: FileVersion | undefined;
  /** Both sides with conflict markers, when all three are text. */
  readonly markedText: string | undefined;
}

export type MergeResult =
  | { readonly ok: true; readonly layer: ItemLayer }
  | { readonly ok: false; readonly conflicts: readonly MergeConflict[] };

/** One change of the final tree against the workspace, with its content. */
export interface StagedChange extends FileChange {
  readonly before: FileVersion | undefined;
  readonly after: FileVersion | undefined;
}

/** What lies over the workspace: a file's content, or `null` for a file that is gone. */
export type TreeOverlay = ReadonlyMap<string, { readonly content: Uint8Array; readonly isExecutable: boolean } | null>;

/** The staging overlay of one run. */
export interface StagedFiles {
  /**
   * Opens (or opens again) an item. Items it depends on, directly or through others, are visible, siblings are not.
   * An item that was opened before keeps its edits, moved onto its dependencies' present results where that merges
   * cleanly, and has to be committed again. After a conflict: `discard` it, then open it with `otherItemIds` added.
   */
  viewFor(itemId: string, dependencyIds: readonly string[]): Promise<RepeatableView>;
  /** Adds the item's edits to the run's result, merged three ways with what others committed. On a conflict nothing changes. */
  commit(itemId: string): Promise<MergeResult>;
  /** Forgets the item's edits. */
  discard(itemId: string): Promise<void>;
  /** Items with edits that are not part of the result: open, or put back because what they were merged with is gone. Empty before a run may end. */
  uncommittedItemIds(): readonly string[];
  /** The result of the run: everything committed, against the workspace as it was when first touched. Sorted by path. */
  changes(): Promise<readonly StagedChange[]>;
  /** The overlay to lay over a copy of the workspace to run tests on: of one item as it sees things, or of the whole result. */
  treeFor(itemId?: string): Promise<TreeOverlay>;
  /** Stages again what the journal recorded, in that order; the content must be in the blob store. */
  restore(layers: readonly ItemLayer[]): Promise<void>;
}
