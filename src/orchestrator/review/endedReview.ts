import type { Disposable } from '../../base/disposable.ts';
import { ValidationError } from '../../base/errors.ts';
import type { HumanChannel } from '../humanChannel.ts';
import type { JournaledRun } from '../journaledRun.ts';
import type { RunHandle } from '../runHandle.ts';
import { type AcceptOptions, type AcceptOutcome, type AcceptParts, acceptReview } from './acceptReview.ts';
import type { Review } from './review.ts';

export interface GoOnOptions {
  readonly human: HumanChannel;
  /** Cancels the run. */
  readonly signal: AbortSignal;
}

/** What an ended review holds: the run, which it gives back or hands on. */
export interface ReviewHold {
  /** Gives the run back. */
  readonly release: Disposable;
  /** Goes on with the run from its journal; its lease is the handle's from then on. Throws when it cannot be begun. */
  readonly goOn: (options: GoOnOptions) => RunHandle;
}

/**
 * The review of a run that nobody works on any more: its process ended before the human decided, or the human comes
 * back to it. Whoever opens it disposes it, and is the run's only writer until then.
 */
export class EndedReview implements Disposable {
  readonly review: Review;
  readonly #parts: AcceptParts;
  readonly #hold: ReviewHold;
  #isHandedOn = false;

  /** Throws `ValidationError` for a run that has staged nothing. */
  constructor(parts: AcceptParts, hold: ReviewHold) {
    const { run, review } = parts;
    const { staged, review: known, isResultDue } = run.state;
    if (staged === undefined || staged.changes.length === 0)
      throw new ValidationError(`The run ${run.runId} came to no changes, so there is nothing to review.`);
    this.review = review;
    this.#parts = parts;
    this.#hold = hold;
    // The run ended before anyone saw this result: what changes after comments is told from here. One that is still due is
    // told from what was seen before it.
    const isNew = known.shown !== staged.changes;
    if (isNew && (known.shown.length === 0 || !isResultDue)) run.append({ type: 'review.opened' });
  }

  get run(): JournaledRun {
    return this.#parts.run;
  }

  /** As at the end of a run: tests what is kept, then puts it into the user's files. */
  async accept(options: AcceptOptions): Promise<AcceptOutcome> {
    const { run } = this.#parts;
    this.#checkNotApplied();
    const outcome = await acceptReview(this.#parts, options);
    if (outcome.kind === 'applied') {
      const { length } = outcome.changes;
      const message = `${length} ${length === 1 ? 'file' : 'files'} changed, after the run had ended.`;
      run.append({ type: 'run.ended', outcome: 'applied', message });
      await run.sync();
    }
    return outcome;
  }

  /** The changes stay in the journal, and can be reviewed again. */
  refuse(): void {
    const { run } = this.#parts;
    this.#checkNotApplied();
    run.append({ type: 'review.decided', decision: 'refuse', paths: [] });
    const message = 'You refused the changes; your files are as they were.';
    run.append({ type: 'run.ended', outcome: 'refused', message });
  }

  /**
   * Has the run go on: the items with comments are done again with them, what depends on these, and what was cut short;
   * then it is tested, scored and put before `human`. All else is the handle's from here. Throws `ValidationError` when
   * nothing is to be done again.
   */
  requestChanges(options: GoOnOptions): RunHandle {
    this.#checkNotApplied();
    if (this.review.comments.length === 0 && !this.review.isUnfinished)
      throw new ValidationError('There is no comment yet that says what is to be changed.');
    const handle = this.#hold.goOn(options);
    this.#isHandedOn = true;
    return handle;
  }

  async dispose(): Promise<void> {
    if (!this.#isHandedOn) await this.#hold.release.dispose();
  }

  #checkNotApplied(): void {
    if (this.run.state.applied)
      throw new ValidationError('The changes of this run are applied already; revert the run to take them back.');
  }
}
