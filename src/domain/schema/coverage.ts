import { z } from 'zod';
import { workspacePathSchema } from './plan.ts';

const offset = z.int().nonnegative();

export const sourceCoverageSchema = z.strictObject({
  path: z.string(),
  /** Of the text that ran, without byte order mark: where it is not that of the text that is meant, it was another text. */
  length: offset,
  /** Where each part that never ran starts and ends, in turn, in UTF-16 code units; flat, since it is long. */
  missed: z.array(offset),
});
/** What of a source file ran while a command did, in all of its processes together. */
export type SourceCoverage = z.infer<typeof sourceCoverageSchema>;

export const lineRangeSchema = z.strictObject({ first: z.int().positive(), last: z.int().positive() });
/** 1-based, both ends included. */
export type LineRange = z.infer<typeof lineRangeSchema>;

export const changeCoverageSchema = z.strictObject({
  path: workspacePathSchema,
  neverRan: z.array(lineRangeSchema),
  /** Lines of which some code ran and some did not. */
  partlyRan: z.array(lineRangeSchema),
});
/** What the tests left out of the changed lines of a file that they loaded; the other changed lines ran, or hold no code. */
export type ChangeCoverage = z.infer<typeof changeCoverageSchema>;
