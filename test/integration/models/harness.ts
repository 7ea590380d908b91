import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { type Logger, silentLogger } from '../../../src/base/logger.ts';
import {
  anthropicSettingsSchema,
  type ModelLimits,
  type ModelSettings,
  ollamaSettingsSchema,
  openaiSettingsSchema,
} from '../../../src/domain/schema/model.ts';
import type { Budget } from '../../../src/models/budget/budget.ts';
import { createModelClient, type ModelClientOptions } from '../../../src/models/createModelClient.ts';
import type { ModelMiddleware } from '../../../src/models/middleware.ts';
import type { ModelCall, ModelClient, ModelReply } from '../../../src/models/modelClient.ts';
import type { ModelExchangeEvent } from '../../../src/models/recordingMiddleware.ts';
import type { ModelScript, Protocol } from '../../support/modelServer/modelScript.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';

export const apiKey = 'key-4711-of-the-tests';

export const question: ModelCall = {
  role: 'coder',
  messages: [
    { role: 'system', content: 'You write code.' },
    { role: 'user', content: 'Write hello.' },
  ],
};

export interface Harness {
  readonly server: ModelServer;
  readonly client: ModelClient;
  readonly events: ModelExchangeEvent[];
  /** How long the client waited between tries. */
  readonly delaysMs: number[];
  ask(options?: {
    signal?: AbortSignal;
    onText?: (delta: string) => void;
    onRestart?: () => void;
  }): Promise<ModelReply>;
  close(): Promise<void>;
}

export interface HarnessOptions {
  readonly limits?: Partial<ModelLimits>;
  readonly openai?: { baseUrl?: string; apiKey?: string | undefined; streaming?: boolean };
  readonly ollama?: { host?: string; contextLength?: number };
  readonly anthropic?: { baseUrl?: string; apiKey?: string | undefined };
  readonly settings?: Partial<ModelSettings>;
  readonly random?: () => number;
  readonly budget?: Budget;
  readonly middleware?: readonly ModelMiddleware[];
  readonly logger?: Logger;
  /** Instead of waiting no time between tries. */
  readonly sleep?: Clock['sleep'];
}

/** A client of the given protocol, and the scripted server it talks to. Waits between tries take no time: the clock is put forward. */
export async function openHarness(
  protocol: Protocol,
  script: ModelScript,
  options: HarnessOptions = {},
): Promise<Harness> {
  const server = await ModelServer.start(script);
  const events: ModelExchangeEvent[] = [];
  const delaysMs: number[] = [];
  let skippedMs = 0;
  const skip = async (ms: number) => {
    delaysMs.push(ms);
    skippedMs += ms;
  };
  const settings = {
    provider: protocol,
    model: 'scripted',
    temperature: 0.25,
    maxOutputTokens: 512,
    ...options.settings,
  };
  let ids = 0;
  const client = createModelClient({
    roles: { planner: settings, executor: settings, judge: settings },
    providers: providersOf(server, options),
    recorder: { record: event => void events.push(event), recordReading: () => undefined },
    clock: { now: () => systemClock.now() + skippedMs, sleep: options.sleep ?? skip },
    ids: prefix => `${prefix}_${++ids}`,
    logger: options.logger ?? silentLogger,
    random: options.random ?? (() => 0.5),
    limits: options.limits ?? {},
    ...(options.budget && { budget: options.budget }),
    ...(options.middleware && { middleware: options.middleware }),
  });
  return {
    server,
    client,
    events,
    delaysMs,
    ask: (callOptions = {}) => client.call(question, { signal: new AbortController().signal, ...callOptions }),
    close: async () => {
      await client.dispose();
      await server.close();
    },
  };
}

function providersOf(server: ModelServer, options: HarnessOptions): ModelClientOptions['providers'] {
  return {
    openai: openaiSettingsSchema.parse({ baseUrl: server.openaiBaseUrl, apiKey, ...options.openai }),
    anthropic: anthropicSettingsSchema.parse({ baseUrl: server.url, apiKey, ...options.anthropic }),
    ollama: ollamaSettingsSchema.parse({ host: server.url, ...options.ollama }),
  };
}

/** The event types in order, with `retry` for a failure that is followed by another try. */
export function outline(events: readonly ModelExchangeEvent[]): string[] {
  return events.map(event => (event.type === 'failed' && event.willRetry ? 'retry' : event.type));
}
