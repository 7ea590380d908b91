import type { Clock } from '../../base/clock.ts';
import { keepHunks } from '../../changes/diff/hunks.ts';
import type { StagedChange } from '../../changes/stagedFiles.ts';
import type { NeededHunks } from '../../domain/reviewState.ts';
import type { HunkReference, ProofVerdict } from '../../domain/schema/review.ts';
import type { ReviewFile } from './reviewFile.ts';

/** What came of looking for the rejected hunks that the tests need. */
export type HunkSearch =
  | { readonly kind: 'found'; readonly needed: NeededHunks }
  /** The rejected hunks are not the reason: with all of them the tests say no better. */
  | { readonly kind: 'notFound'; readonly reason: string };

export interface HunkSearchParts {
  readonly files: readonly ReviewFile[];
  /** What the tests say of a selection, and whether they had to run for that. */
  readonly test: (
    selection: readonly StagedChange[],
  ) => Promise<{ readonly verdict: ProofVerdict; readonly isNew: boolean }>;
  readonly clock: Pick<Clock, 'now'>;
}

export interface HunkSearchOptions {
  readonly signal: AbortSignal;
  /** The search ends with what it has when the tests ran this often, or for this long, in milliseconds. */
  readonly maxTestRuns?: number;
  readonly maxTimeMs?: number;
}

/** Enough to find one hunk among 24 alone, or a pair among some dozen. */
const MAX_TEST_RUNS = 24;
const MAX_TIME_MS = 5 * 60_000;

/**
 * Finds rejected hunks with which the tests pass: each alone first, because one is the rule, then by halves, which is
 * the minimizing delta debugging of Zeller and Hildebrandt (2002) on the set of rejected hunks. `signal` ends it between
 * two runs of the tests, and the run that is under way.
 */
export async function searchNeededHunks(parts: HunkSearchParts, options: HunkSearchOptions): Promise<HunkSearch> {
  const { maxTestRuns = MAX_TEST_RUNS, maxTimeMs = MAX_TIME_MS, signal } = options;
  const endsAt = parts.clock.now() + maxTimeMs;
  const known = new Map<string, boolean>();
  let testRuns = 0;
  const isLeft = () => testRuns < maxTestRuns && parts.clock.now() < endsAt;
  const passes = async (hunks: readonly HunkReference[]): Promise<boolean> => {
    const key = JSON.stringify(hunks);
    const seen = known.get(key);
    if (seen !== undefined) return seen;
    signal.throwIfAborted();
    const { verdict, isNew } = await parts.test(selectionWith(parts.files, hunks));
    if (isNew) testRuns++;
    const isPass = verdict === 'passes' || verdict === 'asBefore';
    known.set(key, isPass);
    return isPass;
  };
  const rejected = parts.files.flatMap(({ path, hunks }) =>
    hunks.filter(hunk => hunk.decision === 'rejected').map((hunk): HunkReference => ({ path, hunkId: hunk.id })),
  );
  if (rejected.length === 0) return { kind: 'notFound', reason: 'No hunk is rejected.' };
  if (!(await passes(rejected)))
    return { kind: 'notFound', reason: 'The tests fail with every hunk too, so no rejected hunk is the reason.' };
  for (const hunk of rejected.length === 1 ? [] : rejected) {
    if (!isLeft()) break;
    if (await passes([hunk])) return found([hunk], true, testRuns);
  }
  const { hunks, isMinimal } = await minimize(rejected, passes, isLeft);
  return found(hunks, isMinimal, testRuns);
}

function found(hunks: readonly HunkReference[], isMinimal: boolean, testRuns: number): HunkSearch {
  return { kind: 'found', needed: { hunks, isMinimal, testRuns } };
}

async function minimize(
  all: readonly HunkReference[],
  passes: (hunks: readonly HunkReference[]) => Promise<boolean>,
  isLeft: () => boolean,
): Promise<{ readonly hunks: readonly HunkReference[]; readonly isMinimal: boolean }> {
  let hunks = all;
  let parts = 2;
  while (hunks.length > 1) {
    const chunks = split(hunks, parts);
    const others = chunks.map(chunk => hunks.filter(hunk => !chunk.includes(hunk)));
    let smaller: readonly HunkReference[] | undefined;
    for (const candidate of parts === 2 ? chunks : [...chunks, ...others]) {
      if (!isLeft()) return { hunks, isMinimal: false };
      if (!(await passes(candidate))) continue;
      smaller = candidate;
      break;
    }
    if (smaller) {
      parts = chunks.includes(smaller) ? 2 : Math.max(parts - 1, 2);
      hunks = smaller;
    } else if (parts >= hunks.length) return { hunks, isMinimal: true };
    else parts = Math.min(parts * 2, hunks.length);
  }
  return { hunks, isMinimal: true };
}

function split<T>(all: readonly T[], parts: number): readonly (readonly T[])[] {
  const bounds = Array.from({ length: parts + 1 }, (_, index) => Math.round((index * all.length) / parts));
  return bounds.slice(1).map((end, index) => all.slice(bounds[index], end));
}

/** What is kept, and with it these rejected hunks. */
function selectionWith(files: readonly ReviewFile[], added: readonly HunkReference[]): readonly StagedChange[] {
  return files.flatMap(file => {
    const wanted = new Set(added.filter(({ path }) => path === file.path).map(({ hunkId }) => hunkId));
    if (wanted.size === 0) return file.kept ?? [];
    const kept = file.hunks.filter(hunk => hunk.decision === 'kept' || wanted.has(hunk.id)).map(hunk => hunk.id);
    return keepHunks(file.change, new Set(kept)) ?? [];
  });
}
