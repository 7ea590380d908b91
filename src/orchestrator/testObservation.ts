import type { CommandObservation } from '../agents/agent.ts';
import { noResultWords } from '../domain/noResultWords.ts';
import type { TestReport } from '../domain/schema/testReport.ts';
import { compareTests } from '../quality/testComparison.ts';

/** Failures told to an agent; more of them say little more. */
const FAILURES_TOLD = 10;
/** Characters of one failure's message: an assertion with its difference fits. */
const MESSAGE_BUDGET = 1500;

/** A test run as an agent sees it. Tests that failed before any change, as `baseline` shows, are none of its business. */
export function observeTests(tests: TestReport, baseline: TestReport | undefined): CommandObservation {
  const comparison = compareTests(tests, baseline);
  switch (comparison.kind) {
    case 'passes':
      return { outcome: 'succeeded', text: tests.isParsed ? `${passingWords(tests)}.` : 'The tests pass.' };
    case 'asBefore':
      return observeAsBefore(tests);
    case 'noTests':
      return { outcome: 'failed', text: `The test command found no test.\n${tests.outputTail}` };
    case 'fails': {
      const told = comparison.failures.slice(0, FAILURES_TOLD).map(({ name, message, file, line }) => {
        const place = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
        return `${name}${place}: ${message.slice(0, MESSAGE_BUDGET)}`;
      });
      const left = comparison.failures.length - told.length;
      const more = left > 0 ? [`${left} more fail.`] : [];
      const output = told.length > 0 ? [] : [tests.outputTail];
      return { outcome: 'failed', text: [`The tests ${endOf(tests)}.`, ...told, ...more, ...output].join('\n\n') };
    }
  }
}

function endOf(tests: TestReport): string {
  const { passed, failed } = tests;
  return noResultWords(tests) ?? (failed === 0 ? 'fail' : `fail: ${failed} of ${passed + failed}`);
}

/** Tests that fail as before are no reason to do anything; a command that came to no result says nothing at all. */
function observeAsBefore(tests: TestReport): CommandObservation {
  const noResult = noResultWords(tests);
  if (noResult !== undefined) {
    return { outcome: 'notRun', text: `The tests ${noResult}, as before the change: they say nothing of it.` };
  }
  const text = tests.isParsed
    ? `${passingWords(tests)}; ${tests.failed} ${tests.failed === 1 ? 'fails' : 'fail'} as before the change.`
    : 'The tests fail as before the change.';
  return { outcome: 'succeeded', text };
}

function passingWords({ passed }: TestReport): string {
  return passed === 1 ? '1 test passes' : `${passed} tests pass`;
}
