import { errorMessage } from '../../base/errors.ts';
import { AcceptConflictError } from '../../changes/accept/planOperations.ts';
import type { CommittedBranch, ItemCommit } from '../../changes/git/itemCommits.ts';
import { sameVersion } from '../../changes/merge/mergeVersions.ts';
import type { FileVersion, StagedChange } from '../../changes/stagedFiles.ts';
import type { VersionReference } from '../../domain/schema/changes.ts';
import { itemIdSchema } from '../../domain/schema/ids.ts';
import type { ProofVerdict } from '../../domain/schema/review.ts';
import type { ChangeSink } from '../changeSink.ts';
import type { JournaledRun } from '../journaledRun.ts';
import { rebaseFile } from './rebaseFile.ts';
import type { Review } from './review.ts';
import type { ReviewFile } from './reviewFile.ts';
import type { SelectionProof } from './selectionProof.ts';
import { withoutContent } from './stagedContents.ts';

/** Why nothing was applied yet; the review goes on. `message` is one sentence. */
export type AcceptSetback =
  /** The tests say too little, or too much, of what is kept; it can still be accepted in spite of that. */
  | { readonly kind: 'notProven'; readonly message: string; readonly proof: SelectionProof }
  /** Files changed in the workspace meanwhile in the same places; both versions are in the staged text now. */
  | { readonly kind: 'conflicts'; readonly message: string; readonly paths: readonly string[] }
  | { readonly kind: 'nothingKept' | 'noComments'; readonly message: string };

export type AcceptOutcome = { readonly kind: 'applied'; readonly changes: readonly StagedChange[] } | AcceptSetback;

export interface AcceptOptions {
  readonly signal: AbortSignal;
  /** The human has seen what the tests say and wants the changes all the same; without effect before the tests have run. */
  readonly despiteProof?: boolean;
}

export interface AcceptParts {
  readonly run: JournaledRun;
  readonly review: Review;
  readonly sink: ChangeSink;
  /** A file as it is on the disk; asked where the sink does not know better. */
  readonly currentVersion: (path: string) => Promise<FileVersion | undefined>;
  /** Puts what was accepted on a branch; absent where the user wants none. Throws `ValidationError` with the reason why not. */
  readonly commitItems?: CommitItems;
}

/** `items`: what each item changed, in the order of the plan. */
export type CommitItems = (
  items: readonly ItemCommit[],
  options: { readonly runId: string; readonly signal: AbortSignal },
) => Promise<CommittedBranch>;

/**
 * Puts what is kept into the user's files: only what the tests ran on, and only if they hold or the human wants it in
 * spite of them. Throws what the sink throws, with the user's files as they were.
 */
export async function acceptReview(parts: AcceptParts, options: AcceptOptions): Promise<AcceptOutcome> {
  const { run, review } = parts;
  if (review.selection().length === 0)
    return { kind: 'nothingKept', message: 'Nothing of the changes is kept, so there is nothing to apply.' };
  await rebaseReview(parts);
  const conflicted = review.files.filter(file => file.conflicts > 0).map(file => file.path);
  if (conflicted.length > 0) return conflictsIn(conflicted);
  const selection = review.selection();
  const seen = review.proof;
  const proof = await review.prove(options);
  const isSeen = seen?.verdict === proof.verdict && seen.summary === proof.summary;
  options.signal.throwIfAborted();
  const isProven = isEnough(proof.verdict, review.wholeVerdict);
  if (!isProven && !(isSeen && options.despiteProof === true))
    return { kind: 'notProven', message: isSeen || !seen ? proof.summary : `${testedAgain} ${proof.summary}`, proof };
  const paths = selection.map(change => change.path);
  run.append({ type: 'review.decided', decision: 'accept', paths, ...(isProven ? {} : { despite: proof.verdict }) });
  await run.sync();
  const applied = await applyUnlessChanged(parts, selection, options);
  if (applied.kind === 'conflicts') return applied;
  const { checkpointId } = applied;
  const changes = selection.map(withoutContent);
  run.append({ type: 'changes.applied', changes, ...(checkpointId === undefined ? {} : { checkpointId }) });
  await commitAccepted(parts, options);
  return { kind: 'applied', changes: selection };
}

