// The reports of runners that were told to write JSON, among whatever else was printed.
import { z } from 'zod';
import { failure, type RunnerParser } from './runnerReport.ts';

const mochaSchema = z.object({
  stats: z.object({ passes: z.int(), pending: z.int(), failures: z.int() }),
  failures: z.array(
    z.object({
      fullTitle: z.string(),
      err: z.object({ stack: z.string().optional(), message: z.string().optional() }),
    }),
  ),
});

/** `mocha --reporter json`. */
export const parseMochaJson: RunnerParser = output => {
  const report = mochaSchema.safeParse(jsonIn(output, '"stats"'));
  if (!report.success) return undefined;
  const { stats, failures } = report.data;
  return {
    passed: stats.passes,
    failed: stats.failures,
    skipped: stats.pending,
    failures: failures.map(({ fullTitle, err }) => failure(fullTitle, err.stack ?? err.message ?? '')),
  };
};

const jestSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int().optional(),
  numFailedTestSuites: z.int(),
  testResults: z.array(
    z.object({
      status: z.string(),
      name: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** `jest --json` and `vitest --reporter=json`, which share their format. */
export const parseJestJson: RunnerParser = output => {
  const report = jestSchema.safeParse(jsonIn(output, '"numTotalTests"'));
  if (!report.success) return undefined;
  const { data } = report;
  const failures = data.testResults.flatMap(({ status, name, message, assertionResults }) => {
    const failed = assertionResults.filter(result => result.status === 'failed');
    if (status === 'failed' && failed.length === 0) return [failure(name, message ?? '')];
    return failed.map(({ fullName, failureMessages }) => failure(fullName, (failureMessages ?? []).join('\n')));
  });
  return {
    passed: data.numPassedTests,
    // A suite that cannot be loaded has no tests; it is a failure all the same.
    failed: data.numFailedTests === 0 ? data.numFailedTestSuites : data.numFailedTests,
    skipped: data.numPendingTests + (data.numTodoTests ?? 0),
    failures,
  };
};

/** The object that begins the last line before `key` that begins with a brace, or undefined. */
function jsonIn(output: string, key: string): unknown {
  const at = output.indexOf(key);
  if (at === -1) return undefined;
  const from = output.lastIndexOf('\n{', at) + 1;
  // Pretty-printed, it ends at the next closing brace in the first column; else with its line.
  const end = output[from + 1] === '\n' ? output.indexOf('\n}', at) + 2 : output.indexOf('\n', at);
  try {
    return JSON.parse(output.slice(from, end === -1 ? undefined : end));
  } catch {
    return undefined; // not a report after all: some other program's output
  }
}
