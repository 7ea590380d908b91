import type { Clock, IdSource } from '../base/clock.ts';
import { errorMessage, PlanningError, UnusableAnswerError } from '../base/errors.ts';
import type { PromptLibrary } from '../base/promptLibrary.ts';
import type { ModelMessage } from '../domain/schema/model.ts';
import type { Plan, Question } from '../domain/schema/plan.ts';
import { callForJson, type JsonAnswer, type ModelClient } from '../models/modelClient.ts';
import { type PlanAnswer, planAnswerSchema, planResponseSchema } from './planAnswer.ts';
import { draftPlan } from './planDraft.ts';
import type { Planner, PlanningOptions, ProjectContext, ProjectFiles } from './planner.ts';
import { renderContext } from './renderContext.ts';

/** As many as the human is asked at most; the prompt allows three. */
const maxQuestions = 5;

export interface PlannerDependencies {
  readonly model: ModelClient;
  /** Holds `planner`, `plannerAnswers` and `correction`. */
  readonly prompts: PromptLibrary;
  readonly files: ProjectFiles;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** A planner that asks the model configured for the role `planner`. */
export function createPlanner(dependencies: PlannerDependencies): Planner {
  return { plan: (request, context, options) => new Planning(dependencies, options).plan(request, context) };
}

interface AnsweredQuestion {
  readonly question: Question;
  readonly answer: string;
}

/** The making of one plan: at most one round of questions, and each answer corrected as often as `callForJson` does. */
class Planning {
  readonly #dependencies: PlannerDependencies;
  readonly #options: PlanningOptions;
  #rejections = 0;

  constructor(dependencies: PlannerDependencies, options: PlanningOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
  }

  async plan(request: string, context: ProjectContext): Promise<Plan> {
    const prompt = this.#dependencies.prompts.render('planner', { project: renderContext(context), request });
    const messages: readonly ModelMessage[] = [
      { role: 'system', content: prompt.system },
      { role: 'user', content: prompt.user },
    ];
    const first = await this.#ask(messages, 'questionsAllowed');
    const questions = first.questions ?? [];
    if (questions.length === 0) return this.#toPlan(first, []);
    const answered = await this.#putQuestions(questions.slice(0, maxQuestions));
    const second = await this.#ask([...messages, ...this.#conversation(answered)], 'planOnly');
    return this.#toPlan(second, answered);
  }

  async #ask(messages: readonly ModelMessage[], mode: 'questionsAllowed' | 'planOnly'): Promise<PlanAnswer> {
    const { model, prompts } = this.#dependencies;
    const { signal, onRejected } = this.#options;
    try {
      const call = { role: 'planner', messages, responseSchema: planResponseSchema } as const;
      const { value } = await callForJson(model, call, planAnswerSchema, {
        signal,
        prompts,
        check: answer => this.#problemsOf(answer, mode),
        onRejected: (_attempt, problems) => onRejected(++this.#rejections, problems),
      });
      return value;
    } catch (error) {
      if (!(error instanceof UnusableAnswerError)) throw error;
      throw new PlanningError(`There is no plan. ${errorMessage(error)}`, { cause: error });
    }
  }

  async #problemsOf(answer: JsonAnswer<PlanAnswer>, mode: 'questionsAllowed' | 'planOnly'): Promise<readonly string[]> {
    if (isCutOff(answer)) {
      return ['The answer broke off before its end, and items may be missing. Answer with fewer words for each item.'];
    }
    const { questions = [], work_items: items = [] } = answer.value;
    if (mode === 'questionsAllowed' && questions.length > 0) return [];
    return (await draftPlan(items, this.#dependencies.files)).problems;
  }

  #putQuestions(questions: NonNullable<PlanAnswer['questions']>): Promise<AnsweredQuestion[]> {
    return Promise.all(
      questions.map(async ({ question: text, options = [] }) => {
        const id = this.#dependencies.ids('question', 'planner');
        const question: Question = { id, text, options: options.filter(option => option !== '') };
        return { question, answer: await this.#options.ask(question) };
      }),
    );
  }

  /** The questions as the model's own turn, and the answers to them. */
  #conversation(answered: readonly AnsweredQuestion[]): ModelMessage[] {
    const questions = answered.map(({ question }) => ({ question: question.text, options: question.options }));
    const answers = answered.map(({ question, answer }) => `- ${question.text}\n  ${answer}`).join('\n');
    return [
      { role: 'assistant', content: JSON.stringify({ questions, work_items: [] }) },
      { role: 'user', content: this.#dependencies.prompts.render('plannerAnswers', { answers }).user },
    ];
  }

  async #toPlan(answer: PlanAnswer, answered: readonly AnsweredQuestion[]): Promise<Plan> {
    const { clock, files } = this.#dependencies;
    const draft = await draftPlan(answer.work_items ?? [], files);
    const clarifications = answered.map(({ question, answer: text }) => `${question.text} ${text}`).join('\n');
    return {
      summary: answer.summary ?? '',
      items: [...draft.items],
      createdAt: clock.now(),
      questions: answered.map(({ question }) => question),
      metadata: clarifications === '' ? {} : { clarifications },
    };
  }
}

/**
 * Whether items may have been lost at the end of the answer. A model that was done and only forgot to close its
 * brackets has lost none; one that was stopped in the middle of the object, or ends in the middle of a value, may have.
 */
function isCutOff({ reply, repairs }: JsonAnswer<PlanAnswer>): boolean {
  if (!repairs.includes('endClosed')) return false;
  const end = reply.text.replace(/[\s`]+$/, '').at(-1);
  return reply.finishReason !== 'stop' || (end !== '}' && end !== ']');
}
