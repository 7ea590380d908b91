import type { RunState } from '../../domain/runState.ts';
import type { FileChange } from '../../domain/schema/changes.ts';
import type { Review } from '../../orchestrator/review/review.ts';
import type { ReviewReason } from '../../orchestrator/review/reviewReasons.ts';
import type { Reasons } from './reviewLines.ts';

/** What `review --json` prints; its fields are documented in docs/cli.md and only ever added to. */
export interface ReviewObject {
  readonly runId: string;
  /** Whether the user's files have what was accepted. */
  readonly isApplied: boolean;
  readonly files: readonly {
    readonly path: string;
    readonly kind: string;
    /** `null` when no item of the plan accounts for it. */
    readonly itemId: string | null;
    readonly decision: string;
    readonly additions: number;
    readonly deletions: number;
    readonly isEdited: boolean;
    readonly conflicts: number;
    readonly reasons: readonly ReviewReason[];
    readonly hunks: readonly {
      readonly id: string;
      readonly decision: string;
      readonly oldStart: number;
      readonly oldLines: number;
      readonly newStart: number;
      readonly newLines: number;
      readonly reasons: readonly ReviewReason[];
    }[];
  }[];
  /** Not sent yet. */
  readonly comments: readonly {
    readonly path: string;
    /** `null` for one on the file as a whole. */
    readonly line: number | null;
    readonly side: string;
    readonly text: string;
  }[];
  /** What the agents changed since comments were last sent. */
  readonly changedSince: readonly Pick<FileChange, 'path' | 'kind' | 'additions' | 'deletions'>[];
  /** The agents were cut short; they go on when changes are requested. */
  readonly isUnfinished: boolean;
  /** What the tests say of exactly what is kept; `null` when they did not run on it. */
  readonly proof: {
    readonly verdict: string;
    readonly summary: string;
    readonly neededHunks: readonly { readonly path: string; readonly hunkId: string }[];
  } | null;
  /** Why nothing was applied, when that was asked for. */
  readonly setback: { readonly kind: string; readonly message: string } | null;
}

/** The review as data for programs. */
export function reviewObject(
  state: RunState,
  review: Review,
  reasons: Reasons,
  setback?: { readonly kind: string; readonly message: string },
): ReviewObject {
  const { proof } = review;
  return {
    runId: state.runId,
    isApplied: state.applied !== undefined,
    files: review.files.map(({ path, change, itemId, decision, isEdited, conflicts, hunks }) => ({
      path,
      kind: change.kind,
      itemId: itemId ?? null,
      decision,
      additions: change.additions,
      deletions: change.deletions,
      isEdited,
      conflicts,
      reasons: reasons.get(path) ?? [],
      hunks: hunks.map(({ id, decision: decided, oldStart, oldLines, newStart, newLines, reasons: hunkReasons }) => ({
        id,
        decision: decided,
        oldStart,
        oldLines,
        newStart,
        newLines,
        reasons: hunkReasons,
      })),
    })),
    comments: review.comments.map(({ path, line, side, text }) => ({ path, line: line ?? null, side, text })),
    changedSince: review
      .changesSinceLastRound()
      .map(({ path, kind, additions, deletions }) => ({ path, kind, additions, deletions })),
    isUnfinished: review.isUnfinished,
    proof: proof ? { verdict: proof.verdict, summary: proof.summary, neededHunks: proof.needed?.hunks ?? [] } : null,
    setback: setback ? { kind: setback.kind, message: setback.message } : null,
  };
}
