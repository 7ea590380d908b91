import { AbortError, errorMessage, TrellisError } from '../base/errors.ts';
import type { RunState } from '../domain/runState.ts';
import { describeTextFlags } from '../domain/textFlags.ts';
import { RunCourse, type RunEnding, type RunParts, type RunSettings } from './runCourse.ts';
import type { RunHandle } from './runHandle.ts';

const userCancelled = 'You cancelled the run; nothing was applied.';

/** Begins, or goes on with, a run whose journal says so already (`run.started`, `run.resumed`). Aborting `signal` cancels it. */
export function startRun(parts: RunParts, settings: RunSettings, signal: AbortSignal): RunHandle {
  const { run, followers, logger } = parts;
  const abort = new AbortController();
  const cancel = () => {
    try {
      run.append({ type: 'run.cancelRequested' });
    } catch (error) {
      logger.log('error', 'A cancellation could not be recorded.', { runId: run.runId, error });
    }
    abort.abort(new AbortError(userCancelled));
  };
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const follow = async (): Promise<RunState> => {
    let end: RunEnding & { readonly errorKind?: string };
    try {
      await followers.started();
      end = await new RunCourse(parts, settings, abort).follow();
    } catch (error) {
      end = signal.aborted ? cancelledEnd(userCancelled) : earlyEnd(error);
      const level = end.outcome === 'cancelled' ? 'info' : 'error';
      logger.log(level, 'The run ended early.', { runId: run.runId, error });
    } finally {
      signal.removeEventListener('abort', cancel);
    }
    for (const message of describeTextFlags(run.state.textFlags)) run.append({ type: 'run.warned', message });
    run.append({ type: 'run.ended', ...end });
    await run.sync();
    await followers.ended({ outcome: end.outcome, message: end.message }, () => run.read());
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

function cancelledEnd(message: string) {
  return { outcome: 'cancelled', errorKind: 'abort', message } as const;
}

/** An abort that the user did not ask for comes from a middleware, whose message says why. */
function earlyEnd(error: unknown) {
  if (error instanceof AbortError) return cancelledEnd(error.message);
  const errorKind = error instanceof TrellisError ? error.kind : 'internal';
  return { outcome: 'failed', errorKind, message: errorMessage(error) } as const;
}
