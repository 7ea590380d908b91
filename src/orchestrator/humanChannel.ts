import type { StagedChange } from '../changes/stagedFiles.ts';
import type { Plan, Question } from '../domain/schema/plan.ts';
import type { QualityScore } from '../domain/schema/quality.ts';

/** `by: 'auto'`: nobody looked, because the user had said beforehand that plans are taken as they are. */
export type PlanDecision =
  | { readonly kind: 'approve'; readonly plan: Plan; readonly by: 'human' | 'auto' }
  | { readonly kind: 'cancel' };

/** `accept` carries what the human keeps: all of the changes, some of them, or changes with fewer hunks or edited text. */
export type ReviewDecision =
  | { readonly kind: 'accept'; readonly changes: readonly StagedChange[] }
  | { readonly kind: 'refuse' };

export interface ReviewRequest {
  readonly score: QualityScore;
  readonly changes: readonly StagedChange[];
}

/** Where a run's decisions come from: the panel and the chat, the terminal, or flags that were given up front. */
export interface HumanChannel {
  /** Resolves with the plan as approved, edited or not; rejects with the signal's reason when aborted. */
  approvePlan(plan: Plan, options: { readonly signal: AbortSignal }): Promise<PlanDecision>;
  /** Several questions may be open at once. */
  answer(question: Question, options: { readonly signal: AbortSignal }): Promise<string>;
  review(request: ReviewRequest, options: { readonly signal: AbortSignal }): Promise<ReviewDecision>;
}

/** Puts accepted changes into the user's files: as one undoable edit in an editor, or by writing them. */
export interface ChangeSink {
  /**
   * All of it or nothing. Returns the checkpoint to go back to, where one was taken.
   * Throws `StorageError` or `ValidationError` with the user's files as they were.
   */
  apply(
    changes: readonly StagedChange[],
    options: { readonly runId: string; readonly signal: AbortSignal },
  ): Promise<{ readonly checkpointId?: string }>;
}
