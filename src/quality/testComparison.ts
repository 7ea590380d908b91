import type { TestFailure, TestReport } from '../domain/schema/testReport.ts';

/**
 * The tests now against the tests before the change. `asBefore`: they fail, and nothing fails that did not fail before,
 * so that the change cannot be blamed and is not proven either.
 */
export type TestComparison =
  | { readonly kind: 'passes' }
  | { readonly kind: 'noTests' }
  | { readonly kind: 'asBefore' }
  /** `failures`: those that are new where they can be told apart, or else all that have a name. */
  | { readonly kind: 'fails'; readonly failures: readonly TestFailure[] };

/** Compares two reports of the same test command; without a `baseline` every failure counts as new. */
export function compareTests(tests: TestReport, baseline: TestReport | undefined): TestComparison {
  if (tests.outcome === 'passed' || tests.outcome === 'noTests')
    return { kind: tests.outcome === 'passed' ? 'passes' : 'noTests' };
  const fresh = failuresSince(tests.failures, baseline?.failures ?? []);
  if (fresh.length > 0) return { kind: 'fails', failures: fresh };
  return isAsBefore(tests, baseline) ? { kind: 'asBefore' } : { kind: 'fails', failures: tests.failures };
}

/** `tests` fails with no failure that has a new name. */
function isAsBefore(tests: TestReport, baseline: TestReport | undefined): boolean {
  if (baseline === undefined || baseline.outcome === 'passed' || baseline.outcome === 'noTests') return false;
  if (tests.outcome !== 'failed') return baseline.outcome === tests.outcome && tests.passed >= baseline.passed;
  const isEachNamed = tests.failures.length > 0 && tests.failures.length >= tests.failed;
  return isEachNamed || (baseline.outcome === 'failed' && tests.failed <= baseline.failed);
}

/** The failures that were not there before. Several tests may share a name: then one more of them is a new one. */
function failuresSince(now: readonly TestFailure[], before: readonly TestFailure[]): TestFailure[] {
  const known = new Map<string, number>();
  for (const failure of before) known.set(keyOf(failure), (known.get(keyOf(failure)) ?? 0) + 1);
  return now.filter(failure => {
    const left = known.get(keyOf(failure)) ?? 0;
    known.set(keyOf(failure), left - 1);
    return left <= 0;
  });
}

function keyOf({ name, file }: TestFailure): string {
  return `${file ?? ''}\n${name}`;
}

/** How many tests there were, whatever became of them; undefined when they could not be counted. */
export function countTests({ isParsed, outcome, passed, failed, skipped }: TestReport): number | undefined {
  return isParsed || outcome === 'noTests' ? passed + failed + skipped : undefined;
}
