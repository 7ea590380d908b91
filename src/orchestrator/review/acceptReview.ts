import type { StagedChange } from '../../changes/stagedFiles.ts';
import type { ProofVerdict } from '../../domain/schema/review.ts';
import type { ChangeSink } from '../humanChannel.ts';
import type { JournaledRun } from '../journaledRun.ts';
import type { Review } from './review.ts';
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
  /** The human has seen what the tests say and wants the changes all the same. */
  readonly despiteProof?: boolean;
}

export interface AcceptParts {
  readonly run: JournaledRun;
  readonly review: Review;
  readonly sink: ChangeSink;
}

/**
 * Puts what is kept into the user's files: only what the tests ran on, and only if they hold or the human wants it in
 * spite of them. Throws what the sink throws, with the user's files as they were.
 */
export async function acceptReview(parts: AcceptParts, options: AcceptOptions): Promise<AcceptOutcome> {
  const { run, review, sink } = parts;
  const selection = review.selection();
  if (selection.length === 0)
    return { kind: 'nothingKept', message: 'Nothing of the changes is kept, so there is nothing to apply.' };
  const conflicted = review.files.filter(file => file.conflicts > 0).map(file => file.path);
  if (conflicted.length > 0) return conflictsIn(conflicted);
  const proof = await review.prove(options);
  options.signal.throwIfAborted();
  const isProven = isEnough(proof.verdict, review.wholeVerdict);
  if (!isProven && options.despiteProof !== true) return { kind: 'notProven', message: proof.summary, proof };
  const paths = selection.map(change => change.path);
  run.append({ type: 'review.decided', decision: 'accept', paths, ...(isProven ? {} : { despite: proof.verdict }) });
  await run.sync();
  const { checkpointId } = await sink.apply(selection, { runId: run.runId, signal: options.signal });
  const changes = selection.map(withoutContent);
  run.append({ type: 'changes.applied', changes, ...(checkpointId === undefined ? {} : { checkpointId }) });
  return { kind: 'applied', changes: selection };
}

/** Where nothing could be tested, or there is nothing to test with, the part is no worse than the whole. */
function isEnough(verdict: ProofVerdict, whole: ProofVerdict | undefined): boolean {
  if (verdict === 'passes' || verdict === 'asBefore') return true;
  return verdict !== 'fails' && (whole === 'noTests' || whole === 'unproven');
}

function conflictsIn(paths: readonly string[]): AcceptSetback {
  const verb = paths.length === 1 ? 'has' : 'have';
  const message = `${paths.join(', ')} ${verb} conflicts with what is in your workspace; resolve them in the staged text, or reject the file.`;
  return { kind: 'conflicts', message, paths };
}
