import type { PanelNotifications, PanelSnapshot } from '../../src/domain/panelProtocol.ts';
import { reduceRun } from '../../src/domain/reduceRun.ts';
import type { RunState } from '../../src/domain/runState.ts';
import type { HostLink } from './hostLink.ts';

/** How long a webview waits for a snapshot before it asks again, in milliseconds. */
export const answerLimitMs = 3000;

export interface RunStoreOptions {
  readonly link: HostLink;
  /** Calls back before the next frame; changes in between are shown together. */
  readonly scheduleFrame: (callback: () => void) => void;
  /** Calls back after a time in which the host has certainly answered, unless its answer was lost. */
  readonly scheduleRetry: (callback: () => void) => void;
  /** What was shown before a reload. */
  readonly rememberedRunId?: string;
}

/** What is known of the shown run: pulled once, then kept up by the same events and reducer that the host uses. */
export class RunStore {
  readonly #link: HostLink;
  readonly #scheduleFrame: (callback: () => void) => void;
  readonly #scheduleRetry: (callback: () => void) => void;
  readonly #rememberedRunId: string | undefined;
  readonly #listeners = new Set<() => void>();
  #snapshot: PanelSnapshot | undefined;
  #problem: string | undefined;
  #isPulling = false;
  #pulls = 0;
  /** Something arrived during a pull that its answer may not have in it. */
  #mustPullAgain = false;
  #isFrameScheduled = false;

  constructor({ link, scheduleFrame, scheduleRetry, rememberedRunId }: RunStoreOptions) {
    this.#link = link;
    this.#scheduleFrame = scheduleFrame;
    this.#scheduleRetry = scheduleRetry;
    this.#rememberedRunId = rememberedRunId;
    link.on('snapshotChanged', () => this.pull());
    link.on('runEvents', params => this.#takeEvents(params));
  }

  /** Undefined until the first pull was answered. */
  get snapshot(): PanelSnapshot | undefined {
    return this.#snapshot;
  }

  /** Why the last pull failed. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Calls `listener` at most once a frame after something changed; returns what ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Asks the host for all of it. */
  pull(): void {
    if (this.#isPulling) {
      this.#mustPullAgain = true;
      return;
    }
    this.#isPulling = true;
    this.#pulls += 1;
    const pull = this.#pulls;
    const runId = this.#snapshot?.run?.runId ?? this.#rememberedRunId;
    this.#link.request('getSnapshot', runId === undefined ? {} : { runId }).then(
      snapshot => this.#pulled(pull, snapshot, undefined),
      (error: unknown) => this.#pulled(pull, this.#snapshot, error instanceof Error ? error.message : String(error)),
    );
    // The editor drops messages to a webview that it hides in that moment.
    this.#scheduleRetry(() => {
      if (!this.#isPulling || pull !== this.#pulls) return;
      this.#isPulling = false;
      this.pull();
    });
  }

  /** Takes in the answer, unless it is that of a pull that was given up. */
  #pulled(pull: number, snapshot: PanelSnapshot | undefined, problem: string | undefined): void {
    if (pull !== this.#pulls) return;
    this.#snapshot = snapshot;
    this.#problem = problem;
    this.#isPulling = false;
    this.#changed();
    if (!this.#mustPullAgain) return;
    this.#mustPullAgain = false;
    this.pull();
  }

  #takeEvents({ runId, events }: PanelNotifications['runEvents']): void {
    const snapshot = this.#snapshot;
    if (this.#isPulling || !snapshot) {
      this.pull();
      return;
    }
    if (snapshot.run?.runId !== runId) return;
    let run: RunState = snapshot.run;
    for (const event of events) {
      if (event.seq <= run.lastSeq) continue;
      if (event.seq > run.lastSeq + 1) {
        this.pull();
        return;
      }
      run = reduceRun(run, event);
    }
    this.#snapshot = { ...snapshot, run };
    this.#changed();
  }

  #changed(): void {
    if (this.#isFrameScheduled) return;
    this.#isFrameScheduled = true;
    this.#scheduleFrame(() => {
      this.#isFrameScheduled = false;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}
