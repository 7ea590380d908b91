import { AbortError, errorMessage, TrellisError } from '../base/errors.ts';
import type { RunState } from '../domain/runState.ts';
import { RunCourse, type RunParts, type RunSettings } from './runCourse.ts';
import type { RunHandle } from './runHandle.ts';

/** Starts a run whose `run.started` is already in the journal. Aborting `signal` cancels it. */
export function startRun(parts: RunParts, settings: RunSettings, signal: AbortSignal): RunHandle {
  const { run, logger } = parts;
  const abort = new AbortController();
  const cancel = () => abort.abort(new AbortError('You cancelled the run; nothing was applied.'));
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const follow = async (): Promise<RunState> => {
    try {
      const ending = await new RunCourse(parts, settings, abort).follow();
      run.append({ type: 'run.ended', ...ending });
    } catch (error) {
      logger.log(signal.aborted ? 'info' : 'error', 'The run ended early.', { runId: run.runId, error });
      run.append(signal.aborted ? cancelledEnd() : failedEnd(error));
    } finally {
      signal.removeEventListener('abort', cancel);
    }
    await run.sync();
    return run.state;
  };
  return {
    runId: run.runId,
    get state() {
      return run.state;
    },
    onDidAppend: run.onDidAppend,
    done: follow(),
  };
}

function cancelledEnd() {
  return {
    type: 'run.ended',
    outcome: 'cancelled',
    errorKind: 'abort',
    message: 'You cancelled the run; nothing was applied.',
  } as const;
}

function failedEnd(error: unknown) {
  const errorKind = error instanceof TrellisError ? error.kind : 'internal';
  return { type: 'run.ended', outcome: 'failed', errorKind, message: errorMessage(error) } as const;
}
