import type { Disposable } from '../../base/disposable.ts';
import { AbortError, SandboxError, ValidationError } from '../../base/errors.ts';
import { withLimits } from '../limits.ts';
import { nodeCoverageReader, parseNodeCoverage, withNodeCoverage } from '../nodeCoverage.ts';
import type { CommandResult, SandboxCommand, SandboxLimits, SandboxSession } from '../sandbox.ts';
import { bubblewrapArguments, type SandboxLayout } from './bubblewrap.ts';
import type { NamespaceHolder } from './namespaceHolder.ts';
import { type RunSpecification, runCommand } from './runCommand.ts';

export interface ProcessSessionOptions {
  readonly holder: NamespaceHolder;
  readonly layout: SandboxLayout;
  readonly limits: SandboxLimits;
  readonly command: Pick<RunSpecification, 'tools' | 'owner' | 'seccompFilter' | 'joinFiles'>;
  /** What the session is made of, the holder among it; disposed of at its end. */
  readonly resources: Disposable;
  readonly onDispose: () => void;
}

/** A private copy of the workspace in namespaces of its own, and the commands that run on it, one after the other. */
export class ProcessSession implements SandboxSession {
  readonly tier = 'process';
  readonly #options: ProcessSessionOptions;
  readonly #disposal = new AbortController();
  #lastRun: Promise<unknown> = Promise.resolve();

  constructor(options: ProcessSessionOptions) {
    this.#options = options;
  }

  get workspaceRoot(): string {
    return this.#options.layout.root;
  }

  run(command: SandboxCommand, options: { readonly signal: AbortSignal }): Promise<CommandResult> {
    const run = this.#lastRun.then(() => this.#runMeasured(command, options.signal));
    this.#lastRun = run.catch(() => undefined); // the caller of that run has the error
    return run;
  }

  async dispose(): Promise<void> {
    this.#disposal.abort();
    await this.#lastRun;
    await this.#options.resources.dispose();
    this.#options.onDispose();
  }

  async #runMeasured(command: SandboxCommand, callerSignal: AbortSignal): Promise<CommandResult> {
    const { coverageOf = [] } = command;
    if (coverageOf.length === 0) return this.#runNow(command, callerSignal);
    const result = await this.#runNow(withNodeCoverage(command), callerSignal);
    // Processes that were killed wrote nothing down.
    if (result.outcome !== 'exited') return { ...result, coverage: [] };
    const reading = await this.#runNow(nodeCoverageReader(coverageOf), callerSignal);
    return { ...result, coverage: parseNodeCoverage(reading, coverageOf) };
  }

  async #runNow(command: SandboxCommand, callerSignal: AbortSignal): Promise<CommandResult> {
    const { holder, layout, command: fixed } = this.#options;
    const limits = withLimits(this.#options.limits, command.limits);
    checkCommand(command);
    if (callerSignal.aborted) throw new AbortError();
    if (this.#disposal.signal.aborted) throw new SandboxError('The sandbox session has ended; open a new one.');
    if (holder.hasEnded) throw new SandboxError('The sandbox session was ended from outside; open a new one.');
    return runCommand(
      {
        ...fixed,
        enterArguments: holder.enterArguments,
        bubblewrapArguments: bubblewrapArguments(layout, command, limits),
        limits,
      },
      { signal: AbortSignal.any([callerSignal, this.#disposal.signal]) },
    );
  }
}

function checkCommand({ argv, workingDirectory, environment }: SandboxCommand): void {
  const folders = (workingDirectory ?? '').split('/');
  if (workingDirectory !== undefined && (workingDirectory.startsWith('/') || folders.includes('..'))) {
    throw new ValidationError(`The working directory "${workingDirectory}" is not inside the workspace.`);
  }
  if (argv[0] === '') throw new ValidationError('The command cannot be run: the name of its program is empty.');
  const badName = Object.keys(environment ?? {}).find(name => !/^[A-Za-z_]\w*$/.test(name));
  if (badName !== undefined) throw new ValidationError(`"${badName}" cannot be the name of an environment variable.`);
}
