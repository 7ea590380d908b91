import type { Disposable } from '../../base/disposable.ts';
import type { RunEvent } from '../../domain/schema/events.ts';
import type { ChangeSink } from '../../orchestrator/changeSink.ts';
import type { ReviewDecision } from '../../orchestrator/humanChannel.ts';
import type { AcceptSetback } from '../../orchestrator/review/acceptReview.ts';
import type { EndedReview, GoOnOptions } from '../../orchestrator/review/endedReview.ts';
import type { RunHandle } from '../../orchestrator/runHandle.ts';
import type { WorkspaceRoot } from '../engine.ts';
import type { OpenReview } from './openReview.ts';

export interface ReopenedReviewOptions {
  readonly root: WorkspaceRoot;
  readonly ended: EndedReview;
  /** What `ended` applies with. */
  readonly sink: ChangeSink;
  /** Called when `open` is no longer what it was. */
  readonly onDidChange: () => void;
  /** Told of the run's events, until the run is handed on. */
  readonly onDidAppend: (event: RunEvent) => void;
}

/** The review of a run that is over. Takes over `ended`, until comments are sent and the run goes on. */
export class ReopenedReview implements Disposable {
  readonly root: WorkspaceRoot;
  readonly ended: EndedReview;
  readonly sink: ChangeSink;
  readonly #onDidChange: () => void;
  readonly #subscription: Disposable;
  readonly #lifetime = new AbortController();
  #setback: AcceptSetback | undefined;
  #isBusy = false;

  constructor({ root, ended, sink, onDidChange, onDidAppend }: ReopenedReviewOptions) {
    this.root = root;
    this.ended = ended;
    this.sink = sink;
    this.#onDidChange = onDidChange;
    this.#subscription = ended.run.onDidAppend(onDidAppend);
  }

  get open(): OpenReview {
    const { root, ended } = this;
    return {
      root,
      runId: ended.run.runId,
      review: ended.review,
      isPending: !this.#isBusy,
      ...(this.#setback && { setback: this.#setback }),
    };
  }

  /** True when that was the end of it; false when it goes on, with the reason in `open.setback`. */
  async decide(decision: Exclude<ReviewDecision, { kind: 'requestChanges' }>): Promise<boolean> {
    this.#setback = undefined;
    switch (decision.kind) {
      case 'refuse':
        this.ended.refuse();
        return true;
      case 'leave':
        return true;
      case 'accept':
        return this.#accept(decision.despiteProof ?? false);
    }
  }

  /** Sends the comments back, so that the run goes on. Throws as `EndedReview.requestChanges`; then nothing has changed. */
  requestChanges(options: GoOnOptions): RunHandle {
    const handle = this.ended.requestChanges(options);
    void this.#subscription.dispose();
    return handle;
  }

  /** Ends what is under way and lets go of the run. */
  async dispose(): Promise<void> {
    this.#lifetime.abort();
    await this.#subscription.dispose();
    await this.ended.dispose();
  }

  async #accept(despiteProof: boolean): Promise<boolean> {
    this.#isBusy = true;
    this.#onDidChange();
    try {
      const outcome = await this.ended.accept({ signal: this.#lifetime.signal, despiteProof });
      if (outcome.kind === 'applied') return true;
      this.#setback = outcome;
      return false;
    } finally {
      this.#isBusy = false;
      this.#onDidChange();
    }
  }
}
