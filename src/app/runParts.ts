import type { Clock, IdSource } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { PromptLibrary } from '../base/promptLibrary.ts';
import type { FindMasked } from '../changes/edits/maskedText.ts';
import type { FileVersion } from '../changes/stagedFiles.ts';
import { StagingOverlay } from '../changes/staging/stagingOverlay.ts';
import type { WorkspaceFiles } from '../changes/workspace/workspaceFiles.ts';
import { asBlobStore } from '../journal/contentBlobStore.ts';
import type { ModelClient } from '../models/modelClient.ts';
import type { ChangeSink } from '../orchestrator/changeSink.ts';
import type { HumanChannel } from '../orchestrator/humanChannel.ts';
import type { ItemReuse } from '../orchestrator/itemReuse.ts';
import type { JournaledRun } from '../orchestrator/journaledRun.ts';
import { observedCurrent } from '../orchestrator/observed/observedCurrent.ts';
import { observedContext, observedProjectFiles } from '../orchestrator/observed/observedPlanning.ts';
import { observedSandbox } from '../orchestrator/observed/observedSandbox.ts';
import { observedStaging } from '../orchestrator/observed/observedStaging.ts';
import { observedTestCommand } from '../orchestrator/observed/observedTestCommand.ts';
import { observedMasking } from '../orchestrator/observed/observedTexts.ts';
import {
  ObservedWorkspace,
  observedWorkspaceHash,
  type WorkspaceHash,
} from '../orchestrator/observed/observedWorkspace.ts';
import type { Observer } from '../orchestrator/observed/observer.ts';
import { Proof } from '../orchestrator/proof.ts';
import type { RunParts } from '../orchestrator/runCourse.ts';
import { createContextCollector } from '../planning/context/contextCollector.ts';
import type { ChangeHistory } from '../planning/context/gitHistory.ts';
import { createPlanner } from '../planning/modelPlanner.ts';
import { createQualityGate } from '../quality/createQualityGate.ts';
import { findTestCommand, type TestCommandFiles } from '../quality/testCommand.ts';
import type { SandboxAvailability } from '../sandbox/sandbox.ts';
import { JournaledWorkQueue } from '../scheduling/journaledWorkQueue.ts';
import { OverlaidFiles, WorkspaceProjectFiles } from './projectFiles.ts';

/** What a run stands on, and what is exchanged when it is replayed. */
export interface RunEdges {
  readonly run: JournaledRun;
  readonly model: ModelClient;
  readonly human: HumanChannel;
  readonly sink: ChangeSink;
  readonly agentFor: RunParts['agentFor'];
  readonly followers: RunParts['followers'];
  /** Everything of the world below is seen through it. */
  readonly observer: Observer;
  /** Results of earlier runs; without it every item is worked out. */
  readonly reuse?: ItemReuse | undefined;
  readonly workspace: WorkspaceFiles;
  /** What is masked in texts before models see them. */
  readonly findMasked: FindMasked;
  /** A workspace file as it is on the disk. Throws `ValidationError` for a path that may not be written. */
  readonly currentVersion: (path: string) => Promise<FileVersion | undefined>;
  /** Puts what was accepted on a branch; absent where the user wants none, and in a replay. */
  readonly commitItems?: RunParts['commitItems'] | undefined;
  readonly history: ChangeHistory;
  readonly sandbox: () => Promise<SandboxAvailability>;
  /** Absolute path of the workspace. */
  readonly root: string;
  readonly prompts: PromptLibrary;
  /** The overall score from which a result passes, 0 to 1. */
  readonly threshold: number;
  /** The user's own; found by itself when missing. */
  readonly testCommand?: string | undefined;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

/** Puts the parts of a run together: the same for a run and for its replay. */
export function buildRunParts(edges: RunEdges): RunParts {
  const { run, model, human, agentFor, followers, observer, prompts, testCommand, clock, ids, logger } = edges;
  const files = new WorkspaceProjectFiles(edges.workspace);
  const workspace = new ObservedWorkspace(edges.workspace, observer, run.contents);
  const workspaceHash = observedWorkspaceHash(edges.workspace, observer);
  const testCommandOf = (tree: TestCommandFiles) => findTestCommand(tree, testCommand);
  const collector = createContextCollector({
    files,
    testCommand: async () => {
      const command = await testCommandOf(files);
      return typeof command === 'string' ? undefined : command.display;
    },
    history: edges.history,
    areRulesTrusted: true,
  });
  const blobs = asBlobStore(run.contents);
  const findMasked = observedMasking(edges.findMasked, observer);
  return {
    run,
    model,
    contextCollector: observedContext(collector, observer),
    planner: createPlanner({ model, prompts, files: observedProjectFiles(files, observer), clock, ids }),
    agentFor,
    followers,
    ...(edges.reuse && { reuse: edges.reuse }),
    ...(edges.commitItems && { commitItems: edges.commitItems }),
    staged: observedStaging(new StagingOverlay({ workspace, searched: edges.workspace, blobs, findMasked }), observer),
    proof: createProof({ ...edges, files, workspaceHash }),
    gate: createQualityGate({ model, prompts, threshold: edges.threshold }),
    queue: new JournaledWorkQueue({ log: run, clock, ids }),
    human,
    ...observedCurrent(edges, observer, run.contents),
    project: files,
    workspaceHash,
    currentHash: async name => (await workspace.read(name))?.hash ?? '',
    clock,
    ids,
    logger,
  };
}

export interface ProofEdges extends Pick<RunEdges, 'run' | 'observer' | 'root' | 'sandbox' | 'testCommand'> {
  readonly files: TestCommandFiles;
  readonly workspaceHash: WorkspaceHash;
}

/** What runs a project's tests, with what it finds out seen through the observer. */
export function createProof({ run, observer, root, sandbox, files, testCommand, workspaceHash }: ProofEdges): Proof {
  return new Proof({
    run,
    workspace: root,
    sandbox: observedSandbox(sandbox, observer),
    findTestCommand: observedTestCommand(
      overlay => findTestCommand(new OverlaidFiles(files, overlay), testCommand),
      observer,
    ),
    workspaceHash,
  });
}
