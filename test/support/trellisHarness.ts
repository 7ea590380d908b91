import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PluginSet } from '../../src/app/plugins.ts';
import { createTrellis } from '../../src/app/trellis.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { type Configuration, defaultConfiguration } from '../../src/config/configuration.ts';
import type { RunState } from '../../src/domain/runState.ts';
import type { RunEvent } from '../../src/domain/schema/events.ts';
import type { ChangeSink } from '../../src/orchestrator/changeSink.ts';
import type { HumanChannel } from '../../src/orchestrator/humanChannel.ts';
import type { ModelServer } from './modelServer/modelServer.ts';

/** Writes the files of a project. */
export function writeProject(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), text);
  }
}

/** Says yes to everything; an answer to a question is its first option. */
export const agreeable: HumanChannel = {
  approvePlan: plan => Promise.resolve({ kind: 'approve', plan, by: 'human' }),
  answer: question => Promise.resolve({ text: question.options[0] ?? 'yes', by: 'human' }),
  review: () => Promise.resolve({ kind: 'accept' }),
};

/** A configuration in which all roles are served by `server`. */
export function configurationFor(
  server: ModelServer,
  provider: 'openai' | 'ollama',
  changes: Partial<Configuration> = {},
): Configuration {
  const role = { provider, model: 'scripted' } as const;
  const { planner, executor, judge, openai, ollama } = defaultConfiguration;
  return {
    ...defaultConfiguration,
    planner: { ...planner, ...role },
    executor: { ...executor, ...role },
    judge: { ...judge, ...role },
    openai: { ...openai, baseUrl: server.openaiBaseUrl },
    ollama: { ...ollama, host: server.url },
    ...changes,
  };
}

export interface HarnessRun {
  readonly workspace: string;
  readonly storageDirectory: string;
  readonly configuration: Configuration;
  readonly request: string;
  readonly sink: ChangeSink;
  readonly human?: HumanChannel;
  readonly signal?: AbortSignal;
  readonly stopAfterPlan?: boolean;
  readonly plugins?: PluginSet;
  /** Holds `prompts/`; our own by default. */
  readonly resourcesDirectory?: string;
  readonly onEvent?: (event: RunEvent) => void;
}

/** One request from beginning to end, on the real core. */
export async function runTrellis(run: HarnessRun): Promise<{ state: RunState; events: RunEvent[] }> {
  mkdirSync(run.storageDirectory, { recursive: true });
  const trellis = await createTrellis({
    workspace: run.workspace,
    configuration: run.configuration,
    storageDirectory: run.storageDirectory,
    resourcesDirectory: run.resourcesDirectory ?? path.join(import.meta.dirname, '../..'),
    version: 'test',
    logger: silentLogger,
    secrets: { openaiApiKey: 'test-key' },
    ...(run.plugins && { plugins: run.plugins }),
  });
  try {
    const handle = trellis.start(run.request, {
      human: run.human ?? agreeable,
      sink: run.sink,
      signal: run.signal ?? new AbortController().signal,
      ...(run.stopAfterPlan === undefined ? {} : { stopAfterPlan: run.stopAfterPlan }),
    });
    if (run.onEvent) handle.onDidAppend(run.onEvent);
    const state = await handle.done;
    return { state, events: trellis.journal.read(handle.runId) };
  } finally {
    await trellis.dispose();
  }
}
