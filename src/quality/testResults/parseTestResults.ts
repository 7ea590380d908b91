import { stripVTControlCharacters } from 'node:util';
import type { TestOutcome, TestReport } from '../../domain/schema/testReport.ts';
import type { CommandResult } from '../../sandbox/sandbox.ts';
import { parseAva, parseJest, parseMocha, parseNodeSpec, parseTap, parseVitest } from './javascriptRunners.ts';
import { parsePytest, parseUnittest } from './pythonRunners.ts';
import type { RunnerParser, RunnerReport } from './runnerReport.ts';

const parsers: readonly RunnerParser[] = [
  parseNodeSpec,
  parseTap,
  parseMocha,
  parseJest,
  parseVitest,
  parseAva,
  parsePytest,
  parseUnittest,
];

/** Characters at the end of a runner's output that are kept in the report. */
const TAIL = 4000;

/**
 * What a test command's output says. A command may run several runners: what each of them printed is recognised by
 * its shape, and added up. An exit code that contradicts the counts makes the outcome `error`: no pass is taken on
 * the word of the output alone.
 */
export function parseTestResults(result: CommandResult): TestReport {
  const output = stripVTControlCharacters(`${result.stdout}\n${result.stderr}`).replaceAll('\r\n', '\n');
  const reports = parsers.flatMap(parse => parse(output) ?? []);
  const sum = (count: (report: RunnerReport) => number) => reports.reduce((total, report) => total + count(report), 0);
  const counts = { passed: sum(report => report.passed), failed: sum(report => report.failed) };
  return {
    outcome: outcomeOf(result, reports.length > 0, counts),
    isParsed: reports.length > 0,
    ...counts,
    skipped: sum(report => report.skipped),
    failures: reports.flatMap(report => report.failures),
    durationMs: result.durationMs,
    outputTail: output.trim().slice(-TAIL),
  };
}

function outcomeOf(
  result: CommandResult,
  isParsed: boolean,
  { passed, failed }: { readonly passed: number; readonly failed: number },
): TestOutcome {
  if (result.outcome === 'timedOut') return 'timedOut';
  if (result.outcome !== 'exited') return 'error';
  // pytest says with code 5 that it found no tests; unittest does since Python 3.12.
  if (isParsed && passed + failed === 0) return 'noTests';
  if (failed > 0) return 'failed';
  if (result.exitCode !== 0) return 'error';
  return 'passed';
}
