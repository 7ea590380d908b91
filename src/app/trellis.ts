import { randomUUID } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { type Clock, type IdSource, systemClock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { StorageError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { DiskWorkspace } from '../changes/workspace/diskWorkspace.ts';
import type { Configuration, Secrets } from '../config/configuration.ts';
import type { RunEventPayload } from '../domain/schema/events.ts';
import { type RunId, runIdSchema } from '../domain/schema/ids.ts';
import type { Journal, RunLease } from '../journal/journal.ts';
import { SqliteJournal } from '../journal/sqliteJournal.ts';
import type { ChangeSink, RevertingSink } from '../orchestrator/changeSink.ts';
import type { HumanChannel } from '../orchestrator/humanChannel.ts';
import { JournaledRun } from '../orchestrator/journaledRun.ts';
import { logRunEvents } from '../orchestrator/logRunEvents.ts';
import { revertRun } from '../orchestrator/revertRun.ts';
import { EndedReview } from '../orchestrator/review/endedReview.ts';
import type { RunHandle } from '../orchestrator/runHandle.ts';
import { startRun } from '../orchestrator/startRun.ts';
import { describeTask } from './describeTask.ts';
import { LiveParts, type LiveRun } from './liveParts.ts';
import { openLog } from './openLog.ts';
import type { PluginSet } from './plugins.ts';
import { RunModels } from './runModels.ts';
import { SharedSandbox } from './sharedSandbox.ts';
import { WorkspaceSecrets } from './workspaceSecrets.ts';

export interface TrellisOptions {
  /** Absolute path of the folder that runs work on. */
  readonly workspace: string;
  readonly configuration: Configuration;
  /** Where the journal is kept; a folder that is there. */
  readonly storageDirectory: string;
  /** The folder that holds `prompts/`. */
  readonly resourcesDirectory: string;
  readonly version: string;
  readonly logger: Logger;
  readonly secrets: Secrets;
  /** What other extensions registered, as it is now; what is registered later needs another core. */
  readonly plugins?: PluginSet;
  readonly clock?: Clock;
  readonly ids?: IdSource;
}

export interface StartOptions {
  readonly human: HumanChannel;
  readonly sink: ChangeSink;
  readonly stopAfterPlan?: boolean;
  /** Cancels the run. */
  readonly signal: AbortSignal;
}

/** The core, for one workspace: what the editor and the command line both run. */
export interface Trellis extends Disposable {
  readonly journal: Journal;
  /**
   * Starts a run. Throws `ValidationError` for a request that cannot be worked on, `StorageError` without a journal, or
   * when the workspace can only be read and more than a plan is wanted.
   */
  start(request: string, options: StartOptions): RunHandle;
  /**
   * Opens the review of a run that nobody works on any more, as its journal tells it; from there the run can also go on. The
   * caller disposes it. Throws `ValidationError` when the run staged nothing, `StorageError` while somebody writes to the run.
   */
  openReview(runId: RunId, options: { readonly sink: ChangeSink }): EndedReview;
  /** Takes back what a run changed in the files; returns the paths. Throws as `revertRun` and `openReview` do. */
  revert(
    runId: RunId,
    options: { readonly sink: RevertingSink; readonly signal: AbortSignal },
  ): Promise<readonly string[]>;
}

/** Tokens of project context in the planner's prompt. */
const CONTEXT_TOKENS = 4000;

/**
 * Builds the core. Opens the workspace and the journal; everything else is made when the first run needs it.
 * Throws `ValidationError` when there is no such workspace, `StorageError` when the journal cannot be opened.
 */
export async function createTrellis(options: TrellisOptions): Promise<Trellis> {
  const { record, replay } = options.configuration.cassette;
  // A prompt that named the cassette would be another one than before there was one.
  const keptOut = [record, replay].filter(file => file !== undefined);
  return new TrellisCore(options, await DiskWorkspace.open(options.workspace, keptOut));
}

/** What a run is carried out with, as it is configured now. */
type Configured = Omit<Extract<RunEventPayload, { type: 'run.resumed' }>, 'type'>;

interface Launch extends LiveRun {
  readonly stopAfterPlan: boolean;
  readonly lease: () => RunLease;
  /** The event with which the work begins. */
  readonly opening: (configured: Configured) => RunEventPayload;
}

class TrellisCore implements Trellis {
  readonly journal: Journal;
  readonly #options: TrellisOptions;
  readonly #root: string;
  readonly #ids: IdSource;
  readonly #logger: Logger;
  readonly #parts: LiveParts;
  readonly #resources = new DisposableStore();
  readonly #lifetime = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: TrellisOptions, workspace: DiskWorkspace) {
    this.#options = options;
    this.#root = workspace.root;
    const clock = options.clock ?? systemClock;
    const ids: IdSource = options.ids ?? (prefix => `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 12)}`);
    this.#ids = ids;
    const { storageDirectory, configuration } = options;
    const logger = openLog({ ...options, clock }, this.#resources);
    this.#logger = logger;
    const { providers = [], middleware = [], agents = [] } = options.plugins ?? {};
    const file = path.join(storageDirectory, 'trellis.db');
    const journal = this.#resources.add(new SqliteJournal({ file, clock, logger }));
    this.journal = journal;
    const models = this.#resources.add(
      new RunModels({ ...options, logger, workspace: workspace.root, plugins: [...providers], journal, clock, ids }),
    );
    const sandbox = this.#resources.add(new SharedSandbox({ limits: configuration.sandbox, logger }));
    const plugins = { providers: [...providers], middleware: [...middleware], agents: [...agents] };
    this.#parts = new LiveParts({ ...options, workspace, journal, models, sandbox, plugins, clock, ids });
  }

  start(request: string, { stopAfterPlan = false, ...options }: StartOptions): RunHandle {
    const task = describeTask(request, this.#ids('task'));
    if (!stopAfterPlan) checkWritable(this.#root);
    const runId = runIdSchema.parse(this.#ids('run'));
    const signal = this.#withLifetime(options.signal);
    const secrets = this.#secretsFor(signal);
    const logger = this.#loggerOf(runId);
    return this.#launch({
      ...options,
      logger,
      run: new JournaledRun(this.journal, runId, logger, text => secrets.mask(text)),
      request: task.description,
      stopAfterPlan,
      secrets,
      signal,
      lease: () => this.journal.acquire(runId),
      opening: configured => ({ type: 'run.started', task, workspace: this.#root, ...configured }),
    });
  }

  openReview(runId: RunId, { sink }: { readonly sink: ChangeSink }): EndedReview {
    const lease = this.journal.acquire(runId);
    try {
      let secrets = this.#secretsFor(this.#lifetime.signal);
      const logger = this.#loggerOf(runId);
      const run = JournaledRun.reopen(this.journal, runId, logger, text => secrets.mask(text));
      return new EndedReview(this.#parts.forReview(run, sink), {
        release: lease,
        goOn: options => {
          checkWritable(this.#root);
          const signal = this.#withLifetime(options.signal);
          secrets = this.#secretsFor(signal);
          return this.#launch({
            ...options,
            logger,
            run,
            request: run.state.task?.description ?? '',
            stopAfterPlan: false,
            secrets,
            signal,
            sink,
            lease: () => lease,
            opening: configured => ({ type: 'run.resumed', ...configured }),
          });
        },
      });
    } catch (error) {
      void lease.dispose();
      throw error;
    }
  }

  async revert(
    runId: RunId,
    { sink, signal }: { readonly sink: RevertingSink; readonly signal: AbortSignal },
  ): Promise<readonly string[]> {
    const lease = this.journal.acquire(runId);
    try {
      return await revertRun(JournaledRun.reopen(this.journal, runId, this.#logger), sink, { signal });
    } finally {
      await lease.dispose();
    }
  }

  /** Begins to work on a run, or to go on with it; what it takes is let go when it has ended. */
  #launch({ stopAfterPlan, lease, opening, ...live }: Launch): RunHandle {
    const { run, request, signal } = live;
    const { workers, quality } = this.#options.configuration;
    const resources = new DisposableStore();
    try {
      resources.add(logRunEvents(run, live.logger));
      const parts = this.#parts.forRun(live, resources);
      resources.add(lease());
      run.append(opening(this.#configured(stopAfterPlan, parts.reuse !== undefined)));
      const settings = {
        request,
        workers,
        maxIterations: quality.iterations,
        contextTokens: CONTEXT_TOKENS,
        stopAfterPlan,
      };
      const handle = startRun(parts, settings, signal);
      const done = handle.done.finally(() => resources.dispose());
      this.#running.add(done);
      return {
        runId: run.runId,
        get state() {
          return handle.state;
        },
        onDidAppend: handle.onDidAppend,
        done,
      };
    } catch (error) {
      void resources.dispose();
      throw error;
    }
  }

  #configured(stopAfterPlan: boolean, reusesItems: boolean): Configured {
    const { configuration, version } = this.#options;
    const { planner, executor, judge, quality, workers, agents } = configuration;
    return {
      workers,
      threshold: quality.threshold,
      maxIterations: quality.iterations,
      models: { planner: modelName(planner), executor: modelName(executor), judge: modelName(judge) },
      trellisVersion: version,
      settings: {
        stopAfterPlan,
        contextTokens: CONTEXT_TOKENS,
        maxTurns: agents.maxTurns,
        reusesItems,
        roles: { planner, executor, judge },
      },
    };
  }

  #withLifetime(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#lifetime.signal]);
  }

  #loggerOf(runId: RunId): Logger {
    return this.#logger.child({ runId, correlationId: runId });
  }

  #secretsFor(signal: AbortSignal): WorkspaceSecrets {
    const { configuration, secrets } = this.#options;
    const keys = Object.values<string>({ ...secrets });
    return new WorkspaceSecrets(this.#root, keys, { signal, settings: configuration.safety });
  }

  /** Cancels what still runs, waits until it has ended, and closes the journal. */
  async dispose(): Promise<void> {
    this.#lifetime.abort();
    await Promise.allSettled(this.#running);
    await this.#resources.dispose();
  }
}

/** Before models are paid for what could not be applied in the end. */
function checkWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new StorageError(
      `The workspace ${folder} can only be read, so that no change could be applied; make it writable for you, or have a plan made and no more.`,
      { cause },
    );
  }
}

function modelName({ provider, model }: { readonly provider: string; readonly model: string }): string {
  return `${provider}/${model}`;
}
