// The vocabulary of reuse: what an item saw of the tree, so that its result can be taken over where all of it is the same.
import { z } from 'zod';

/** What came back when it was looked at: the same for the same. */
const seen = z.string().min(1);

/** One look at the tree as it was before the item's own edits, and what was there. */
export const treeLookSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), path: z.string(), seen }),
  z.strictObject({ kind: z.literal('folder'), path: z.string(), seen }),
  z.strictObject({
    kind: z.literal('search'),
    pattern: z.string(),
    directory: z.string(),
    limit: z.int().positive().optional(),
    seen,
  }),
  /** Whether the path may be edited, and what was there for the edit. */
  z.strictObject({ kind: z.literal('edit'), path: z.string(), movedFrom: z.string().optional(), seen }),
  /** Every file of the workspace: something ran on it. */
  z.strictObject({ kind: z.literal('tree'), seen }),
]);
export type TreeLook = z.infer<typeof treeLookSchema>;
