// The vocabulary of edits and changes: what a reply asks for, why an edit was refused, what a run changed.
import { z } from 'zod';

/** SHA-256 of a file's bytes, in hexadecimal. */
export const contentHashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** One line of a hunk; `text` carries no line end. */
export const hunkLineSchema = z.strictObject({
  kind: z.enum(['context', 'deleted', 'added']),
  text: z.string(),
});
export type HunkLine = z.infer<typeof hunkLineSchema>;

/** A search/replace pair of whole lines separated by `\n`. An empty `search` creates the file. */
export const replaceBlockSchema = z.strictObject({
  search: z.string(),
  replace: z.string(),
});
export type ReplaceBlock = z.infer<typeof replaceBlockSchema>;

/** A change at a place named by its own lines. Line numbers of a reply are hints to a reader and are never used to place it. */
export const patchHunkSchema = z.strictObject({
  lines: z.array(hunkLineSchema).readonly(),
  /** Lines that must come before the hunk in this order (`@@ class A`, `@@ def b` of a `*** Begin Patch` patch). */
  anchors: z.array(z.string()).readonly(),
  /** The heading after a unified diff's second `@@`; says where to look when there is nothing to find the place by. */
  heading: z.string().optional(),
  /** The hunk must end where the file ends. */
  isAtEndOfFile: z.boolean(),
  /** Whether the new last line has a line end, when the patch says so (`\ No newline at end of file`). */
  finalNewline: z.boolean().optional(),
});
export type PatchHunk = z.infer<typeof patchHunkSchema>;

/** One edit to one file. The edits of a reply apply in order, all of them or none. Text uses `\n`; the file keeps its own line ends. */
export const fileEditSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('writeFile'), path: z.string(), content: z.string(), mustBeNew: z.boolean() }),
  z.strictObject({
    type: z.literal('replaceBlocks'),
    path: z.string(),
    blocks: z.array(replaceBlockSchema).readonly(),
  }),
  z.strictObject({ type: z.literal('hunks'), path: z.string(), hunks: z.array(patchHunkSchema).readonly() }),
  z.strictObject({ type: z.literal('delete'), path: z.string() }),
  z.strictObject({ type: z.literal('move'), path: z.string(), to: z.string() }),
  z.strictObject({ type: z.literal('setExecutable'), path: z.string(), isExecutable: z.boolean() }),
]);
export type FileEdit = z.infer<typeof fileEditSchema>;

/** How loosely the old text had to be read to find its one place, strictest first. */
export const matchRungSchema = z.enum(['exact', 'lineEnds', 'trailingSpace', 'indentation', 'punctuation']);
export type MatchRung = z.infer<typeof matchRungSchema>;

/** Lines of a file as they are now, for a message to the model. */
export const excerptSchema = z.strictObject({
  /** 1-based. */
  startLine: z.int().positive(),
  lines: z.array(z.string()).readonly(),
});
export type Excerpt = z.infer<typeof excerptSchema>;

export const editProblemKindSchema = z.enum([
  'path', // not a path an edit may name
  'missing', // the file is not there
  'exists', // the file is there, and should not be
  'noMatch', // the old text is nowhere in the file
  'ambiguous', // the old text is in several places
  'overlap', // two edits of the reply change the same lines
  'elided', // new text stands for code it leaves out ("... rest of the file ...")
  'stale', // the file changed after it was read
  'encoding', // the file is not text, or cannot hold the new text
  'masked', // new text has a placeholder for a secret, and it cannot be told what it stands for
  'tooLarge',
  'syntax', // the result does not parse
  'incomplete', // the block was cut off or is not a block of any known shape
]);

/** Why an edit was refused, in words that tell its author what to do. */
export const editProblemSchema = z.strictObject({
  kind: editProblemKindSchema,
  path: z.string(),
  /** One sentence for the model and the user. */
  reason: z.string(),
  /** Index into the edits that were applied together; absent for a block that never became an edit. */
  editIndex: z.int().nonnegative().optional(),
  /** Where the old text nearly is (`noMatch`), the places where it is (`ambiguous`), or the lines it is about (`overlap`, `elided`). */
  nearest: z.array(excerptSchema).readonly(),
});
export type EditProblem = z.infer<typeof editProblemSchema>;

export const changeKindSchema = z.enum(['added', 'modified', 'deleted', 'renamed']);
export type ChangeKind = z.infer<typeof changeKindSchema>;

/** What happened to one file: facts only, the content is in the blob store under the hashes. */
export const fileChangeSchema = z.strictObject({
  path: z.string(),
  kind: changeKindSchema,
  /** Where the file was, when it was renamed. */
  previousPath: z.string().optional(),
  beforeHash: contentHashSchema.optional(),
  afterHash: contentHashSchema.optional(),
  isBinary: z.boolean(),
  /** Of the file after the change, or of the one that is gone. */
  isExecutable: z.boolean(),
  /** Set where it was different before the change. */
  wasExecutable: z.boolean().optional(),
  additions: z.int().nonnegative(),
  deletions: z.int().nonnegative(),
  /** The loosest rung that an edit of this file needed; absent when nothing was matched. */
  loosestMatch: matchRungSchema.optional(),
});
export type FileChange = z.infer<typeof fileChangeSchema>;

/** One place of a diff that can be accepted on its own. */
export const hunkSchema = z.strictObject({
  /** The same for the same change of the same file, however the others are decided. */
  id: z.string(),
  /** 1-based; the line before it when `oldLines` is 0, as in a unified diff. */
  oldStart: z.int().nonnegative(),
  oldLines: z.int().nonnegative(),
  newStart: z.int().nonnegative(),
  newLines: z.int().nonnegative(),
  lines: z.array(hunkLineSchema).readonly(),
});
export type Hunk = z.infer<typeof hunkSchema>;

/** A version of a file by reference. */
export const versionReferenceSchema = z.strictObject({ hash: contentHashSchema, isExecutable: z.boolean() });
export type VersionReference = z.infer<typeof versionReferenceSchema>;

/** What one item made of one path. `null`: there is no such file. */
export const layerEntrySchema = z.strictObject({
  path: z.string(),
  /** In the workspace when the run first touched it. */
  base: versionReferenceSchema.nullable(),
  /** What the item started from: the base with the results of its dependencies. */
  start: versionReferenceSchema.nullable(),
  result: versionReferenceSchema.nullable(),
  movedFrom: z.string().optional(),
  loosestMatch: matchRungSchema.optional(),
});
export type LayerEntry = z.infer<typeof layerEntrySchema>;

/** Everything that one item staged, as it goes into the journal; with the blobs it is enough to stage it again. */
export const itemLayerSchema = z.strictObject({
  itemId: z.string(),
  dependencyIds: z.array(z.string()).readonly(),
  isCommitted: z.boolean(),
  entries: z.array(layerEntrySchema).readonly(),
});
export type ItemLayer = z.infer<typeof itemLayerSchema>;
