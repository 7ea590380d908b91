import { ValidationError } from '../base/errors.ts';
import { languageOf } from '../domain/language.ts';
import { planProblems } from '../domain/planGraph.ts';
import type { Plan } from '../domain/schema/plan.ts';

/** Holds an edited plan against the rules of the graph, and names the languages of new items. Throws `ValidationError` with every problem. */
export function checkPlan(plan: Plan): Plan {
  const problems = planProblems(plan);
  if (problems.length > 0) throw new ValidationError(problems.join(' '));
  const items = plan.items.map(item =>
    item.language === '' ? { ...item, language: languageOf(item.filePath) } : item,
  );
  return { ...plan, items };
}
