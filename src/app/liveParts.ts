import path from 'node:path';
import type { Agent } from '../agents/agent.ts';
import { createAgent } from '../agents/createAgent.ts';
import { createPluginAgent, findPluginAgent } from '../agents/pluginAgent.ts';
import type { Clock, IdSource } from '../base/clock.ts';
import type { DisposableStore } from '../base/disposable.ts';
import { errorMessage, ValidationError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { FilePromptLibrary, type PromptLibrary } from '../base/promptLibrary.ts';
import { commitItems } from '../changes/git/itemCommits.ts';
import type { FileVersion } from '../changes/stagedFiles.ts';
import type { DiskWorkspace } from '../changes/workspace/diskWorkspace.ts';
import type { Configuration } from '../config/configuration.ts';
import type { RunId } from '../domain/schema/ids.ts';
import type { WorkItem } from '../domain/schema/plan.ts';
import type { Journal } from '../journal/journal.ts';
import { pluginMiddleware } from '../models/plugins/pluginMiddleware.ts';
import type { ChangeSink } from '../orchestrator/changeSink.ts';
import type { HumanChannel } from '../orchestrator/humanChannel.ts';
import { ItemReuse } from '../orchestrator/itemReuse.ts';
import type { JournaledAnswers } from '../orchestrator/journaledAnswers.ts';
import type { JournaledRun } from '../orchestrator/journaledRun.ts';
import { observedWorkspaceHash } from '../orchestrator/observed/observedWorkspace.ts';
import { type Observer, RecordingObserver } from '../orchestrator/observed/observer.ts';
import type { AcceptParts, CommitItems } from '../orchestrator/review/acceptReview.ts';
import { Review } from '../orchestrator/review/review.ts';
import type { RunParts } from '../orchestrator/runCourse.ts';
import { RunFollowers } from '../orchestrator/runFollowers.ts';
import { createGitHistory } from '../planning/context/gitHistory.ts';
import type { PluginSet } from './plugins.ts';
import { WorkspaceProjectFiles } from './projectFiles.ts';
import type { RunModels } from './runModels.ts';
import { buildRunParts, createProof } from './runParts.ts';
import type { SharedSandbox } from './sharedSandbox.ts';
import type { WorkspaceSecrets } from './workspaceSecrets.ts';

export interface LivePartsOptions {
  readonly configuration: Configuration;
  /** The folder that holds `prompts/`. */
  readonly resourcesDirectory: string;
  readonly version: string;
  readonly workspace: DiskWorkspace;
  readonly journal: Journal;
  readonly models: RunModels;
  readonly sandbox: SharedSandbox;
  readonly plugins: Required<PluginSet>;
  readonly clock: Clock;
  readonly ids: IdSource;
}

export interface LiveRun {
  readonly run: JournaledRun;
  readonly request: string;
  readonly secrets: WorkspaceSecrets;
  readonly human: HumanChannel;
  readonly sink: ChangeSink;
  readonly signal: AbortSignal;
  /** The run's own. */
  readonly logger: Logger;
}

/** What the runs of a workspace are made of, on the real world; a replay has its own (`replayRun`). */
export class LiveParts {
  readonly #options: LivePartsOptions;

  constructor(options: LivePartsOptions) {
    this.#options = options;
  }

  /** The parts of a run; what is to be let go with it goes into `resources`. */
  forRun({ run, request, secrets, human, sink, signal, logger }: LiveRun, resources: DisposableStore): RunParts {
    const { configuration, resourcesDirectory, workspace, models, sandbox, plugins } = this.#options;
    const { clock, ids } = this.#options;
    const { root } = workspace;
    const { runId } = run;
    const prompts = new FilePromptLibrary(path.join(resourcesDirectory, 'prompts'));
    const layers = plugins.middleware.map(plugin => pluginMiddleware(plugin, { runId, signal }));
    const observer = new RecordingObserver(run);
    const answers = models.answers();
    return buildRunParts({
      run,
      model: resources.add(models.clientFor(run, human, { layers, secrets, answers, observer })),
      reuse: answers && this.#itemReuse(runId, observer, answers),
      human,
      sink,
      agentFor: item => this.#agentFor(item, prompts, { signal, logger }),
      followers: new RunFollowers({ layers, run: { runId, request, workspace: root }, logger }),
      observer,
      workspace,
      findMasked: text => secrets.find(text),
      currentVersion: name => this.#currentVersion(name),
      ...this.#branch(),
      history: createGitHistory({ directory: root, logger }),
      sandbox: () => sandbox.find(),
      root,
      prompts,
      threshold: configuration.quality.threshold,
      testCommand: configuration.testCommand,
      clock,
      ids,
      logger,
    });
  }

  /** The parts of the review of a run that nobody works on; no model is among them. */
  forReview(run: JournaledRun, sink: ChangeSink): AcceptParts {
    const { configuration, workspace, sandbox, clock, ids } = this.#options;
    const project = new WorkspaceProjectFiles(workspace);
    const observer = new RecordingObserver(run);
    const workspaceHash = observedWorkspaceHash(workspace, observer);
    const proof = createProof({
      run,
      observer,
      workspaceHash,
      root: workspace.root,
      sandbox: () => sandbox.find(),
      files: project,
      testCommand: configuration.testCommand,
    });
    const review = new Review({ run, proof, project, workspaceHash, ids, clock });
    return { run, review, sink, currentVersion: name => this.#currentVersion(name), ...this.#branch() };
  }

  /** Results of earlier runs; not where a plugin has its own say in what models are asked and answer. */
  #itemReuse(runId: RunId, observer: Observer, answers: JournaledAnswers): ItemReuse | undefined {
    const { configuration, version, models, plugins, journal } = this.#options;
    const { executor, agents, safety, testCommand, sandbox } = configuration;
    const isChanged = plugins.middleware.some(
      plugin => plugin.beforeModelCall !== undefined || plugin.afterModelCall !== undefined,
    );
    const server = models.serverOf(executor.provider);
    if (isChanged || server === undefined) return undefined;
    const settings = [version, server, executor, agents, safety, testCommand, sandbox];
    return new ItemReuse({ runId, observer, settings, store: { memos: journal.memos, answers } });
  }

  async #agentFor(
    item: WorkItem,
    prompts: PromptLibrary,
    { signal, logger }: Pick<LiveRun, 'signal' | 'logger'>,
  ): Promise<Agent> {
    const { configuration, plugins } = this.#options;
    const onFailure = (error: unknown) =>
      logger.log('warn', 'An agent could not say whether it takes an item.', {
        itemId: item.id,
        reason: errorMessage(error),
      });
    const plugin = await findPluginAgent(plugins.agents, item, { signal, onFailure });
    if (plugin !== undefined) return createPluginAgent(plugin);
    return createAgent(item.mode, { prompts, maxTurns: configuration.agents.maxTurns });
  }

  /** How accepted changes get onto a branch, where the user wants that. */
  #branch(): { readonly commitItems?: CommitItems } {
    const { configuration, workspace } = this.#options;
    const { branch } = configuration.git;
    if (branch === 'off') return {};
    const directory = workspace.root;
    return {
      commitItems: (items, { runId, signal }) =>
        commitItems(items, { directory, branch: branch.replaceAll('<run>', runId), runId, signal }),
    };
  }

  async #currentVersion(name: string): Promise<FileVersion | undefined> {
    const permission = await this.#options.workspace.permitWrite(name);
    if (permission.ok) return permission.version;
    throw new ValidationError(`${name} cannot be written: ${permission.reason}.`);
  }
}
