import type { RunEvent, RunEventPayload } from '../../src/domain/schema/events.ts';
import { runEventSchema } from '../../src/domain/schema/events.ts';
import { itemIdSchema } from '../../src/domain/schema/ids.ts';
import { type Plan, planSchema, type WorkItem, workItemSchema } from '../../src/domain/schema/plan.ts';

/** A valid work item; `id` names its file too. */
export function buildItem(
  id: string,
  changes: Partial<Omit<WorkItem, 'dependencies' | 'id'>> & { dependencies?: string[] } = {},
): WorkItem {
  return workItemSchema.parse({
    id,
    filePath: `src/${id}.ts`,
    description: `Write ${id}`,
    mode: 'coder',
    language: 'typescript',
    fileStatus: 'new',
    dependencies: [],
    priority: 'normal',
    ...changes,
  });
}

export function buildPlan(items: WorkItem[], changes: Partial<Plan> = {}): Plan {
  return planSchema.parse({ summary: 'A plan', items, createdAt: 0, questions: [], metadata: {}, ...changes });
}

/** `{ a: ['b'] }`: a plan in which `a` depends on `b`. Unlike `buildPlan` it takes invalid graphs too. */
export function buildGraph(dependencies: Record<string, string[]>): Pick<Plan, 'items'> {
  return { items: Object.entries(dependencies).map(([id, dependsOn]) => buildItem(id, { dependencies: dependsOn })) };
}

export const asItemId = (id: string) => itemIdSchema.parse(id);

/** Numbers the payloads as a journal would, one second apart, and holds them against the schema. */
export function buildEvents(payloads: readonly RunEventPayload[], runId = 'run_test'): RunEvent[] {
  return payloads.map((payload, index) =>
    runEventSchema.parse({ ...payload, runId, seq: index + 1, at: (index + 1) * 1000, correlationId: runId }),
  );
}
