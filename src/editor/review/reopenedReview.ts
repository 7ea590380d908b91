import type { Disposable } from '../../base/disposable.ts';
import { ValidationError } from '../../base/errors.ts';
import type { ReviewDecision } from '../../orchestrator/humanChannel.ts';
import type { AcceptSetback } from '../../orchestrator/review/acceptReview.ts';
import type { EndedReview } from '../../orchestrator/review/endedReview.ts';
import type { WorkspaceRoot } from '../engine.ts';
import type { OpenReview } from './openReview.ts';

/** The review of a run that is over: it can be accepted and refused, and sent back to nobody. */
export class ReopenedReview implements Disposable {
  readonly root: WorkspaceRoot;
  readonly ended: EndedReview;
  readonly #onDidChange: () => void;
  readonly #lifetime = new AbortController();
  #setback: AcceptSetback | undefined;
  #isBusy = false;

  /** Takes over `ended`; `onDidChange` is called when `open` is no longer what it was. */
  constructor(root: WorkspaceRoot, ended: EndedReview, onDidChange: () => void) {
    this.root = root;
    this.ended = ended;
    this.#onDidChange = onDidChange;
  }

  get open(): OpenReview {
    const { root, ended } = this;
    return {
      root,
      runId: ended.run.runId,
      review: ended.review,
      isPending: !this.#isBusy,
      canRequestChanges: false,
      ...(this.#setback && { setback: this.#setback }),
    };
  }

  /** True when that was the end of it; false when it goes on, with the reason in `open.setback`. */
  async decide(decision: ReviewDecision): Promise<boolean> {
    this.#setback = undefined;
    switch (decision.kind) {
      case 'refuse':
        this.ended.refuse();
        return true;
      case 'requestChanges':
        throw new ValidationError('This run is over, so there is no agent to send comments to; start a run with them.');
      case 'accept':
        return this.#accept(decision.despiteProof ?? false);
    }
  }

  /** Ends what is under way and lets go of the run. */
  async dispose(): Promise<void> {
    this.#lifetime.abort();
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
