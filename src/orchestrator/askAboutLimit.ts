import type { IdSource } from '../base/clock.ts';
import type { BudgetOptions } from '../models/budget/budget.ts';
import { describeLimit } from '../models/budget/budgetMiddleware.ts';
import type { HumanChannel } from './humanChannel.ts';
import type { JournaledRun } from './journaledRun.ts';
import { Questions } from './questions.ts';

/** Puts the question whether to go beyond a limit of spending to the human; without a clear yes the run stops there. */
export function askAboutLimit(run: JournaledRun, human: HumanChannel, ids: IdSource): BudgetOptions['onLimit'] {
  return async (reached, { signal }) => {
    run.append({ type: 'budget.reached', ...reached });
    const text = `${describeLimit(reached)} Raise it by as much again, or stop the run?`;
    const question = { id: ids('question', 'budget'), text, options: ['raise', 'stop'], defaultAnswer: 'stop' };
    const answer = await new Questions(run, human, signal).ask({ kind: 'budget' }, question);
    const decision = /^\s*(raise|yes|y)\b/i.test(answer) ? 'raise' : 'stop';
    run.append({ type: 'budget.decided', decision });
    return decision;
  };
}
