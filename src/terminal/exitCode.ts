import { assertNever } from '../base/assertNever.ts';
import { TrellisError, type TrellisErrorKind } from '../base/errors.ts';
import type { RunState } from '../domain/runState.ts';

/** What the command line ends with; documented in docs/cli.md. */
export const exitCode = {
  /** Passed and applied, or left for a review as asked, or planned, or shown. */
  success: 0,
  /** The result did not reach the threshold, and nothing was applied. */
  qualityNotReached: 1,
  /** The command line, the configuration or what they name is wrong. */
  usage: 2,
  /** A model could not be had, or gave no usable answer. */
  model: 3,
  /** Cancelled, or turned down. */
  cancelled: 4,
  /** Sandbox, storage, or a fault of Trellis itself. */
  environment: 5,
} as const;

/** The exit code of a run that ended. */
export function exitCodeOfRun(end: RunState['end']): number {
  if (end === undefined) return exitCode.environment;
  switch (end.outcome) {
    case 'planned':
    case 'applied':
    case 'staged':
      return exitCode.success;
    case 'qualityNotReached':
      return exitCode.qualityNotReached;
    case 'refused':
    case 'cancelled':
      return exitCode.cancelled;
    case 'failed':
      return exitCodeOfKind(end.errorKind);
    default:
      return assertNever(end.outcome);
  }
}

/** The exit code of what was thrown before a run began, or outside of one. */
export function exitCodeOfError(error: unknown): number {
  return exitCodeOfKind(error instanceof TrellisError ? error.kind : undefined);
}

const codes: Readonly<Record<TrellisErrorKind, number>> = {
  planning: exitCode.model,
  model: exitCode.model,
  execution: exitCode.qualityNotReached,
  quality: exitCode.qualityNotReached,
  validation: exitCode.usage,
  configuration: exitCode.usage,
  abort: exitCode.cancelled,
  sandbox: exitCode.environment,
  storage: exitCode.environment,
};

function exitCodeOfKind(kind: string | undefined): number {
  return Object.entries(codes).find(([known]) => known === kind)?.[1] ?? exitCode.environment;
}
