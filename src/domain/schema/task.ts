import { z } from 'zod';
import { itemIdSchema } from './ids.ts';
import { prioritySchema } from './plan.ts';

export const taskTypeSchema = z.enum(['feature', 'bugfix', 'test', 'docs']);

export const taskSchema = z.strictObject({
  id: z.string().min(1),
  title: z.string().min(1),
  description: z.string().min(1),
  type: taskTypeSchema,
  priority: prioritySchema,
  repository: z.string().optional(),
  branch: z.string().optional(),
});
/** What the user asked for. Its status is the status of its run. */
export type Task = z.infer<typeof taskSchema>;

export const workOrderSchema = z.strictObject({
  id: z.string().min(1),
  itemId: itemIdSchema,
  /** 0 for the first pass over the plan, then one more for each feedback iteration. */
  iteration: z.number().int().min(0),
  priority: prioritySchema,
  enqueuedAt: z.number(),
  retryCount: z.number().int().min(0),
});
/** One item in the queue: what a worker claims. */
export type WorkOrder = z.infer<typeof workOrderSchema>;

export const workerStatusSchema = z.enum(['idle', 'busy', 'waiting', 'error', 'offline']);
export type WorkerStatus = z.infer<typeof workerStatusSchema>;
