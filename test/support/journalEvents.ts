import type { RunEventPayload } from '../../src/domain/schema/events.ts';
import { type RunId, runIdSchema } from '../../src/domain/schema/ids.ts';

export const asRunId = (id: string): RunId => runIdSchema.parse(id);

const configured = { workers: 2, threshold: 0.75, maxIterations: 1, models: {}, trellisVersion: '0.1.0' };
const role = { provider: 'openai', model: 'm', temperature: 0, maxOutputTokens: 10 } as const;
export const runSettings = {
  stopAfterPlan: false,
  contextTokens: 1,
  maxTurns: 1,
  roles: { planner: role, executor: role, judge: role },
};

/** The payload that begins every run. */
export function startedPayload(title: string): RunEventPayload {
  return {
    type: 'run.started',
    task: { id: 'task_1', title, description: title, type: 'feature', priority: 'normal' },
    workspace: '/project',
    ...configured,
  };
}

/** The payload with which a run goes on that was over. */
export const resumedPayload: RunEventPayload = { type: 'run.resumed', ...configured, settings: runSettings };

export const warnedPayload = (message: string): RunEventPayload => ({ type: 'run.warned', message });

export const endedPayload = (message = 'done'): RunEventPayload => ({ type: 'run.ended', outcome: 'applied', message });
