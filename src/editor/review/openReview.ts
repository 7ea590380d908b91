import type { AcceptSetback } from '../../orchestrator/review/acceptReview.ts';
import type { Review } from '../../orchestrator/review/review.ts';
import type { WorkspaceRoot } from '../engine.ts';

/** What the user has to review, as it stands. */
export interface OpenReview {
  readonly root: WorkspaceRoot;
  readonly runId: string;
  readonly review: Review;
  /** It waits for a decision. False while what was decided is tested, applied or worked on. */
  readonly isPending: boolean;
  /** Why the last acceptance did not come about. */
  readonly setback?: AcceptSetback;
}
