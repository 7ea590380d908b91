// The vocabulary of a review: what the human decides of each hunk, says of a line, and what is proven of what is kept.
import { z } from 'zod';
import { itemIdSchema } from './ids.ts';
import { workspacePathSchema } from './plan.ts';

/** Every hunk is kept until it is rejected. */
export const hunkDecisionSchema = z.enum(['kept', 'rejected']);
export type HunkDecision = z.infer<typeof hunkDecisionSchema>;

export const reviewCommentSchema = z.strictObject({
  id: z.string().min(1),
  /** The item that the comment goes back to. */
  itemId: itemIdSchema,
  path: workspacePathSchema,
  /** Which side of the diff `line` counts in: the file as it was, or as it is staged. */
  side: z.enum(['before', 'after']),
  /** 1-based. Absent for a comment on the file as a whole. */
  line: z.int().positive().optional(),
  text: z.string().trim().min(1).max(10_000),
  /** The line and its neighbours as they were when the comment was written. */
  quotedLines: z.array(z.string()),
});
/** What the human wants changed, and where. */
export type ReviewComment = z.infer<typeof reviewCommentSchema>;

export const proofVerdictSchema = z.enum(['passes', 'asBefore', 'noTests', 'fails', 'unproven']);
/**
 * What the tests say of a part of the changes. `asBefore`: they fail, and nothing fails that did not fail without the
 * changes. `unproven`: they could not be run.
 */
export type ProofVerdict = z.infer<typeof proofVerdictSchema>;

export const hunkReferenceSchema = z.strictObject({ path: workspacePathSchema, hunkId: z.string() });
export type HunkReference = z.infer<typeof hunkReferenceSchema>;
