import { plural } from '../domain/formatQuantity.ts';
import type { Plan, Question } from '../domain/schema/plan.ts';
import type {
  Answer,
  HumanChannel,
  PlanDecision,
  ReviewDecision,
  ReviewRequest,
} from '../orchestrator/humanChannel.ts';
import type { Palette } from './palette.ts';
import { type Prompter, yesOrNo } from './prompter.ts';
import { ReviewDialog, type TextEditor } from './review/reviewDialog.ts';
import { safeLine, safeText } from './safeText.ts';

/** A person at a terminal, or a program that answers on standard input. */
export class TerminalHuman implements HumanChannel {
  readonly #prompter: Prompter;
  readonly #palette: Palette;
  readonly #isPlanApproved: boolean;
  readonly #dialog: ReviewDialog;

  /** `isPlanApproved`: the plan is not asked about. It has been printed when `approvePlan` is called. */
  constructor(options: {
    readonly prompter: Prompter;
    readonly palette: Palette;
    readonly isPlanApproved: boolean;
    readonly editText: TextEditor;
  }) {
    this.#prompter = options.prompter;
    this.#palette = options.palette;
    this.#isPlanApproved = options.isPlanApproved;
    this.#dialog = new ReviewDialog(options);
  }

  async approvePlan(plan: Plan, options: { readonly signal: AbortSignal }): Promise<PlanDecision> {
    if (this.#isPlanApproved) return { kind: 'approve', plan, by: 'auto' };
    const text = this.#palette.bold(`Carry out this plan of ${plural(plan.items.length, 'item')}?`);
    const isApproved = await this.#prompter.ask(text, '[y/n] ', yesOrNo, options);
    return isApproved ? { kind: 'approve', plan, by: 'human' } : { kind: 'cancel' };
  }

  async answer(question: Question, options: { readonly signal: AbortSignal }): Promise<Answer> {
    const { bold, yellow, dim } = this.#palette;
    const lines = [
      `${yellow('?')} ${bold(safeText(question.text))}`,
      ...question.options.map((option, index) => `  ${index + 1}) ${safeLine(option)}`),
      ...(question.defaultAnswer === undefined ? [] : [dim(`  Enter: ${safeLine(question.defaultAnswer)}`)]),
    ];
    const text = await this.#prompter.ask(lines.join('\n'), '> ', answer => readAnswer(answer, question), options);
    return { text, by: 'human' };
  }

  review({ score, ...request }: ReviewRequest, options: { readonly signal: AbortSignal }): Promise<ReviewDecision> {
    return this.#dialog.decide({ ...request, isPassed: score.passed }, options);
  }
}

/** A number chooses an option; nothing at all is the default, where there is one; anything else is the answer itself. */
function readAnswer(answer: string, question: Question): string | undefined {
  if (answer === '') return question.defaultAnswer;
  const option = /^\d{1,3}$/.test(answer) ? question.options[Number(answer) - 1] : undefined;
  return option ?? answer;
}
