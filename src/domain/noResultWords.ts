import { formatDuration } from './formatQuantity.ts';
import type { TestReport } from './schema/testReport.ts';

/** A sentence to follow one that tells of tests that ran out of time. */
export const moreTimeRemedy = ' Raise sandbox.wallTimeMs, or name a faster testCommand, in .trellis/config.yml.';

/** How a test command ended that came to no result: "did not end within 2 min"; undefined when tests passed or failed. */
export function noResultWords({ outcome, durationMs }: TestReport): string | undefined {
  switch (outcome) {
    case 'passed':
    case 'failed':
      return undefined;
    case 'noTests':
      return 'found no test';
    case 'error':
      return 'broke off with an error';
    case 'timedOut':
      return `did not end within ${formatDuration(durationMs)}`;
  }
}