/** The files have the changes already: that there is no branch is told, and no reason to take them back. */
async function commitAccepted({ run, review, commitItems }: AcceptParts, { signal }: AcceptOptions): Promise<void> {
  if (!commitItems) return;
  const items = review.items.map(({ item, files }) => ({
    ...(item === undefined ? {} : { itemId: item.id }),
    title: item?.description ?? run.state.task?.title ?? 'Changes of a run of Trellis',
    changes: files.flatMap(({ kept }) => kept ?? []),
  }));
  try {
    const { branch, commits } = await commitItems(items, { runId: run.runId, signal });
    const named = commits.map(({ itemId, commit }) => ({
      commit,
      ...(itemId === undefined ? {} : { itemId: itemIdSchema.parse(itemId) }),
    }));
    run.append({ type: 'changes.committed', branch, commits: named });
  } catch (error) {
    run.append({ type: 'changes.committed', problem: errorMessage(error), commits: [] });
  }
}

/** Puts the changes into the files, unless they changed in this very moment; then the review has to show that. */
async function applyUnlessChanged(
  parts: AcceptParts,
  selection: readonly StagedChange[],
  { signal }: AcceptOptions,
): Promise<
  { readonly kind: 'applied'; readonly checkpointId?: string } | Extract<AcceptSetback, { kind: 'conflicts' }>
> {
  try {
    return { kind: 'applied', ...(await parts.sink.apply(selection, { runId: parts.run.runId, signal })) };
  } catch (error) {
    if (!(error instanceof AcceptConflictError) || !(await rebaseReview(parts))) throw error;
    return conflictsIn(error.conflicts.map(conflict => conflict.path));
  }
}

/**
 * Brings every kept change onto the file as the user has it now, where that is not what the change was made on: what is
 * tested and shown is then what would land. Returns whether any was behind.
 */
async function rebaseReview({ run, review, sink, currentVersion }: AcceptParts): Promise<boolean> {
  const stale: { readonly file: ReviewFile; readonly current: FileVersion | undefined }[] = [];
  for (const file of review.files.filter(({ kept }) => kept)) {
    const source = file.change.previousPath ?? file.path;
    const current = await (sink.current ? sink.current(source) : currentVersion(source));
    if (!sameVersion(current, file.change.before)) stale.push({ file, current });
  }
  for (const { file, current } of stale) {
    const { before, after, rejectedHunks, needsDecision } = rebaseFile(file, current);
    const stagedHash = run.state.staged?.changes.find(change => change.path === file.path)?.afterHash ?? null;
    run.append({
      type: 'review.rebased',
      path: file.path,
      stagedHash,
      before: kept(run, before),
      after: kept(run, after),
      rejectedHunks: [...rejectedHunks],
      needsDecision,
    });
  }
  return stale.length > 0;
}

/** Puts the content where the journal finds it again. */
function kept(run: JournaledRun, version: FileVersion | undefined): VersionReference | null {
  return version ? { hash: run.contents.put(version.content), isExecutable: version.isExecutable } : null;
}

const testedAgain = 'Your workspace has changed since the tests ran, so they ran again.';

/** Where nothing could be tested, or there is nothing to test with, the part is no worse than the whole. */
function isEnough(verdict: ProofVerdict, whole: ProofVerdict | undefined): boolean {
  if (verdict === 'passes' || verdict === 'asBefore') return true;
  return verdict !== 'fails' && (whole === 'noTests' || whole === 'unproven');
}

function conflictsIn(paths: readonly string[]): Extract<AcceptSetback, { kind: 'conflicts' }> {
  const verb = paths.length === 1 ? 'has' : 'have';
  const message = `${paths.join(', ')} ${verb} conflicts with what is in your workspace; resolve them in the staged text, or reject the file.`;
  return { kind: 'conflicts', message, paths };
}
