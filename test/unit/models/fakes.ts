import { silentLogger } from '../../../src/base/logger.ts';
import type { Generation, LanguageModel, StreamPart } from '../../../src/models/languageModel.ts';
import type { ModelRequest } from '../../../src/models/middleware.ts';
import type { ModelReply } from '../../../src/models/modelClient.ts';
import type { ModelExchangeEvent } from '../../../src/models/recordingMiddleware.ts';

export const logger = silentLogger;

export function buildRequest(changes: Partial<ModelRequest> = {}): ModelRequest {
  return {
    exchangeId: 'exchange_1',
    call: { role: 'coder', messages: [{ role: 'user', content: 'Write hello.' }] },
    settings: { provider: 'fake', model: 'm', temperature: 0.5, maxOutputTokens: 100 },
    signal: new AbortController().signal,
    ...changes,
  };
}

export function buildReply(changes: Partial<ModelReply> = {}): ModelReply {
  return {
    text: 'hello',
    finishReason: 'stop',
    usage: { inputTokens: 10, outputTokens: 2, cachedInputTokens: 0 },
    costUsd: 0,
    latencyMs: 5,
    isCached: false,
    provider: 'fake',
    model: 'm',
    exchangeId: 'exchange_1',
    ...changes,
  };
}

/** Keeps what it was told. */
export function keepingRecorder() {
  const events: ModelExchangeEvent[] = [];
  return { events, record: (event: ModelExchangeEvent) => void events.push(event), recordReading: () => undefined };
}

/** A clock that only moves when someone sleeps. */
export function steppingClock() {
  let now = 1_000_000;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    sleep: async (ms: number) => {
      sleeps.push(ms);
      now += ms;
    },
  };
}

export class FakeModel implements LanguageModel {
  readonly provider = 'fake';
  readonly model = 'm';
  readonly billing = 'free';
  readonly capabilities: LanguageModel['capabilities'];
  disposals = 0;
  initialize: () => Promise<void> = async () => undefined;
  readonly #parts: readonly StreamPart[];

  constructor(parts: readonly StreamPart[], streaming = true) {
    this.#parts = parts;
    this.capabilities = { streaming, structuredOutput: false, contextLength: undefined };
  }

  async generate(): Promise<Generation> {
    const text = this.#parts.map(part => (part.type === 'text' ? part.text : '')).join('');
    return { text, finishReason: 'stop', usage: undefined };
  }

  async *stream(): AsyncGenerator<StreamPart> {
    yield* this.#parts;
  }

  async dispose(): Promise<void> {
    this.disposals += 1;
  }
}
