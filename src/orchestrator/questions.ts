import { AbortError } from '../base/errors.ts';
import type { RunEventOf } from '../domain/schema/events.ts';
import type { Question } from '../domain/schema/plan.ts';
import type { HumanChannel } from './humanChannel.ts';
import type { JournaledRun } from './journaledRun.ts';

type Asker = RunEventOf<'question.asked'>['asker'];

/** Puts questions to the human, each of them and its answer in the journal. */
export class Questions {
  readonly #run: JournaledRun;
  readonly #human: HumanChannel;
  readonly #signal: AbortSignal;

  constructor(run: JournaledRun, human: HumanChannel, signal: AbortSignal) {
    this.#run = run;
    this.#human = human;
    this.#signal = signal;
  }

  /** Resolves with the answer; throws `AbortError` when the run is cancelled first, which is recorded too. */
  async ask(asker: Asker, question: Question): Promise<string> {
    this.#run.append({ type: 'question.asked', asker, question });
    try {
      const { text, by } = await this.#human.answer(question, { signal: this.#signal });
      this.#run.append({ type: 'question.answered', questionId: question.id, text, by });
      return text;
    } catch (error) {
      if (!this.#signal.aborted) throw error;
      this.#run.append({ type: 'question.answered', questionId: question.id, text: '', by: 'cancelled' });
      throw new AbortError('The run was cancelled while a question was open.', { cause: error });
    }
  }
}
