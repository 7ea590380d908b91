import { z } from 'zod';
import { workspacePathProblem } from '../workspacePath.ts';
import { itemIdSchema } from './ids.ts';

export const agentModeSchema = z.enum(['analyzer', 'coder', 'sdet']);
/** Which agent carries an item out: `analyzer` reports, `coder` writes code, `sdet` writes and runs tests. */
export type AgentMode = z.infer<typeof agentModeSchema>;

export const prioritySchema = z.enum(['high', 'normal', 'low']);
export type Priority = z.infer<typeof prioritySchema>;

/** A path inside the workspace: relative, with `/`. */
export const workspacePathSchema = z.string().superRefine((path, context) => {
  const problem = workspacePathProblem(path);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: `"${path}" ${problem}` });
});

export const workItemSchema = z.strictObject({
  id: itemIdSchema,
  filePath: workspacePathSchema,
  description: z.string().trim().min(1, 'must not be empty').max(20_000),
  mode: agentModeSchema,
  language: z.string().max(50),
  fileStatus: z.enum(['new', 'existing']),
  dependencies: z.array(itemIdSchema),
  context: z.string().max(50_000).optional(),
  acceptance: z.array(z.string().min(1)).optional(),
  priority: prioritySchema,
  capabilities: z.array(z.string().min(1)).optional(),
});
/** One node of the plan: what one agent does to one file. */
export type WorkItem = z.infer<typeof workItemSchema>;

export const questionSchema = z.strictObject({
  id: z.string().min(1),
  text: z.string().trim().min(1),
  options: z.array(z.string().min(1)),
  /** What is assumed when nobody answers; none means the asker waits. */
  defaultAnswer: z.string().optional(),
});
/** Something an agent or the planner wants to know from the human. */
export type Question = z.infer<typeof questionSchema>;

export const planSchema = z.strictObject({
  summary: z.string(),
  items: z.array(workItemSchema).min(1, 'a plan needs at least one item').max(50, 'a plan has at most 50 items'),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  questions: z.array(questionSchema),
  metadata: z.record(z.string(), z.string()),
});
/** A validated graph of work items; `planProblems` has also found no duplicate, unknown or circular dependency in it. */
export type Plan = z.infer<typeof planSchema>;
