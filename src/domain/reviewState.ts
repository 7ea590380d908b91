import type { FileChange, VersionReference } from './schema/changes.ts';
import type { HunkReference, ProofVerdict, ReviewComment } from './schema/review.ts';

/** What the human made of one file so far. Hunks that are not named are kept. */
export interface FileReviewState {
  readonly rejectedHunks: readonly string[];
  /** The text as the human wrote it, and the hash of the text that it was made from. */
  readonly edit?: { readonly onHash: string; readonly afterHash: string };
  /** Both sides since the file changed in the workspace; holds as long as the staged content is that of `stagedHash`. */
  readonly rebase?: {
    readonly stagedHash: string | null;
    readonly before: VersionReference | null;
    readonly after: VersionReference | null;
  };
  /** Nothing is accepted before the human has decided on this file. */
  readonly needsDecision: boolean;
}

/** The rejected hunks without which the tests of a selection fail. */
export interface NeededHunks {
  readonly hunks: readonly HunkReference[];
  readonly isMinimal: boolean;
  readonly testRuns: number;
}

/** What is known of one selection, under the hash of its tree. */
export interface SelectionState {
  readonly verdict: ProofVerdict;
  /** One sentence. */
  readonly summary: string;
  readonly needed?: NeededHunks;
}

/** The review of a run's result. Plain data, as the rest of the run's state. */
export interface ReviewState {
  readonly files: Readonly<Record<string, FileReviewState>>;
  /** Not yet sent to the agents. */
  readonly comments: readonly ReviewComment[];
  /** Sent to the agents, oldest first. */
  readonly requests: readonly { readonly comments: readonly ReviewComment[] }[];
  readonly selections: Readonly<Record<string, SelectionState>>;
  /** What the human has before them. */
  readonly shown: readonly FileChange[];
  /** What they had before them until they asked for changes. */
  readonly shownBefore?: readonly FileChange[];
}

export const noReview: ReviewState = { files: {}, comments: [], requests: [], selections: {}, shown: [] };
