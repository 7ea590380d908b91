import { z } from 'zod';
import { configuredRoleSchema, modelSettingsSchema } from './model.ts';

/**
 * What a run looked at outside of itself, apart from models and humans, who have events of their own: `context` and
 * `paths`, `kind` and `text` are of planning; `file`, `folder`, `edit`, `search` and `current` of the workspace; `testCommand`,
 * `sandbox`, `copy` and `command` of the sandbox.
 */
export const observationKindSchema = z.enum([
  'context',
  'paths',
  'kind',
  'text',
  'file',
  'folder',
  'edit',
  'search',
  'current',
  'testCommand',
  'sandbox',
  'copy',
  'command',
]);
export type ObservationKind = z.infer<typeof observationKindSchema>;

/** What decides a run's course and is in no other event, so that it can be run again. */
export const runSettingsSchema = z.strictObject({
  stopAfterPlan: z.boolean(),
  contextTokens: z.number(),
  maxTurns: z.number(),
  roles: z.record(configuredRoleSchema, modelSettingsSchema),
});
