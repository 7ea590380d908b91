import type { StagedChange, TreeOverlay } from '../changes/stagedFiles.ts';
import { formatDuration } from '../domain/formatQuantity.ts';
import { moreTimeRemedy } from '../domain/noResultWords.ts';
import type { TestScope } from '../domain/schema/events.ts';
import type { ItemId } from '../domain/schema/ids.ts';
import type { TestReport } from '../domain/schema/testReport.ts';
import { checkSyntax, isCheckedInSandbox, type SyntaxResult } from '../quality/syntax.ts';
import type { TestCommand } from '../quality/testCommand.ts';
import { parseTestResults } from '../quality/testResults/parseTestResults.ts';
import { whyNotRun } from '../quality/testResults/whyNotRun.ts';
import type { CommandResult, SandboxAvailability, SandboxSession } from '../sandbox/sandbox.ts';
import type { JournaledRun } from './journaledRun.ts';
import type { WorkspaceHash } from './observed/observedWorkspace.ts';
import { coverageOfChanges, isMeasurable } from './review/changeCoverage.ts';
import { treeHash } from './treeHash.ts';

export interface ProofParts {
  readonly run: JournaledRun;
  readonly workspace: string;
  /** Looked for once, when the first command is to be run. */
  readonly sandbox: () => Promise<SandboxAvailability>;
  /** How the project's tests are run, or one sentence on why that is not known. */
  readonly findTestCommand: (overlay: TreeOverlay) => Promise<TestCommand | string>;
  readonly workspaceHash: WorkspaceHash;
}

/** Something that could not be found out, and why. */
export interface Unproven {
  readonly unproven: string;
}

export interface TestedTree {
  readonly treeHash: string;
  readonly tests: TestReport | Unproven;
}

export interface TestOptions {
  readonly signal: AbortSignal;
  readonly itemId?: ItemId;
  /** Changes of the overlay of which it is wanted what the tests ran. */
  readonly measured?: readonly StagedChange[];
}

interface TestRun {
  readonly result: CommandResult;
  readonly workspaceRoot: string;
}

/** Of a run that is not measured. Measured it takes up to four times as long, which the usual limit of two minutes has room for. */
const MAX_MEASURED_MS = 30_000;

/** Everything of a run that executes code: always in the sandbox, on a private copy of a staged tree. */
export class Proof {
  readonly #parts: ProofParts;
  #baseline: Promise<TestReport | undefined> | undefined;
  /** What the baseline came to, once it has ended. */
  #before: TestReport | undefined;

  constructor(parts: ProofParts) {
    this.#parts = parts;
  }

