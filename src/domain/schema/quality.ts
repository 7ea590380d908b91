import { z } from 'zod';
import { itemIdSchema } from './ids.ts';

const fraction = z.number().min(0).max(1);

export const evidenceSchema = z.strictObject({
  kind: z.enum(['tests', 'newTests', 'syntax', 'scope', 'judge', 'items', 'unproven']),
  /** `unproven`: nobody could find out, and `summary` says why. */
  verdict: z.enum(['holds', 'fails', 'unproven']),
  summary: z.string(),
  /** Hash of the staged tree it was taken on. */
  treeHash: z.string().optional(),
});
/** One fact about the result, collected by the host and not claimed by a model; `judge` alone is an opinion. */
export type Evidence = z.infer<typeof evidenceSchema>;

export const qualityScoreSchema = z.strictObject({
  overall: fraction,
  completeness: fraction,
  correctness: fraction,
  passed: z.boolean(),
  evidence: z.array(evidenceSchema),
  feedback: z.array(z.string()),
  itemsAtFault: z.array(itemIdSchema),
});
export type QualityScore = z.infer<typeof qualityScoreSchema>;

export const violationSchema = z.strictObject({
  kind: z.enum(['test-failure', 'compile-error', 'unexpected-change', 'user-edit']),
  itemId: itemIdSchema.optional(),
  path: z.string().optional(),
  expected: z.string(),
  actual: z.string(),
});
/** A difference between what an agent expected of the world and what it found. */
export type Violation = z.infer<typeof violationSchema>;
