// The stages of `npm test`, in order. Each says how many tests passed and failed; one without a test has failed.
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { StageResults } from '../test/support/stageReporter.ts';
import { type CommandOptions, type CommandResult, repository, runCommand, runTool } from './command.ts';

export interface StageOutcome {
  readonly passed: number;
  readonly failed: number;
  /** The tests that took longest, longest first, with the time above which this stage calls a test slow. */
  readonly slow: readonly { readonly title: string; readonly durationMs: number }[];
}

export interface Stage {
  readonly name: string;
  run(env: Readonly<Record<string, string>>): Promise<StageOutcome>;
}

const minute = 60_000;
const rawCoverage = path.join(repository, 'coverage/raw');

export const stages: readonly Stage[] = [
  { name: 'static', run: runStaticChecks },
  { name: 'build', run: runBuild },
  mochaStage('unit', { slowMs: 1_000, limitMs: 5 * minute, testLimitMs: 30_000, coverage: 'fresh' }),
  mochaStage('integration', { slowMs: 5_000, limitMs: 20 * minute, testLimitMs: 60_000, coverage: 'added' }),
  { name: 'coverage', run: reportCoverage },
  mochaStage('webview', { slowMs: 5_000, limitMs: 10 * minute, testLimitMs: 30_000 }),
  editorStage('editor', 'current'),
  editorStage('editor-floor', 'floor'),
  mochaStage('ui', { slowMs: 20_000, limitMs: 15 * minute, testLimitMs: 120_000 }),
];

/** Types, lint, format and dead code; the unit tests have a stage of their own. */
async function runStaticChecks(env: Readonly<Record<string, string>>): Promise<StageOutcome> {
  const result = await runNode(['scripts/check.ts', '--fresh', 'types', 'lint', 'format', 'dead'], {
    env,
    limitMs: 10 * minute,
  });
  const [, passed = '0', failed = '1'] = /(\d+) passed, (\d+) failed\s*$/.exec(result.output) ?? [];
  return { passed: Number(passed), failed: Number(failed), slow: [] };
}

async function runBuild(env: Readonly<Record<string, string>>): Promise<StageOutcome> {
  return single(await runCommand('npm', ['run', '-s', 'build'], { env, output: 'show', limitMs: 2 * minute }));
}

interface MochaStageOptions {
  /** A test that takes longer is printed at the end. */
  readonly slowMs: number;
  /** For the whole stage. */
  readonly limitMs: number;
  readonly testLimitMs: number;
  /** Whether its lines count as covered: `fresh` also forgets what an earlier run covered. */
  readonly coverage?: 'fresh' | 'added';
}

function mochaStage(name: string, options: MochaStageOptions): Stage {
  const { slowMs, limitMs, testLimitMs, coverage } = options;
  return {
    name,
    run: async env => {
      if (coverage === 'fresh') await rm(rawCoverage, { recursive: true, force: true });
      const args = ['--reporter', './test/support/stageReporter.ts', '--timeout', String(testLimitMs)];
      return withResults(name, slowMs, results =>
        runTool('mocha', [...args, `test/${name}/**/*.test.ts`], {
          env: {
            ...env,
            ...results,
            ...(name === 'unit' ? {} : { TRELLIS_TEST_VERBOSE: '1' }),
            ...(coverage ? { NODE_V8_COVERAGE: rawCoverage } : {}),
          },
          output: 'show',
          limitMs,
        }),
      );
    },
  };
}

/** The suite of test/editor, inside VS Code's extension host. */
function editorStage(name: string, variant: 'current' | 'floor'): Stage {
  return {
    name,
    run: env =>
      withResults(name, 5_000, results =>
        runNode(['scripts/editorSuite.ts', `--host=${variant}`], {
          env: { ...env, ...results, TRELLIS_TEST_VERBOSE: '1' },
          limitMs: 6 * minute,
        }),
      ),
  };
}

async function reportCoverage(env: Readonly<Record<string, string>>): Promise<StageOutcome> {
  return single(await runCommand('npm', ['run', '-s', 'test:coverage'], { env, output: 'show', limitMs: 3 * minute }));
}

/** Runs a command that writes its results to the file it is told, and reads them. A crash counts as a failure. */
async function withResults(
  stage: string,
  slowMs: number,
  run: (env: Record<string, string>) => Promise<CommandResult>,
): Promise<StageOutcome> {
  const file = path.join(repository, `out/test-results/${stage}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  await rm(file, { force: true });
  const { exitCode } = await run({ TRELLIS_TEST_RESULTS: file });
  const { passed, failed } = await readResults(file);
  const slow = passed.filter(({ durationMs }) => durationMs > slowMs).sort((a, b) => b.durationMs - a.durationMs);
  const isUnexplained = failed === 0 && (exitCode !== 0 || passed.length === 0);
  if (isUnexplained)
    console.log(passed.length === 0 ? 'No test ran.' : `The stage ended with exit code ${String(exitCode)}.`);
  return { passed: passed.length, failed: isUnexplained ? 1 : failed, slow };
}

async function readResults(file: string): Promise<StageResults> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? { passed: [], failed: 0 } : (JSON.parse(text) as StageResults);
}

function runNode(args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return runCommand(process.execPath, args, { output: 'show', ...options });
}

function single({ exitCode }: CommandResult): StageOutcome {
  return exitCode === 0 ? { passed: 1, failed: 0, slow: [] } : { passed: 0, failed: 1, slow: [] };
}
