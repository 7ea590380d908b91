import path from 'node:path';
import { createAgent } from '../agents/createAgent.ts';
import { maskCredentials } from '../base/credentials/findCredentials.ts';
import { type Logger, silentLogger } from '../base/logger.ts';
import { FilePromptLibrary } from '../base/promptLibrary.ts';
import type { WorkspaceFiles } from '../changes/workspace/workspaceFiles.ts';
import type { RunEvent, RunOutcome } from '../domain/schema/events.ts';
import type { RunId } from '../domain/schema/ids.ts';
import type { ContentStore, Journal } from '../journal/journal.ts';
import { MemoryJournal } from '../journal/memoryJournal.ts';
import { createAnsweredClient } from '../models/answeredClient.ts';
import { ItemReuse } from '../orchestrator/itemReuse.ts';
import { JournaledRun } from '../orchestrator/journaledRun.ts';
import { modelRecorder } from '../orchestrator/modelRecorder.ts';
import { replayedMessages } from '../orchestrator/observed/observedTexts.ts';
import { Comparison } from '../orchestrator/replay/comparison.ts';
import { Conductor } from '../orchestrator/replay/conductor.ts';
import type { Divergence } from '../orchestrator/replay/divergence.ts';
import { RecordedMasks } from '../orchestrator/replay/recordedMasks.ts';
import { payloadOf, Recording } from '../orchestrator/replay/recording.ts';
import { replayedHuman, replayedSink } from '../orchestrator/replay/replayHuman.ts';
import { replayedAnswers } from '../orchestrator/replay/replayModels.ts';
import { ReplayObserver, replayClock, replayIds } from '../orchestrator/replay/replayWorld.ts';
import type { RunParts } from '../orchestrator/runCourse.ts';
import { RunFollowers } from '../orchestrator/runFollowers.ts';
import { startRun } from '../orchestrator/startRun.ts';
import { buildRunParts } from './runParts.ts';

export interface ReplayOptions {
  /** Where the run is; nothing is written to it. */
  readonly journal: Pick<Journal, 'read' | 'contents'>;
  readonly runId: RunId;
  /** The folder that holds `prompts/`. */
  readonly resourcesDirectory: string;
  readonly logger?: Logger;
}

export interface ReplayResult {
  readonly runId: RunId;
  /** Steps that were found to be the same. */
  readonly compared: number;
  /** Stretches of the run that broke off without an end, so that nothing could be held against them. */
  readonly skipped: number;
  /** How the recorded run ended. */
  readonly outcome: RunOutcome;
  /** Absent when the replay was the run. */
  readonly divergence?: Divergence;
}

/**
 * Runs a finished run again from its journal alone: through the real core, with what models, the world and the human
 * said then, and without a network, a sandbox or the user's files. Says where the two first differ, if they do.
 * Throws `ConfigurationError` for a run that cannot be replayed.
 */
export async function replayRun(options: ReplayOptions): Promise<ReplayResult> {
  const { journal, runId } = options;
  const { recordings, outcome, skipped } = Recording.allOf(journal, runId);
  const result = { runId, outcome, skipped };
  let compared = 0;
  for (const recording of recordings) {
    const stretch = await replayStretch(recording, options);
    compared += stretch.compared;
    if (stretch.divergence) return { ...result, compared, divergence: stretch.divergence };
  }
  return { ...result, compared };
}

/** Replays what one process did of a run, on what there was before. */
async function replayStretch(
  recording: Recording,
  { journal, runId, resourcesDirectory, logger = silentLogger }: ReplayOptions,
): Promise<Pick<Comparison, 'compared' | 'divergence'>> {
  const { start } = recording;
  const stop = new AbortController();
  const memory = new MemoryJournal({ clock: { now: () => clock.now() } });
  const masks = new RecordedMasks(recording.events);
  const mask = (text: string) => masks.mask(maskCredentials(text, []));
  const run = JournaledRun.reopen(overRecorded(memory, recording.before, journal.contents), runId, logger, mask);
  const comparison = new Comparison({
    recording,
    readMade: hash => readText(run.contents, hash),
    onMade: lane => conductor.made(lane),
    onDivergence: () => stop.abort(),
  });
  const conductor = conductorOf(recording, comparison, stop);
  const clock = replayClock(recording, conductor);
  run.onDidAppend(event => comparison.take(event));
  run.append(payloadOf(start));
  const parts = partsOf({ recording, conductor, run, clock, resourcesDirectory, logger });
  const { workers, maxIterations, settings } = start;
  const { contextTokens, stopAfterPlan } = settings;
  const runSettings = { request: requestOf(run), workers, maxIterations, contextTokens, stopAfterPlan };
  await startRun(parts, runSettings, stop.signal).done;
  comparison.finish();
  return comparison;
}

