// Changes to a plan before it is approved. All functions are pure; the host parses the result again.
import { descendants, itemById, planProblems } from '../../src/domain/planGraph.ts';
import type { ItemId } from '../../src/domain/schema/ids.ts';
import type { Plan, WorkItem } from '../../src/domain/schema/plan.ts';
import { workspacePathProblem } from '../../src/domain/workspacePath.ts';

export type EditableFields = Pick<WorkItem, 'description' | 'filePath' | 'mode' | 'priority' | 'fileStatus'>;

/** The plan with some fields of an item changed. */
export function changeItem(plan: Plan, id: ItemId, changes: Partial<EditableFields>): Plan {
  return { ...plan, items: plan.items.map(item => (item.id === id ? { ...item, ...changes } : item)) };
}

/** The plan with a dependency of an item added, or taken away when it was there. */
export function toggleDependency(plan: Plan, id: ItemId, dependency: ItemId): Plan {
  const toggle = (dependencies: readonly ItemId[]) =>
    dependencies.includes(dependency)
      ? dependencies.filter(other => other !== dependency)
      : [...dependencies, dependency];
  return {
    ...plan,
    items: plan.items.map(item => (item.id === id ? { ...item, dependencies: toggle(item.dependencies) } : item)),
  };
}

/** The plan without an item; what depended on it depends on what it depended on. */
export function removeItem(plan: Plan, id: ItemId): Plan {
  const removed = plan.items.find(item => item.id === id);
  if (!removed) return plan;
  const rewire = (item: WorkItem): WorkItem => {
    if (!item.dependencies.includes(id)) return item;
    const inherited = removed.dependencies.filter(dependency => dependency !== item.id);
    const kept = item.dependencies.filter(dependency => dependency !== id);
    return { ...item, dependencies: [...new Set([...kept, ...inherited])] };
  };
  return { ...plan, items: plan.items.filter(item => item !== removed).map(rewire) };
}

/** The plan with an empty item at its end, and the id that the item got. */
export function addItem(plan: Plan): { readonly plan: Plan; readonly id: ItemId } {
  const taken = new Set<string>(plan.items.map(item => item.id));
  let number = plan.items.length + 1;
  while (taken.has(`item_${number}`)) number += 1;
  // Not empty and short, which is all that the id's schema asks for.
  const id = `item_${number}` as ItemId;
  const item: WorkItem = {
    id,
    filePath: '',
    description: '',
    mode: 'coder',
    language: '',
    fileStatus: 'new',
    dependencies: [],
    priority: 'normal',
  };
  return { plan: { ...plan, items: [...plan.items, item] }, id };
}

/** The items that `id` may depend on without closing a circle, and those that it does depend on. */
export function possibleDependencies(plan: Plan, id: ItemId): readonly WorkItem[] {
  const after = descendants(plan, [id]);
  const present = itemById(plan, id)?.dependencies ?? [];
  return plan.items.filter(item => item.id !== id && (present.includes(item.id) || !after.has(item.id)));
}

/** Why the draft cannot be approved, one sentence each; none when it can. */
export function draftProblems(plan: Plan): string[] {
  const problems: string[] = [];
  if (plan.items.length === 0) problems.push('A plan needs at least one item.');
  for (const { id, description, filePath } of plan.items) {
    if (description.trim() === '') problems.push(`Item "${id}" needs a description.`);
    const problem = workspacePathProblem(filePath);
    if (problem !== undefined) problems.push(`The file of item "${id}" ${problem}.`);
  }
  return [...problems, ...planProblems(plan)];
}
