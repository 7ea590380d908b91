// The contract that every sandbox tier keeps. Neighbouring folders import this file and nothing else of `sandbox/`.
import type { Disposable } from '../base/disposable.ts';
import type { SourceCoverage } from '../domain/schema/coverage.ts';

/** Which back end ran a command; always shown beside its result, because the tiers promise different things. */
export type SandboxTier = 'isolate' | 'quickjs' | 'process' | 'container';

/** Hard limits of one command and everything it starts. */
export interface SandboxLimits {
  /** Time by the clock, in milliseconds; then the whole process tree is killed. */
  readonly wallTimeMs: number;
  /** Processor time of each process, in milliseconds. */
  readonly cpuTimeMs: number;
  /** Memory of each process, in bytes; a tier that can also caps the whole tree. */
  readonly memoryBytes: number;
  /** Processes and threads at one time. */
  readonly processes: number;
  /** Size of any one file, in bytes. */
  readonly fileSizeBytes: number;
  /** File descriptors of each process. */
  readonly openFiles: number;
  /** Standard output and standard error together, in bytes; what comes after ends the command. */
  readonly outputBytes: number;
  /** Everything that a session writes, in bytes. Fixed when the session opens. */
  readonly diskBytes: number;
}

/** A file that differs from the one in the workspace. */
export interface StagedContent {
  readonly content: Uint8Array;
  readonly isExecutable: boolean;
}

/** The workspace as it would be if the staged changes were accepted. */
export interface StagedTree {
  /** Absolute path of the workspace. It is never written to. */
  readonly root: string;
  /** By path relative to `root`, with `/` between folders; `null` is a deleted file. */
  readonly changes: ReadonlyMap<string, StagedContent | null>;
}

export interface SandboxCommand {
  /** Program and arguments; never a shell string. A program without `/` is looked up in the sandbox's own `PATH`. */
  readonly argv: readonly [string, ...string[]];
  /** Relative to the workspace; its root by default. */
  readonly workingDirectory?: string;
  /** Added to the sandbox's own small environment; nothing of the host's environment is there. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Overrides of the session's limits. */
  readonly limits?: Partial<Omit<SandboxLimits, 'diskBytes'>>;
  /**
   * Source files, relative to the workspace, of which it is wanted what ran. Told of JavaScript and TypeScript that ran in Node,
   * and only of files of which every process that ended by itself could tell.
   */
  readonly coverageOf?: readonly string[];
}

/**
 * How a command ended: `exited` by itself, `timedOut` (wall time), `outputLimit` (wrote too much), `killed` by a signal
 * (processor time and memory limits end so), `notFound` (no such program).
 */
export type CommandOutcome = 'exited' | 'timedOut' | 'outputLimit' | 'killed' | 'notFound';

export interface CommandResult {
  readonly outcome: CommandOutcome;
  /** Set when the command exited by itself. */
  readonly exitCode: number | null;
  /** Name of the signal that ended it, such as `SIGKILL`. */
  readonly signal: string | null;
  /** UTF-8; what is not valid is replaced. */
  readonly stdout: string;
  readonly stderr: string;
  readonly isOutputTruncated: boolean;
  readonly durationMs: number;
  readonly tier: SandboxTier;
  /** Of those wanted files that it could be measured of; absent where none was wanted. Written by the code that ran, so no proof. */
  readonly coverage?: readonly SourceCoverage[];
}

/**
 * A private copy of a tree. Later commands see the files that earlier ones wrote; the workspace never does.
 * Disposing ends what still runs in it and removes the copy.
 */
export interface SandboxSession extends Disposable {
  readonly tier: SandboxTier;
  /** Absolute path of the copy, as commands see it; the prefix of paths in what they print. */
  readonly workspaceRoot: string;
  /**
   * Runs one command to its end; one at a time, a second call waits for the first. How a command fails is data in the
   * result. Throws `AbortError` on abort, after the whole process tree is dead, and `SandboxError` when the sandbox
   * itself fails.
   */
  run(command: SandboxCommand, options: { readonly signal: AbortSignal }): Promise<CommandResult>;
}

export interface Sandbox extends Disposable {
  readonly tier: SandboxTier;
  /**
   * Makes a private copy of `tree`. Throws `ValidationError` for a change whose path leaves the workspace, `SandboxError` when the
   * copy cannot be made, `AbortError` on abort.
   */
  open(
    tree: StagedTree,
    options: { readonly signal: AbortSignal; readonly limits?: Partial<SandboxLimits> },
  ): Promise<SandboxSession>;
}

/** What a start-up probe found: a sandbox that was seen to hold, or one sentence on why there is none and what to do. */
export type SandboxAvailability =
  | { readonly isAvailable: true; readonly sandbox: Sandbox }
  | { readonly isAvailable: false; readonly reason: string };
