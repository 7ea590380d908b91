import type { Plan, Question } from '../domain/schema/plan.ts';
import type { QualityScore } from '../domain/schema/quality.ts';
import type { AcceptSetback } from './review/acceptReview.ts';
import type { Review } from './review/review.ts';

/** `by: 'auto'`: nobody looked, because the user had said beforehand that plans are taken as they are. */
export type PlanDecision =
  | { readonly kind: 'approve'; readonly plan: Plan; readonly by: 'human' | 'auto' }
  | { readonly kind: 'cancel' };

/**
 * What is accepted, and which comments are sent, is in the review itself. `despiteProof`: the human has seen that the
 * tests do not hold for what is kept, and wants it all the same. `leave`: it is decided later.
 */
export type ReviewDecision =
  | { readonly kind: 'accept'; readonly despiteProof?: boolean }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'requestChanges' }
  | { readonly kind: 'leave' };

/** `default`: nobody was asked, and what was to be assumed then is the answer. */
export interface Answer {
  readonly text: string;
  readonly by: 'human' | 'default';
}

export interface ReviewRequest {
  /** Of the whole result. */
  readonly score: Pick<QualityScore, 'passed'>;
  readonly review: Review;
  /** Why the last acceptance did not come about, when the review is asked for again. */
  readonly setback?: AcceptSetback;
}

/** Where a run's decisions come from: the panel and the chat, the terminal, or flags that were given up front. */
export interface HumanChannel {
  /** Resolves with the plan as approved, edited or not; rejects with the signal's reason when aborted. */
  approvePlan(plan: Plan, options: { readonly signal: AbortSignal }): Promise<PlanDecision>;
  /** Several questions may be open at once. */
  answer(question: Question, options: { readonly signal: AbortSignal }): Promise<Answer>;
  review(request: ReviewRequest, options: { readonly signal: AbortSignal }): Promise<ReviewDecision>;
}
