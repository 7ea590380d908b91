import type { Disposable } from '../base/disposable.ts';
import { DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { AbortError, errorMessage, ValidationError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { reduceAll } from '../domain/reduceRun.ts';
import type { RunState } from '../domain/runState.ts';
import type { RunEvent } from '../domain/schema/events.ts';
import { runIdSchema } from '../domain/schema/ids.ts';
import type { Plan } from '../domain/schema/plan.ts';
import type { RunSummary } from '../journal/journal.ts';
import type { ChangeSink, RevertingSink } from '../orchestrator/changeSink.ts';
import type { ReviewDecision } from '../orchestrator/humanChannel.ts';
import type { GoOnOptions } from '../orchestrator/review/endedReview.ts';
import type { RunHandle } from '../orchestrator/runHandle.ts';
import type { Engine, WorkspaceRoot } from './engine.ts';
import { HumanDecisions, type HumanDecisionsOptions } from './humanDecisions.ts';
import type { OpenReview } from './review/openReview.ts';
import { ReopenedReview } from './review/reopenedReview.ts';

export interface RunServiceOptions {
  /** Loads the engine for a folder; called once for each until `forgetEngines`, and again after it failed. */
  readonly openEngine: (root: WorkspaceRoot) => Promise<Engine>;
  readonly logger: Logger;
}

/** A run that is worked on in this window. */
interface LiveRun {
  readonly root: WorkspaceRoot;
  readonly run: RunHandle;
  readonly decisions: HumanDecisions;
  readonly cancellation: AbortController;
}

/** The run that panel, chat and status bar show. */
export interface ShownRun {
  readonly root: WorkspaceRoot;
  readonly state: RunState;
  readonly isLive: boolean;
}

/** Starts runs, takes their decisions, and knows which run is shown. One run at a time; knows nothing of VS Code. */
export class RunService implements Disposable {
  readonly #openEngine: RunServiceOptions['openEngine'];
  readonly #logger: Logger;
  readonly #engines = new Map<string, Promise<Engine>>();
  readonly #onDidChange: Emitter<void>;
  readonly #onDidAppend: Emitter<RunEvent>;
  #live: LiveRun | undefined;
  #shown: ShownRun | undefined;
  #reopened: ReopenedReview | undefined;
  readonly #lifetime = new AbortController();
  /** The live run's engine has settings that no longer hold. */
  #isLiveEngineStale = false;

  constructor({ openEngine, logger }: RunServiceOptions) {
    this.#openEngine = openEngine;
    this.#logger = logger;
    const onListenerError = (error: unknown) =>
      logger.log('error', 'A listener failed', { error: errorMessage(error) });
    this.#onDidChange = new Emitter(onListenerError);
    this.#onDidAppend = new Emitter(onListenerError);
  }

  /** Another run is shown, a run ended, or something waits for a decision that did not before. */
  get onDidChange() {
    return this.#onDidChange.event;
  }

  /** The events of the live run, and of a run whose review was opened again, as they happen. */
  get onDidAppend() {
    return this.#onDidAppend.event;
  }

  get shown(): ShownRun | undefined {
    const live = this.#live;
    if (live && (this.#shown === undefined || this.#shown.state.runId === live.run.runId)) {
      return { root: live.root, state: live.run.state, isLive: true };
    }
    const run = this.#reopened?.ended.run;
    return this.#shown && run?.runId === this.#shown.state.runId ? { ...this.#shown, state: run.state } : this.#shown;
  }

  /** The state of the run that is worked on. */
  get live(): RunState | undefined {
    return this.#live?.run.state;
  }

  /** The review of the live run, from its first opening on, or else the one that was opened again. */
  get review(): OpenReview | undefined {
    if (!this.#live) return this.#reopened?.open;
    const { root, run, decisions } = this.#live;
    const { lastReview, pendingReview } = decisions;
    if (!lastReview) return undefined;
    const { review, setback } = lastReview;
    const isPending = pendingReview !== undefined;
    return { root, runId: run.runId, review, isPending, ...(setback && { setback }) };
  }

  /** Starts a run and shows it. Throws `ValidationError` for an empty request or while another run is going on. */
  async start(root: WorkspaceRoot, request: string, sink: ChangeSink): Promise<void> {
    if (request.trim() === '') throw new ValidationError('There is nothing to do: say what you want to have done.');
    this.#mustBeIdle();
    const engine = await this.engine(root);
    this.#mustBeIdle();
    await this.#closeReopened();
    this.#mustBeIdle();
    const { autoApprove } = engine;
    this.#follow(root, { autoApprove }, options => engine.start(request, { ...options, sink }));
  }

  /** Asks the live run to stop; it ends once its work has settled. False when there is none. */
  cancel(): boolean {
    this.#live?.cancellation.abort(new AbortError());
    return this.#live !== undefined;
  }

  /** Throws `ValidationError` when no plan waits for it. */
  approvePlan(plan: Plan): void {
    const isDecided = this.#live?.decisions.decidePlan({ kind: 'approve', plan, by: 'human' });
    if (isDecided !== true) throw new ValidationError('No plan waits for approval any more.');
  }

  /** Throws `ValidationError` when nobody waits for that answer. */
  answer(questionId: string, text: string): void {
    const isDecided = this.#live?.decisions.decideAnswer(questionId, text);
    if (isDecided !== true) throw new ValidationError('Nobody waits for an answer to this question any more.');
  }

  /**
   * Resolves when the run wants a decision again, with what it says then, or, with nothing, when the review has ended.
   * Throws `ValidationError` when no changes wait for a decision.
   */
  async decideReview(decision: ReviewDecision): Promise<OpenReview | undefined> {
    const live = this.#live;
    if (!live && this.#reopened) return this.#decideReopened(this.#reopened, decision);
    if (live?.decisions.decideReview(decision) !== true) {
      throw new ValidationError('No changes wait for a review any more.');
    }
    return this.#nextReview(live);
  }

  /** Resolves when the run wants a decision, or, with nothing, when it has ended. */
  #nextReview(live: LiveRun): Promise<OpenReview | undefined> {
    return new Promise(resolve => {
      const subscription = this.onDidChange(() => {
        const review = this.#live === live ? this.review : undefined;
        if (this.#live === live && review?.isPending !== true) return;
        void subscription.dispose();
        resolve(review);
      });
    });
  }

  /** Opens the review of a run that is over again. Throws as `Engine.openReview` does, and while another run goes on. */
  async reopenReview(root: WorkspaceRoot, runId: string, sink: ChangeSink): Promise<void> {
    this.#mustBeIdle();
    const engine = await this.engine(root);
    await this.#closeReopened();
    const ended = engine.openReview(runIdSchema.parse(runId), { sink });
    this.#reopened = new ReopenedReview({
      root,
      ended,
      sink,
      onDidChange: () => this.#onDidChange.fire(),
      onDidAppend: event => this.#onDidAppend.fire(event),
    });
    this.#onDidChange.fire();
  }

  /** Takes back what a run changed in the files; returns the paths. Throws as `Engine.revert` does. */
  async revert(root: WorkspaceRoot, runId: string, sink: RevertingSink): Promise<readonly string[]> {
    if (this.#live?.run.runId === runId) throw new ValidationError('The run is still going on: cancel it first.');
    const engine = await this.engine(root);
    const paths = await engine.revert(runIdSchema.parse(runId), { sink, signal: this.#lifetime.signal });
    if (this.#shown?.state.runId === runId) await this.show(root, runId);
    return paths;
  }

  /** Shows a run of the past, or the live one. Throws `ValidationError` when the journal does not know it. */
  async show(root: WorkspaceRoot, runId: string): Promise<void> {
    if (this.#live?.run.runId === runId) {
      this.#shown = undefined;
    } else {
      const id = runIdSchema.parse(runId);
      const events = (await this.engine(root)).journal.read(id);
      if (events.length === 0) throw new ValidationError(`The history does not know a run "${runId}".`);
      this.#shown = { root, state: reduceAll(id, events), isLive: false };
    }
    this.#onDidChange.fire();
  }

  /** The runs of a folder, newest first. */
  async runs(root: WorkspaceRoot): Promise<readonly RunSummary[]> {
    return (await this.engine(root)).journal.runs();
  }

  /** A content of the journal of a folder, by its hash. */
  async content(root: WorkspaceRoot, hash: string): Promise<Uint8Array | undefined> {
    return (await this.engine(root)).journal.contents.get(hash);
  }

  /** The engine of a folder, loaded on first use. */
  engine(root: WorkspaceRoot): Promise<Engine> {
    const known = this.#engines.get(root.path);
    if (known) return known;
    const opening = this.#openEngine(root);
    this.#engines.set(root.path, opening);
    opening.catch(() => this.#engines.delete(root.path));
    return opening;
  }

  /** Settings or keys changed: the next run gets a new engine, and so does an open review. A live run keeps the one that it has. */
  async forgetEngines(): Promise<void> {
    const kept = this.#live?.root.path;
    this.#isLiveEngineStale = kept !== undefined;
    const forgotten = [...this.#engines].filter(([path]) => path !== kept);
    for (const [path] of forgotten) this.#engines.delete(path);
    const reopened = this.#reopened;
    await this.#closeReopened();
    await disposeEngines(forgotten.map(([, engine]) => engine));
    if (reopened) await this.reopenReview(reopened.root, reopened.ended.run.runId, reopened.sink);
  }

  /** Cancels the live run, waits until it has settled, and closes the engines. */
  async dispose(): Promise<void> {
    const live = this.#live;
    this.#lifetime.abort();
    this.cancel();
    await this.#closeReopened();
    if (live) await live.run.done.catch(() => undefined);
    const engines = [...this.#engines.values()];
    this.#engines.clear();
    await disposeEngines(engines);
    this.#onDidChange.dispose();
    this.#onDidAppend.dispose();
  }

  /** The run stays shown, from its last state. */
  #end(live: LiveRun): void {
    if (this.#live !== live) return;
    const { root, run } = live;
    this.#shown ??= { root, state: run.state, isLive: false };
    this.#live = undefined;
    this.#onDidChange.fire();
    if (this.#isLiveEngineStale) {
      this.forgetEngines().catch((error: unknown) =>
        this.#logger.log('warn', 'An engine could not be closed', { error: errorMessage(error) }),
      );
    }
  }

  async #decideReopened(reopened: ReopenedReview, decision: ReviewDecision): Promise<OpenReview | undefined> {
    if (decision.kind === 'requestChanges') return this.#goOn(reopened);
    if (!(await reopened.decide(decision))) return reopened.open;
    await this.#closeReopened();
    await this.show(reopened.root, reopened.ended.run.runId);
    return undefined;
  }

  /** Makes a run that is over the live one: its comments go to the agents. */
  async #goOn(reopened: ReopenedReview): Promise<OpenReview | undefined> {
    const { root, open } = reopened;
    const { autoApprove } = await this.engine(root);
    this.#mustBeIdle();
    const live = this.#follow(root, { autoApprove, lastReview: open }, options => reopened.requestChanges(options));
    return this.#nextReview(live);
  }

  /** Begins a run, which is shown and worked on from now on. */
  #follow(
    root: WorkspaceRoot,
    options: Omit<HumanDecisionsOptions, 'onDidChange'>,
    begin: (options: GoOnOptions) => RunHandle,
  ): LiveRun {
    const cancellation = new AbortController();
    const decisions = new HumanDecisions({ ...options, onDidChange: () => this.#onDidChange.fire() });
    const run = begin({ human: decisions, signal: cancellation.signal });
    const live: LiveRun = { root, run, decisions, cancellation };
    this.#live = live;
    this.#reopened = undefined;
    this.#shown = undefined;
    const subscription = run.onDidAppend(event => this.#onDidAppend.fire(event));
    this.#onDidChange.fire();
    void run.done
      .catch((error: unknown) => this.#logger.log('error', 'The run broke off', { error: errorMessage(error) }))
      .finally(() => {
        void subscription.dispose();
        this.#end(live);
      });
    return live;
  }

  async #closeReopened(): Promise<void> {
    const reopened = this.#reopened;
    this.#reopened = undefined;
    await reopened?.dispose();
  }

  #mustBeIdle(): void {
    if (this.#live) throw new ValidationError('A run is going on: wait for its end, or cancel it first.');
  }
}

async function disposeEngines(engines: readonly Promise<Engine>[]): Promise<void> {
  const store = new DisposableStore();
  for (const result of await Promise.allSettled(engines)) {
    if (result.status === 'fulfilled') store.add(result.value);
  }
  await store.dispose();
}