function requestOf(run: JournaledRun): string {
  return run.state.task?.description ?? '';
}

function conductorOf(recording: Recording, comparison: Comparison, stop: AbortController): Conductor {
  const [asked] = recording.ofType('run.cancelRequested');
  return new Conductor({
    steps: recording.steps.map(({ event, lane }) => ({ seq: event.seq, lane })),
    ...(asked && { cancellation: { seq: asked.seq, cancel: () => stop.abort() } }),
    isBrokenOff: recording.isBrokenOff,
    onLost: (what, lane) => comparison.want(what, lane),
  });
}

interface ReplayEdges {
  readonly recording: Recording;
  readonly conductor: Conductor;
  readonly run: JournaledRun;
  readonly clock: RunParts['clock'];
  readonly resourcesDirectory: string;
  readonly logger: Logger;
}

function partsOf({ recording, conductor, run, clock, resourcesDirectory, logger }: ReplayEdges): RunParts {
  const { start } = recording;
  const { roles, maxTurns, reusesItems } = start.settings;
  const ids = replayIds(recording);
  const observer = new ReplayObserver(recording, conductor);
  const prompts = new FilePromptLibrary(path.join(resourcesDirectory, 'prompts'));
  const { workspace } = run.state;
  const request = { runId: run.runId, request: requestOf(run), workspace };
  const parts = buildRunParts({
    run,
    model: createAnsweredClient({
      roles,
      recorder: modelRecorder(run),
      ids,
      messages: replayedMessages(observer),
      answers: replayedAnswers(recording, conductor),
    }),
    ...(reusesItems === true && { reuse: new ItemReuse({ runId: run.runId, observer, settings: null }) }),
    findMasked: outOfReach,
    human: replayedHuman({ recording, conductor, run }),
    sink: replayedSink({ recording, conductor }),
    agentFor: item => {
      const agent = createAgent(item.mode, { prompts, maxTurns });
      return Promise.resolve({
        mode: agent.mode,
        opening: (brief, files) => observer.asItem(item.id, async () => (await agent.opening?.(brief, files)) ?? []),
        run: (brief, services, options) => observer.asItem(item.id, () => agent.run(brief, services, options)),
      });
    },
    followers: new RunFollowers({ layers: [], run: request, logger }),
    observer,
    workspace: nowhere,
    currentVersion: outOfReach,
    history: { recentCommits: outOfReach },
    sandbox: outOfReach,
    root: workspace,
    prompts,
    threshold: start.threshold,
    clock,
    ids,
    logger,
  });
  return {
    ...parts,
    currentHash: (name, itemId) => observer.asItem(itemId, () => parts.currentHash(name, itemId)),
  };
}

/** The world that a replay must not touch. */
function outOfReach(): Promise<never> {
  return Promise.reject(new Error('A replay reached out of its journal.'));
}

const nowhere: WorkspaceFiles = { read: outOfReach, list: outOfReach, permitEdit: outOfReach, fingerprint: outOfReach };

/** The replay's journal: its events and contents in memory, with the recorded contents beneath, and what was `before`. */
function overRecorded(memory: MemoryJournal, before: readonly RunEvent[], recorded: ContentStore): Journal {
  return {
    contents: {
      put: content => memory.contents.put(content),
      get: hash => memory.contents.get(hash) ?? recorded.get(hash),
    },
    memos: memory.memos,
    acquire: runId => memory.acquire(runId),
    append: (runId, payload, correlationId) => memory.append(runId, payload, correlationId),
    sync: () => memory.sync(),
    read: (runId, afterSeq) => [...before, ...memory.read(runId, afterSeq)],
    runs: () => memory.runs(),
    readCalls: (since, position) => memory.readCalls(since, position),
    dispose: () => memory.dispose(),
  };
}

function readText(contents: ContentStore, hash: string): string | undefined {
  const bytes = contents.get(hash);
  return bytes && new TextDecoder().decode(bytes);
}
