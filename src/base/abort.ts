import { AbortError, TrellisError } from './errors.ts';

/** What an aborted signal stands for: its reason when that is an error of ours, otherwise an `AbortError`. */
export function abortErrorOf(signal: AbortSignal): TrellisError {
  const reason: unknown = signal.reason;
  return reason instanceof TrellisError ? reason : new AbortError(undefined, { cause: reason });
}

export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortErrorOf(signal);
}

/**
 * Waits for `promise`, but no longer than until `signal` is aborted; then it throws `abortErrorOf(signal)`. The work
 * behind the promise goes on: only for work that others share and that must not end with one of those who wait.
 */
export async function waitUnlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  throwIfAborted(signal);
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortErrorOf(signal));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
