import type { StagedChangeSummary } from '../domain/schema/events.ts';
import type { Plan, Question } from '../domain/schema/plan.ts';
import type { QualityScore } from '../domain/schema/quality.ts';

export type PlanDecision = { readonly kind: 'approve'; readonly plan: Plan } | { readonly kind: 'cancel' };

/** What the human keeps of the staged changes: whole files by path; `contents` overrides what is written for a path. */
export type ReviewDecision =
  | { readonly kind: 'accept'; readonly paths: readonly string[]; readonly contents?: ReadonlyMap<string, Uint8Array> }
  | { readonly kind: 'refuse' };

export interface ReviewRequest {
  readonly score: QualityScore;
  readonly changes: readonly StagedChangeSummary[];
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
   * All of it or nothing. Returns the changes as they were written and, where one was taken, the checkpoint to go back to.
   * Throws `StorageError` or `ValidationError` with the user's files as they were.
   */
  apply(
    changes: readonly AcceptedChange[],
    options: { readonly runId: string; readonly signal: AbortSignal },
  ): Promise<{ readonly checkpointId?: string }>;
}

export interface AcceptedChange {
  readonly path: string;
  /** Content of the file when it was first read; undefined for one that did not exist. */
  readonly before: Uint8Array | undefined;
  /** Undefined: the file is deleted. */
  readonly after: Uint8Array | undefined;
  readonly isExecutable: boolean;
}
