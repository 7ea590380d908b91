import type { Plan, Question } from '../domain/schema/plan.ts';
import type {
  Answer,
  HumanChannel,
  PlanDecision,
  ReviewDecision,
  ReviewRequest,
} from '../orchestrator/humanChannel.ts';
import type { Palette } from './palette.ts';
import { reviewText } from './reviewText.ts';
import { safeLine, safeText } from './safeText.ts';

/** What an agent is told when it asks and nobody is there. */
export const nobodyAnswers =
  'Nobody can answer now. Choose what is most sensible yourself, and say in your summary what you assumed.';

/** `--yes`: the decisions were given up front. Approves every plan and accepts what passed. */
export class UnattendedHuman implements HumanChannel {
  readonly #print: (text: string) => void;
  readonly #palette: Palette;

  /** `print` is given questions with their answers, and the diff before it is decided on. */
  constructor(options: { readonly print: (text: string) => void; readonly palette: Palette }) {
    this.#print = options.print;
    this.#palette = options.palette;
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

  /** Takes what passed, once; what cannot be applied as it is needs somebody to look. */
  review({ review, score, setback }: ReviewRequest): Promise<ReviewDecision> {
    if (setback !== undefined) this.#print(safeText(setback.message));
    else this.#print(reviewText(review.selection(), this.#palette));
    return Promise.resolve(score.passed && setback === undefined ? { kind: 'accept' } : { kind: 'refuse' });
  }
}