  /** Runs the project's tests as they were before the run. */
  runBaseline(options: { readonly signal: AbortSignal }): Promise<TestReport | undefined> {
    this.#baseline = this.runTests('baseline', new Map(), options).then(({ tests }) => {
      this.#before = 'unproven' in tests ? undefined : tests;
      return this.#before;
    });
    return this.#baseline;
  }

  /** The tests before the run, waited for while they run; undefined where they could not be run. */
  get baseline(): Promise<TestReport | undefined> {
    return this.#baseline ?? Promise.resolve(undefined);
  }

  /**
   * Runs the project's own tests on the workspace with `overlay` over it; both ends of it are in the journal, and what the tests
   * left out of `measured`, where that can be told.
   */
  async runTests(scope: TestScope, overlay: TreeOverlay, options: TestOptions): Promise<TestedTree> {
    const { run, findTestCommand } = this.#parts;
    const hash = treeHash(overlay);
    const command = await findTestCommand(overlay);
    if (typeof command === 'string') return { treeHash: hash, tests: { unproven: command } };
    const hopeless = this.#whyHopeless(command);
    if (hopeless !== undefined) return { treeHash: hash, tests: { unproven: hopeless } };
    const subject = { scope, ...(options.itemId === undefined ? {} : { itemId: options.itemId }) };
    run.append({ type: 'tests.started', ...subject, command: command.display });
    const counts = scope === 'final' || scope === 'selection';
    // Before the tests: what changes while they run is a change since.
    const workspaceHash = counts ? await this.#parts.workspaceHash(options) : undefined;
    const tested = await this.#runTestCommand(command, overlay, options);
    if ('unproven' in tested) return { treeHash: hash, tests: tested };
    const { result, workspaceRoot } = tested;
    const reason = whyNotRun(command, result);
    if (reason !== undefined) return { treeHash: hash, tests: { unproven: reason } };
    const report = parseTestResults(result, { workspaceRoot, isReportExpected: command.isReportExpected });
    const outputHash = run.putText(`${result.stdout}\n${result.stderr}`);
    const { tier } = result;
    const coverage = await coverageOfChanges(result.coverage ?? [], options.measured ?? [], options);
    const found = {
      report,
      outputHash,
      ...(workspaceHash !== undefined && { workspaceHash }),
      ...(coverage.length > 0 && { coverage }),
    };
    run.append({ type: 'tests.finished', ...subject, treeHash: hash, tier, ...found });
    return { treeHash: hash, tests: report };
  }

  /** Runs a shell command that an agent asked for. */
  runCommand(
    command: string,
    overlay: TreeOverlay,
    options: { readonly signal: AbortSignal },
  ): Promise<CommandResult | Unproven> {
    return this.#inSandbox(overlay, options, session => session.run({ argv: ['sh', '-c', command] }, options));
  }

  /** Whether the files at `paths` parse; files that `overlay` does not have are left out. */
  async checkSyntax(
    paths: readonly string[],
    overlay: TreeOverlay,
    options: { readonly signal: AbortSignal },
  ): Promise<readonly SyntaxResult[]> {
    const files = paths.flatMap(path => {
      const file = overlay.get(path);
      return file ? [{ path, content: file.content }] : [];
    });
    if (!files.some(({ path }) => isCheckedInSandbox(path))) return checkSyntax(files, undefined, options);
    const sandbox = await this.#parts.sandbox();
    if (!sandbox.isAvailable) return checkSyntax(files, undefined, options);
    const session = await sandbox.sandbox.open({ root: this.#parts.workspace, changes: overlay }, options);
    try {
      return await checkSyntax(files, session, options);
    } finally {
      await session.dispose();
    }
  }

  /** Tests that ran out of time on the project as it is, and have never ended in time since, are not waited for again. */
  #whyHopeless({ display }: TestCommand): string | undefined {
    const isSlow = this.#parts.run.state.testRuns.every(({ report }) => report.outcome === 'timedOut');
    if (this.#before?.outcome !== 'timedOut' || !isSlow) return undefined;
    const limit = formatDuration(this.#before.durationMs);
    return `"${display}" did not end within ${limit} on the project as it is.${moreTimeRemedy}`;
  }

  /**
   * Code is slower where it is measured what runs. So tests that were slow are not measured, and those that fail have another
   * run without it, which decides.
   */
  async #runTestCommand(command: TestCommand, overlay: TreeOverlay, options: TestOptions): Promise<TestRun | Unproven> {
    const run = (coverageOf: readonly string[]) =>
      this.#inSandbox(overlay, options, async session => ({
        result: await session.run({ ...command, coverageOf }, options),
        workspaceRoot: session.workspaceRoot,
      }));
    const isSlow = this.#parts.run.state.testRuns.some(({ report }) => report.durationMs > MAX_MEASURED_MS);
    const measured = isSlow ? [] : (options.measured ?? []).filter(isMeasurable).map(({ path }) => path);
    const tested = await run(measured);
    if ('unproven' in tested || !tested.result.coverage || tested.result.exitCode === 0) return tested;
    const { exitCode, coverage } = tested.result;
    const again = await run([]);
    if ('unproven' in again || again.result.exitCode !== exitCode) return again;
    return { ...again, result: { ...again.result, coverage } };
  }

  async #inSandbox<T>(
    overlay: TreeOverlay,
    options: { readonly signal: AbortSignal },
    work: (session: SandboxSession) => Promise<T>,
  ): Promise<T | Unproven> {
    const { workspace } = this.#parts;
    const sandbox = await this.#parts.sandbox();
    if (!sandbox.isAvailable) return { unproven: sandbox.reason };
    const session = await sandbox.sandbox.open({ root: workspace, changes: overlay }, options);
    try {
      return await work(session);
    } finally {
      await session.dispose();
    }
  }
}
