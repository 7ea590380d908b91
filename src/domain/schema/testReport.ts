import { z } from 'zod';

export const testFailureSchema = z.strictObject({
  name: z.string(),
  message: z.string(),
  file: z.string().optional(),
  line: z.int().positive().optional(),
});
export type TestFailure = z.infer<typeof testFailureSchema>;

export const testOutcomeSchema = z.enum(['passed', 'failed', 'noTests', 'error', 'timedOut']);
/**
 * `passed`: none failed, and at least one ran if they could be counted. `noTests`: nothing was collected, which is never a pass. `error`: the
 * runner itself failed, or contradicts its own report.
 */
export type TestOutcome = z.infer<typeof testOutcomeSchema>;

export const testReportSchema = z.strictObject({
  outcome: testOutcomeSchema,
  /** False when the output could not be read: then the outcome is the exit code's, and the counts are 0. */
  isParsed: z.boolean(),
  passed: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  skipped: z.int().nonnegative(),
  failures: z.array(testFailureSchema),
  durationMs: z.number().nonnegative(),
  /** The end of what the runner printed. */
  outputTail: z.string(),
});
/** What one run of a test command showed. */
export type TestReport = z.infer<typeof testReportSchema>;
