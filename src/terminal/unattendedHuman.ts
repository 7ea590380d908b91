import { QualityError, ValidationError } from '../base/errors.ts';
import type { Plan, Question } from '../domain/schema/plan.ts';
import type {
  Answer,
  HumanChannel,
  PlanDecision,
  ReviewDecision,
  ReviewRequest,
} from '../orchestrator/humanChannel.ts';
import type { Palette } from './palette.ts';
import { reviewText, sinceText } from './review/reviewText.ts';
import { safeLine, safeText } from './safeText.ts';

/** What an agent is told when it asks and nobody is there. */
export const nobodyAnswers =
  'Nobody can answer now. Choose what is most sensible yourself, and say in your summary what you assumed.';

/** The decisions were given up front. Approves every plan (`--yes`), and accepts what passed, or leaves it (`--no-apply`). */
export class UnattendedHuman implements HumanChannel {
  readonly #print: (text: string) => void;
  readonly #palette: Palette;
  readonly #isLeft: boolean;

  /** `print` is given questions with their answers, and the diff before it is decided on; `isLeft`: nothing is accepted. */
  constructor(options: {
    readonly print: (text: string) => void;
    readonly palette: Palette;
    readonly isLeft: boolean;
  }) {
    this.#print = options.print;
    this.#palette = options.palette;
    this.#isLeft = options.isLeft;
  }

  approvePlan(plan: Plan): Promise<PlanDecision> {
    return Promise.resolve({ kind: 'approve', plan, by: 'auto' });
  }

  answer(question: Question): Promise<Answer> {
    const text = question.defaultAnswer ?? nobodyAnswers;
    const { yellow, dim } = this.#palette;
    this.#print(`${yellow('?')} ${safeText(question.text)}\n${dim(`> ${safeLine(text)}`)}`);
    return Promise.resolve({ text, by: 'default' });
  }

  /** Takes what passed, once. Throws when that cannot be applied as it is: somebody has to look, and can do so later. */
  review({ review, score, setback }: ReviewRequest): Promise<ReviewDecision> {
    if (setback !== undefined) {
      const sentence = `${setback.message} Nothing was applied; look at it with trellis review ${review.runId}.`;
      const hasFailed = setback.kind === 'notProven';
      return Promise.reject(hasFailed ? new QualityError(sentence) : new ValidationError(sentence));
    }
    this.#print([reviewText(review.selection(), this.#palette), ...sinceText(review, this.#palette)].join('\n'));
    if (this.#isLeft) return Promise.resolve({ kind: 'leave' });
    return Promise.resolve(score.passed ? { kind: 'accept' } : { kind: 'refuse' });
  }
}
