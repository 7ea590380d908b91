import type { z } from 'zod';
import { abortErrorOf, throwIfAborted } from './abort.ts';
import { redactSecrets } from './redactSecrets.ts';

/** Who is called, and how long it may take. */
export interface PluginCallOptions {
  /** The beginning of a sentence, such as `The middleware "audit"`. */
  readonly plugin: string;
  /** The function that is called, such as `beforeModelCall`. */
  readonly step: string;
  readonly limitMs: number;
  /** Asked when the time is over: true gives as much again, to a plugin that waits for us. */
  readonly isExcused?: () => boolean;
  readonly signal: AbortSignal;
}

/** What a plugin did wrong, as one sentence with its name. What it threw, if it threw, is the cause. */
export class PluginFailure extends Error {
  /** Whether it threw an error named `AbortError`: it does not want the work to go on. */
  get isAbort(): boolean {
    return this.cause instanceof Error && this.cause.name === 'AbortError';
  }
}

/**
 * Calls code that is not ours, so that it cannot hurt more than its own call. Its promise is left behind when it takes too
 * long or the signal is aborted, whether it listens or not, and what comes of it later is ignored. Only code that never
 * gives the thread back cannot be stopped. `schema` is what it must return.
 * @throws PluginFailure, and `abortErrorOf(signal)` when that was aborted.
 */
export async function callPlugin<T>(
  options: PluginCallOptions,
  schema: z.ZodType<T>,
  call: (signal: AbortSignal) => unknown,
): Promise<T> {
  const { plugin, step, limitMs, signal, isExcused } = options;
  throwIfAborted(signal);
  const overdue = new AbortController();
  const settled = Promise.withResolvers<unknown>();
  const onAbort = () => settled.reject(abortErrorOf(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => {
    if (isExcused?.() === true) {
      timer.refresh();
      return;
    }
    const failure = new PluginFailure(`${plugin} did not end its ${step} within ${limitMs / 1000} s.`);
    settled.reject(failure);
    overdue.abort(failure);
  }, limitMs);
  const given = AbortSignal.any([signal, overdue.signal]);
  // What is thrown at once comes out as a rejection too.
  new Promise<unknown>(resolve => resolve(call(given))).then(settled.resolve, (error: unknown) =>
    settled.reject(pluginFailure(plugin, step, error)),
  );
  try {
    return checkReturned(options, schema, await settled.promise);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** `value` as `schema` has it. @throws PluginFailure when it is of another shape. */
export function checkReturned<T>(
  { plugin, step }: Pick<PluginCallOptions, 'plugin' | 'step'>,
  schema: z.ZodType<T>,
  value: unknown,
): T {
  let parsed: z.ZodSafeParseResult<T>;
  try {
    parsed = schema.safeParse(value);
  } catch (error) {
    // A property that throws when it is read.
    throw pluginFailure(plugin, step, error);
  }
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  throw new PluginFailure(`${plugin} returned the wrong thing from its ${step} (${place}${issue?.message ?? ''}).`);
}

/** The failure of a plugin that threw `error`, whatever that is. */
export function pluginFailure(plugin: string, step: string, error: unknown): PluginFailure {
  return new PluginFailure(`${plugin} failed in its ${step}: ${describeThrown(error)}.`, { cause: error });
}

const longestDescription = 300;

/** One line about anything that was thrown, even what does not let itself be turned into text. */
function describeThrown(error: unknown): string {
  let text: string;
  try {
    text = String(error instanceof Error ? error.message : error);
  } catch {
    text = 'an error that cannot be read';
  }
  const line = redactSecrets(text).replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
  if (line === '') return 'an error without a message';
  return line.length > longestDescription ? `${line.slice(0, longestDescription)}…` : line;
}
