import { z } from 'zod';
import { configuredRoleSchema, modelSettingsSchema } from './model.ts';

/**
 * What a run looked at outside of itself, apart from models and humans, who have events of their own: `context` and
 * `paths`, `kind` and `text` are of planning; `file`, `folder`, `edit`, `search`, `current` and `workspace`, the hash of all of it, of the workspace; `testCommand`,
 * `sandbox`, `copy` and `command` of the sandbox; `reuse` is the result of an earlier run that fits an item, if there is one; `masked`, `message` and `stop` are of
 * texts that models did not see as they are.
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
  'workspace',
  'testCommand',
  'sandbox',
  'copy',
  'command',
  'reuse',
  'masked',
  'message',
  'stop',
]);
export type ObservationKind = z.infer<typeof observationKindSchema>;

/** What decides a run's course and is in no other event, so that it can be run again. */
export const runSettingsSchema = z.strictObject({
  stopAfterPlan: z.boolean(),
  contextTokens: z.number(),
  maxTurns: z.number(),
  /** Whether results of earlier runs were looked for; each such look is an observation. */
  reusesItems: z.boolean().optional(),
  roles: z.record(configuredRoleSchema, modelSettingsSchema),
});
