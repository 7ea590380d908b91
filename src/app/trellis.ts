import { randomUUID } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { Agent } from '../agents/agent.ts';
import { createAgent } from '../agents/createAgent.ts';
import { createPluginAgent, findPluginAgent } from '../agents/pluginAgent.ts';
import { type Clock, type IdSource, systemClock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { errorMessage, StorageError, ValidationError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { FilePromptLibrary, type PromptLibrary } from '../base/promptLibrary.ts';
import { DiskWorkspace } from '../changes/diskWorkspace.ts';
import { commitItems } from '../changes/git/itemCommits.ts';
import type { FileVersion } from '../changes/stagedFiles.ts';
import type { Configuration, Secrets } from '../config/configuration.ts';
import { type RunId, runIdSchema } from '../domain/schema/ids.ts';
import type { WorkItem } from '../domain/schema/plan.ts';
import type { Journal } from '../journal/journal.ts';
import { SqliteJournal } from '../journal/sqliteJournal.ts';
import { pluginMiddleware } from '../models/plugins/pluginMiddleware.ts';
import type { ChangeSink, RevertingSink } from '../orchestrator/changeSink.ts';
import type { HumanChannel } from '../orchestrator/humanChannel.ts';
import { ItemReuse } from '../orchestrator/itemReuse.ts';
import type { JournaledAnswers } from '../orchestrator/journaledAnswers.ts';
import { JournaledRun } from '../orchestrator/journaledRun.ts';
import { logRunEvents } from '../orchestrator/logRunEvents.ts';
import { type Observer, RecordingObserver } from '../orchestrator/observed/observer.ts';
import { revertRun } from '../orchestrator/revertRun.ts';
import type { CommitItems } from '../orchestrator/review/acceptReview.ts';
import { EndedReview } from '../orchestrator/review/endedReview.ts';
import { Review } from '../orchestrator/review/review.ts';
import type { RunParts } from '../orchestrator/runCourse.ts';
import { RunFollowers } from '../orchestrator/runFollowers.ts';
import type { RunHandle } from '../orchestrator/runHandle.ts';
import { startRun } from '../orchestrator/startRun.ts';
import { createGitHistory } from '../planning/context/gitHistory.ts';
import { describeTask } from './describeTask.ts';
import { openLog } from './openLog.ts';
import type { PluginSet } from './plugins.ts';
import { WorkspaceProjectFiles } from './projectFiles.ts';
import { RunModels } from './runModels.ts';
import { buildRunParts, createProof } from './runParts.ts';
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
   * Opens the review of a run that nobody works on any more, as its journal tells it. The caller disposes it. Throws
   * `ValidationError` when the run staged nothing, `StorageError` while somebody writes to the run.
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
  return new TrellisCore(options, await DiskWorkspace.open(options.workspace));
}

class TrellisCore implements Trellis {
  readonly journal: Journal;
  readonly #options: TrellisOptions;
  readonly #workspace: DiskWorkspace;
  readonly #clock: Clock;
  readonly #ids: IdSource;
  readonly #logger: Logger;
  readonly #models: RunModels;
  readonly #plugins: Required<PluginSet>;
  readonly #sandbox: SharedSandbox;
  readonly #resources = new DisposableStore();
  readonly #lifetime = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: TrellisOptions, workspace: DiskWorkspace) {
    this.#options = options;
    this.#workspace = workspace;
    this.#clock = options.clock ?? systemClock;
    this.#ids = options.ids ?? (prefix => `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 12)}`);
    const { storageDirectory } = options;
    const logger = openLog({ ...options, clock: this.#clock }, this.#resources);
    this.#logger = logger;
    const { providers = [], middleware = [], agents = [] } = options.plugins ?? {};
    this.#plugins = { providers: [...providers], middleware: [...middleware], agents: [...agents] };
    const file = path.join(storageDirectory, 'trellis.db');
    this.journal = this.#resources.add(new SqliteJournal({ file, clock: this.#clock, logger }));
    this.#models = this.#resources.add(
      new RunModels({
        ...options,
        logger,
        workspace: workspace.root,
        plugins: this.#plugins.providers,
        journal: this.journal,
        clock: this.#clock,
        ids: this.#ids,
      }),
    );
    this.#sandbox = this.#resources.add(new SharedSandbox({ limits: options.configuration.sandbox, logger }));
  }

  start(request: string, options: StartOptions): RunHandle {
    const task = describeTask(request, this.#ids('task'));
    const { stopAfterPlan = false } = options;
    if (!stopAfterPlan) checkWritable(this.#workspace.root);
    const { configuration, version } = this.#options;
    const runId = runIdSchema.parse(this.#ids('run'));
    const logger = this.#logger.child({ runId, correlationId: runId });
    const signal = AbortSignal.any([options.signal, this.#lifetime.signal]);
    const secrets = this.#secretsFor(signal);
    const run = new JournaledRun(this.journal, runId, logger, text => secrets.mask(text));
    const runResources = new DisposableStore();
    runResources.add(logRunEvents(run, logger));
    const parts = this.#partsFor(run, secrets, { ...options, signal, logger }, task.description, runResources);
    runResources.add(this.journal.acquire(runId));
    const { planner, executor, judge, quality, workers } = configuration;
    run.append({
      type: 'run.started',
      task,
      workspace: this.#workspace.root,
      workers,
      threshold: quality.threshold,
      maxIterations: quality.iterations,
      models: { planner: modelName(planner), executor: modelName(executor), judge: modelName(judge) },
      trellisVersion: version,
      settings: {
        stopAfterPlan,
        contextTokens: CONTEXT_TOKENS,
        maxTurns: configuration.agents.maxTurns,
        reusesItems: parts.reuse !== undefined,
        roles: { planner, executor, judge },
      },
    });
    const settings = {
      request: task.description,
      workers,
      maxIterations: quality.iterations,
      contextTokens: CONTEXT_TOKENS,
      stopAfterPlan,
    };
    const handle = startRun(parts, settings, signal);
    const ended = handle.done.finally(() => runResources.dispose());
    this.#running.add(ended);
    return {
      runId,
      get state() {
        return handle.state;
      },
      onDidAppend: handle.onDidAppend,
      done: ended,
    };
  }

  openReview(runId: RunId, { sink }: { readonly sink: ChangeSink }): EndedReview {
    const lease = this.journal.acquire(runId);
    try {
      const run = JournaledRun.reopen(this.journal, runId, this.#logger);
      const project = new WorkspaceProjectFiles(this.#workspace);
      const proof = createProof({
        run,
        observer: new RecordingObserver(run),
        root: this.#workspace.root,
        sandbox: () => this.#sandbox.find(),
        files: project,
        testCommand: this.#options.configuration.testCommand,
      });
      const review = new Review({ run, proof, project, ids: this.#ids, clock: this.#clock });
      const currentVersion = (name: string) => this.#currentVersion(name);
      return new EndedReview({ run, review, sink, currentVersion, ...this.#branch() }, lease);
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

  #secretsFor(signal: AbortSignal): WorkspaceSecrets {
    const { configuration, secrets } = this.#options;
    const keys = Object.values<string>({ ...secrets });
    return new WorkspaceSecrets(this.#workspace.root, keys, { signal, settings: configuration.safety });
  }

  #partsFor(
    run: JournaledRun,
    secrets: WorkspaceSecrets,
    options: StartOptions & { readonly logger: Logger },
    request: string,
    runResources: DisposableStore,
  ): RunParts {
    const { human, sink, signal, logger } = options;
    const { configuration, resourcesDirectory } = this.#options;
    const { root } = this.#workspace;
    const { runId } = run;
    const prompts = new FilePromptLibrary(path.join(resourcesDirectory, 'prompts'));
    const layers = this.#plugins.middleware.map(plugin => pluginMiddleware(plugin, { runId, signal }));
    const observer = new RecordingObserver(run);
    const answers = this.#models.answers();
    return buildRunParts({
      run,
      model: runResources.add(this.#models.clientFor(run, human, { layers, secrets, answers, observer })),
      reuse: answers && this.#itemReuse(runId, observer, answers),
      human,
      sink,
      agentFor: item => this.#agentFor(item, prompts, { signal, logger }),
      followers: new RunFollowers({ layers, run: { runId, request, workspace: root }, logger }),
      observer,
      workspace: this.#workspace,
      findMasked: text => secrets.find(text),
      currentVersion: name => this.#currentVersion(name),
      ...this.#branch(),
      history: createGitHistory({ directory: root, logger }),
      sandbox: () => this.#sandbox.find(),
      root,
      prompts,
      threshold: configuration.quality.threshold,
      testCommand: configuration.testCommand,
      clock: this.#clock,
      ids: this.#ids,
      logger,
    });
  }

  /** Results of earlier runs; not where a plugin has its own say in what models are asked and answer. */
  #itemReuse(runId: RunId, observer: Observer, answers: JournaledAnswers): ItemReuse | undefined {
    const { configuration, version } = this.#options;
    const { executor, agents, safety, testCommand, sandbox } = configuration;
    const isChanged = this.#plugins.middleware.some(
      plugin => plugin.beforeModelCall !== undefined || plugin.afterModelCall !== undefined,
    );
    const server = this.#models.serverOf(executor.provider);
    if (isChanged || server === undefined) return undefined;
    const settings = [version, server, executor, agents, safety, testCommand, sandbox];
    return new ItemReuse({ runId, observer, settings, store: { memos: this.journal.memos, answers } });
  }

  async #agentFor(
    item: WorkItem,
    prompts: PromptLibrary,
    { signal, logger }: { readonly signal: AbortSignal; readonly logger: Logger },
  ): Promise<Agent> {
    const { configuration } = this.#options;
    const onFailure = (error: unknown) =>
      logger.log('warn', 'An agent could not say whether it takes an item.', {
        itemId: item.id,
        reason: errorMessage(error),
      });
    const plugin = await findPluginAgent(this.#plugins.agents, item, { signal, onFailure });
    if (plugin !== undefined) return createPluginAgent(plugin);
    return createAgent(item.mode, { prompts, maxTurns: configuration.agents.maxTurns });
  }

  /** How accepted changes get onto a branch, where the user wants that. */
  #branch(): { readonly commitItems?: CommitItems } {
    const { branch } = this.#options.configuration.git;
    if (branch === 'off') return {};
    const directory = this.#workspace.root;
    return {
      commitItems: (items, { runId, signal }) =>
        commitItems(items, { directory, branch: branch.replaceAll('<run>', runId), runId, signal }),
    };
  }

  async #currentVersion(name: string): Promise<FileVersion | undefined> {
    const permission = await this.#workspace.permitWrite(name);
    if (permission.ok) return permission.version;
    throw new ValidationError(`${name} cannot be written: ${permission.reason}.`);
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
