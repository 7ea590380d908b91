import * as vscode from 'vscode';
import { AbortError, ValidationError } from '../../base/errors.ts';
import { AcceptConflictError } from '../../changes/accept/planOperations.ts';
import { plural } from '../../domain/formatQuantity.ts';
import type { AcceptSetback } from '../../orchestrator/review/acceptReview.ts';
import { firstConflictLine } from '../../orchestrator/review/reviewFile.ts';
import { WorkspaceChangeSink } from '../files/workspaceChangeSink.ts';
import type { RunService } from '../runService.ts';
import { startProblem } from '../workspaceRoots.ts';
import type { OpenReview } from './openReview.ts';
import type { ReviewActions } from './reviewActions.ts';
import type { ReviewDiffs } from './reviewDiffs.ts';
import { nameHunks } from './reviewOutline.ts';

export interface ReviewEndingOptions {
  readonly service: Pick<RunService, 'review' | 'onDidChange' | 'decideReview'>;
  readonly actions: ReviewActions;
  readonly diffs: ReviewDiffs;
  /** Called when `isTesting` is no longer what it was. */
  readonly onDidChange: () => void;
}

/** How a review ends, or goes on: apply what is accepted, refuse all of it, or send it back. Each throws one sentence. */
export class ReviewEnding {
  readonly #service: ReviewEndingOptions['service'];
  readonly #actions: ReviewActions;
  readonly #diffs: ReviewDiffs;
  readonly #onDidChange: () => void;
  #isTesting = false;

  constructor({ service, actions, diffs, onDidChange }: ReviewEndingOptions) {
    this.#service = service;
    this.#actions = actions;
    this.#diffs = diffs;
    this.#onDidChange = onDidChange;
  }

  /** The tests run on what is accepted; until they are done, it can be decided on, and not applied. */
  get isTesting(): boolean {
    return this.#isTesting;
  }

  /** Accepts everything, what was rejected too once the user says so, and applies it. */
  async acceptAll(): Promise<void> {
    const { review } = this.#actions.pending;
    const rejected = review.files.flatMap(file => file.hunks).filter(hunk => hunk.decision === 'rejected').length;
    if (rejected > 0) {
      const question = `You rejected ${plural(rejected, 'hunk')}. Accept ${rejected === 1 ? 'it' : 'them'} too?`;
      const answer = await vscode.window.showWarningMessage(question, { modal: true }, 'Accept All');
      if (answer === undefined) return;
      review.decide({ kind: 'all' }, 'kept');
    }
    await this.apply();
  }

  /** Has what is accepted tested, unless it was, and puts it into the user's files; says so when that cannot be. */
  async apply({ despiteProof = false } = {}): Promise<void> {
    const open = this.#actions.pending;
    if (this.#isTesting) throw new ValidationError('The tests still run on what you accepted; wait, or stop them.');
    await this.#actions.saveEdits(open);
    await checkFiles(open);
    if (!(await this.#test(open))) return;
    const again = await inProgress('Applying the changes', () =>
      this.#service.decideReview({ kind: 'accept', despiteProof }),
    );
    if (!again) await this.#diffs.close(open.runId);
    else if (again.setback) await this.#explain(again, again.setback);
  }

  /** Leaves the user's files as they are and ends the run. */
  async refuse(): Promise<void> {
    const { runId } = this.#actions.pending;
    await this.#service.decideReview({ kind: 'refuse' });
    await this.#diffs.close(runId);
  }

  /** Sends the comments back to the agents, or has them go on where they were cut short; when they are done, offers to show what they changed. */
  async requestChanges(): Promise<void> {
    const open = this.#actions.pending;
    const problem = startProblem();
    if (problem !== undefined) throw new ValidationError(problem);
    if (open.review.comments.length === 0 && !open.review.isUnfinished) {
      throw new ValidationError('There is no comment to send: put the cursor on a line of the diff and add one first.');
    }
    await this.#actions.saveEdits(open);
    const again = await this.#service.decideReview({ kind: 'requestChanges' });
    if (!again) return;
    const changes = again.review.changesSinceLastRound();
    if (changes.length === 0) {
      void vscode.window.showWarningMessage('The agents are done with your comments, and changed nothing.');
      return;
    }
    const message = `The agents changed ${plural(changes.length, 'file')} after your comments.`;
    const choice = await vscode.window.showInformationMessage(message, 'Show What Changed');
    if (choice !== undefined) await this.showChangesSince();
  }

  /** Opens the difference between what is staged now and what was before the last comments were sent. */
  async showChangesSince(): Promise<void> {
    const open = this.#service.review;
    const changes = open?.review.changesSinceLastRound() ?? [];
    if (!open || changes.length === 0) throw new ValidationError('Nothing has changed since you last sent comments.');
    await this.#diffs.openSince(open, changes);
  }

  /** Runs the tests on what is accepted, where it is known what that is; false when the user stopped them. */
  async #test(open: OpenReview): Promise<boolean> {
    const { review } = open;
    const isClear = review.selection().length > 0 && review.files.every(file => file.conflicts === 0);
    const isProven = () => review.proof !== undefined;
    if (!isClear) return true;
    this.#isTesting = true;
    this.#onDidChange();
    try {
      const proof = await this.#stoppable(open, 'Testing what you accepted', signal => review.prove({ signal }));
      if (!proof) return false;
    } finally {
      this.#isTesting = false;
      this.#onDidChange();
    }
    if (isProven()) return true;
    throw new ValidationError('You changed what is accepted while the tests ran, so nothing was applied; apply again.');
  }

  /** Work on a review that the user can stop, and that ends with the review; undefined when it was stopped. */
  async #stoppable<T>(
    { review }: OpenReview,
    title: string,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    const over = new AbortController();
    const subscription = this.#service.onDidChange(() => {
      if (this.#service.review?.review !== review) over.abort(new AbortError());
    });
    try {
      return await inProgress(title, signal => work(AbortSignal.any([signal, over.signal])));
    } catch (error) {
      if (!(error instanceof AbortError)) throw error;
      vscode.window.setStatusBarMessage('$(circle-slash) Stopped; nothing was applied.', 5_000);
      return undefined;
    } finally {
      void subscription.dispose();
    }
  }

