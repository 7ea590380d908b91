import { stripVTControlCharacters } from 'node:util';
import type { TestOutcome, TestReport } from '../../domain/schema/testReport.ts';
import type { CommandResult } from '../../sandbox/sandbox.ts';
import { parseAva, parseJasmine, parseJest, parseMocha, parseNodeSpec, parseVitest } from './javascriptRunners.ts';
import { parseJestJson, parseMochaJson } from './jsonReports.ts';
import { parsePytest, parseUnittest } from './pythonRunners.ts';
import type { RunnerParser, RunnerReport } from './runnerReport.ts';
import { parseTap } from './tapReport.ts';

const parsers: readonly RunnerParser[] = [
  parseNodeSpec,
  parseTap,
  output => parseMochaJson(output) ?? parseMocha(output),
  // Beside the report in JSON, these two may print their usual one.
  output => parseJestJson(output) ?? parseJest(output),
  output => (parseJestJson(output) === undefined ? parseVitest(output) : undefined),
  parseAva,
  parseJasmine,
  parsePytest,
  parseUnittest,
];

/** Characters at the end of a runner's output that are kept in the report. */
const TAIL = 4000;

/** How runners say, with an exit code that is not 0, that no file was there for them to run. */
const NOTHING_FOUND =
  /^(?:Error: No test files found|No test files found, exiting|No tests found, exiting|No specs found| *✘ Couldn.t find any files to test)/m;

export interface ParseOptions {
  /** Absolute path of the tree, which is taken away from the paths in the output. */
  readonly workspaceRoot?: string;
  /** The runner is known and left to report in its usual way, so that a run without a report was broken off. */
  readonly isReportExpected?: boolean;
}

/**
 * What a test command's output says. A command may run several runners: what each of them printed is recognised by
 * its shape, and added up. An exit code that contradicts the counts makes the outcome `error`: no pass is taken on
 * the word of the output alone.
 */
export function parseTestResults(result: CommandResult, options: ParseOptions = {}): TestReport {
  const output = textOf(result, options.workspaceRoot);
  const reports = parsers.flatMap(parse => parse(output) ?? []);
  const sum = (count: (report: RunnerReport) => number) => reports.reduce((total, report) => total + count(report), 0);
  const counts = { passed: sum(report => report.passed), failed: sum(report => report.failed) };
  const isParsed = reports.length > 0;
  const isNothingFound = !isParsed && NOTHING_FOUND.test(output);
  const outcome = outcomeOf(result, isParsed || isNothingFound, counts);
  return {
    // Code under test that ends the process at once leaves exit code 0 and no report.
    outcome: outcome === 'passed' && !isParsed && options.isReportExpected === true ? 'error' : outcome,
    isParsed: isParsed || isNothingFound,
    ...counts,
    skipped: sum(report => report.skipped),
    failures: reports.flatMap(report => report.failures),
    durationMs: result.durationMs,
    outputTail: output.trim().slice(-TAIL),
  };
}

/** What was printed, without colours, with paths relative to the tree. */
function textOf({ stdout, stderr }: CommandResult, workspaceRoot: string | undefined): string {
  const text = stripVTControlCharacters(`${stdout}\n${stderr}`).replaceAll('\r\n', '\n');
  if (workspaceRoot === undefined) return text;
  return text.replaceAll(`file://${workspaceRoot}/`, '').replaceAll(`${workspaceRoot}/`, '');
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
