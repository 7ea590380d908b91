import type { Plan, Question } from '../domain/schema/plan.ts';
import type {
  Answer,
  HumanChannel,
  PlanDecision,
  ReviewDecision,
  ReviewRequest,
} from '../orchestrator/humanChannel.ts';

interface Pending<Subject, Decision> {
  readonly subject: Subject;
  readonly decide: (decision: Decision) => void;
}

/** What is, or was, to be reviewed. */
export type SeenReview = Pick<ReviewRequest, 'review' | 'setback'>;

export interface HumanDecisionsOptions {
  /** Plans are taken as they are. */
  readonly autoApprove: boolean;
  /** What was reviewed before the run went on with it. */
  readonly lastReview?: SeenReview;
  /** Called when something new waits for a decision, and when something no longer does. */
  readonly onDidChange: () => void;
}

/**
 * Holds what a run wants decided until someone decides it, wherever in the editor that happens: panel, chat, command
 * or notification. The first decision counts.
 */
export class HumanDecisions implements HumanChannel {
  #plan: Pending<Plan, PlanDecision> | undefined;
  #review: Pending<ReviewRequest, ReviewDecision> | undefined;
  #lastReview: SeenReview | undefined;
  readonly #questions = new Map<string, Pending<Question, Answer>>();
  readonly #autoApprove: boolean;
  readonly #onDidChange: () => void;

  constructor({ autoApprove, lastReview, onDidChange }: HumanDecisionsOptions) {
    this.#lastReview = lastReview;
    this.#autoApprove = autoApprove;
    this.#onDidChange = onDidChange;
  }

  get pendingPlan(): Plan | undefined {
    return this.#plan?.subject;
  }

  get pendingReview(): ReviewRequest | undefined {
    return this.#review?.subject;
  }

  /** What was to be reviewed last, also while it is tested or worked on again. */
  get lastReview(): SeenReview | undefined {
    return this.#lastReview;
  }

  approvePlan(plan: Plan, { signal }: { readonly signal: AbortSignal }): Promise<PlanDecision> {
    if (this.#autoApprove) return Promise.resolve({ kind: 'approve', plan, by: 'auto' });
    return this.#wait<Plan, PlanDecision>(plan, signal, pending => {
      this.#plan = pending;
    });
  }

  answer(question: Question, { signal }: { readonly signal: AbortSignal }): Promise<Answer> {
    return this.#wait<Question, Answer>(question, signal, pending => {
      if (pending) this.#questions.set(question.id, pending);
      else this.#questions.delete(question.id);
    });
  }

  review(request: ReviewRequest, { signal }: { readonly signal: AbortSignal }): Promise<ReviewDecision> {
    this.#lastReview = request;
    return this.#wait<ReviewRequest, ReviewDecision>(request, signal, pending => {
      this.#review = pending;
    });
  }

  /** False when no plan waits. */
  decidePlan(decision: PlanDecision): boolean {
    return decide(this.#plan, decision);
  }

  /** False when nobody waits for an answer to that question. */
  decideAnswer(questionId: string, text: string): boolean {
    return decide(this.#questions.get(questionId), { text, by: 'human' });
  }

  /** False when no review waits. */
  decideReview(decision: ReviewDecision): boolean {
    return decide(this.#review, decision);
  }

  /** Keeps the subject with `store` until it is decided or the signal aborts, then clears it. */
  #wait<Subject, Decision>(
    subject: Subject,
    signal: AbortSignal,
    store: (pending: Pending<Subject, Decision> | undefined) => void,
  ): Promise<Decision> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const settle = () => {
        signal.removeEventListener('abort', onAbort);
        store(undefined);
        this.#onDidChange();
      };
      const onAbort = () => {
        settle();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      store({
        subject,
        decide: decision => {
          settle();
          resolve(decision);
        },
      });
      this.#onDidChange();
    });
  }
}

function decide<Subject, Decision>(pending: Pending<Subject, Decision> | undefined, decision: Decision): boolean {
  pending?.decide(decision);
  return pending !== undefined;
}