  async #explain(open: OpenReview, setback: AcceptSetback): Promise<void> {
    switch (setback.kind) {
      case 'nothingKept':
      case 'noComments':
        throw new ValidationError(setback.message);
      case 'conflicts': {
        const file = open.review.files.find(({ path }) => setback.paths.includes(path));
        if (file) await this.#diffs.openFile(open, file, firstConflictLine(file));
        throw new ValidationError(setback.message);
      }
      case 'notProven':
        await this.#offerWays(open, setback.message);
    }
  }

  /** What is accepted does not pass: names the rejected hunks that it needs, where trying finds them. */
  async #offerWays(open: OpenReview, message: string): Promise<void> {
    const { review } = open;
    const isPartial = review.files.some(file => file.decision !== 'kept');
    const search =
      isPartial && review.proof?.verdict === 'fails'
        ? await this.#stoppable(open, 'Looking for the hunk that the tests need', signal =>
            review.findNeededHunks({ signal }),
          )
        : undefined;
    const needed = search?.kind === 'found' ? search.needed.hunks : [];
    const found =
      needed.length > 0 ? `They pass together with what you rejected here: ${nameHunks(review, needed)}.` : '';
    const reason = search?.kind === 'notFound' ? search.reason : found;
    const acceptNeeded = needed.length === 1 ? 'Accept It and Apply' : 'Accept Them and Apply';
    const choice = await vscode.window.showWarningMessage(
      message,
      { modal: true, detail: [reason, 'Nothing was applied.'].filter(text => text !== '').join('\n\n') },
      ...(needed.length > 0 ? [acceptNeeded] : []),
      'Apply Anyway',
    );
    if (choice === acceptNeeded) {
      for (const { path, hunkId } of needed) review.decide({ kind: 'hunk', path, hunkId }, 'kept');
      await this.apply();
    } else if (choice !== undefined) {
      await this.apply({ despiteProof: true });
    }
  }
}

/** Throws what would keep the changes out of the files, while the review is still open; conflicts are the review's to show. */
async function checkFiles({ root, review }: OpenReview): Promise<void> {
  try {
    await new WorkspaceChangeSink(root.path).check(review.selection());
  } catch (error) {
    if (!(error instanceof AcceptConflictError)) throw error;
  }
}

/** Shows that something goes on; `signal` aborts when the user ends it, which only work that takes it allows. */
async function inProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const cancellable = work.length > 0;
  const options = { location: vscode.ProgressLocation.Notification, title: `Trellis: ${title}`, cancellable };
  return vscode.window.withProgress(options, async (_progress, token) => {
    const abort = new AbortController();
    const subscription = token.onCancellationRequested(() => abort.abort(new AbortError()));
    try {
      return await work(abort.signal);
    } finally {
      subscription.dispose();
    }
  });
}
