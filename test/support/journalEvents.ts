import type { RunEventPayload } from '../../src/domain/schema/events.ts';
import { type RunId, runIdSchema } from '../../src/domain/schema/ids.ts';

export const asRunId = (id: string): RunId => runIdSchema.parse(id);

/** The payload that begins every run. */
export function startedPayload(title: string): RunEventPayload {
  return {
    type: 'run.started',
    task: { id: 'task_1', title, description: title, type: 'feature', priority: 'normal' },
    workspace: '/project',
    workers: 2,
    threshold: 0.75,
    maxIterations: 1,
    models: {},
    trellisVersion: '0.1.0',
  };
}

export const warnedPayload = (message: string): RunEventPayload => ({ type: 'run.warned', message });

export const endedPayload = (message = 'done'): RunEventPayload => ({ type: 'run.ended', outcome: 'applied', message });
