import { z } from 'zod';
import { contentHashSchema } from '../../domain/schema/changes.ts';
import { workspacePathSchema } from '../../domain/schema/plan.ts';

const versionSchema = z.strictObject({
  hash: contentHashSchema,
  isExecutable: z.boolean(),
});

/** What a transaction does to the user's files, written down before it touches the first of them. */
export const transactionRecordSchema = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[\w-]+$/),
  kind: z.enum(['accept', 'revert']),
  runId: z.string(),
  /** The checkpoint that a `revert` undoes. */
  reverts: z.string().optional(),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  root: z.string(),
  entries: z.array(
    z.strictObject({
      path: workspacePathSchema,
      /** Where the file was before, if it is moved; that path has an entry of its own. */
      previousPath: workspacePathSchema.optional(),
      before: versionSchema.nullable(),
      /** The permission bits before; null where there was no file. */
      mode: z.int().nullable(),
      after: versionSchema.nullable(),
      /** Where the new content waits, beside the file; null for a file that is deleted. */
      temporaryPath: z.string().nullable(),
    }),
  ),
  /** Folders that had to be made, outermost first. */
  madeFolders: z.array(workspacePathSchema),
});
export type TransactionRecord = z.infer<typeof transactionRecordSchema>;
export type TransactionEntry = TransactionRecord['entries'][number];
