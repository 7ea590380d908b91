import type { Disposable } from '../../base/disposable.ts';
import { ValidationError } from '../../base/errors.ts';
import type { JournaledRun } from '../journaledRun.ts';
import { type AcceptOptions, type AcceptOutcome, type AcceptParts, acceptReview } from './acceptReview.ts';
import type { Review } from './review.ts';

/**
 * The review of a run that nobody works on any more: its process ended before the human decided, or the human comes
 * back to it. Whoever opens it disposes it, and is the run's only writer until then.
 */
export class EndedReview implements Disposable {
  readonly review: Review;
  readonly #parts: AcceptParts;
  readonly #release: Disposable;

  /** Throws `ValidationError` for a run that has staged nothing. */
  constructor(parts: AcceptParts, release: Disposable) {
    const { run, review } = parts;
    if ((run.state.staged?.changes.length ?? 0) === 0)
      throw new ValidationError(`The run ${run.runId} came to no changes, so there is nothing to review.`);
    this.review = review;
    this.#parts = parts;
    this.#release = release;
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

  async dispose(): Promise<void> {
    await this.#release.dispose();
  }

  #checkNotApplied(): void {
    if (this.run.state.applied) throw new ValidationError('The changes of this run are applied already.');
  }
}
