import { existsSync, readFileSync } from 'node:fs';

const file = '/proc/thread-self/schedstat';
const isThere = existsSync(file);

/**
 * What this thread had of the processor so far, and how long it was ready while others had it, in milliseconds (Linux's
 * Documentation/scheduler/sched-stats.rst). Where the system does not tell: the clock, and nothing.
 */
export function scheduled(): { readonly ranMs: number; readonly waitedMs: number } {
  if (!isThere) return { ranMs: performance.now(), waitedMs: 0 };
  const [ran = NaN, waited = NaN] = readFileSync(file, 'utf8').split(' ').map(Number);
  return { ranMs: ran / 1e6, waitedMs: waited / 1e6 };
}
