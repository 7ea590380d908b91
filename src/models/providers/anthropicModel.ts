import type { BaseAnthropic } from '@anthropic-ai/sdk/client';
import type { Stream } from '@anthropic-ai/sdk/streaming';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { ModelError } from '../../base/errors.ts';
import type { AnthropicSettings, FinishReason, ModelLimits, TokenUsage } from '../../domain/schema/model.ts';
import {
  type Billing,
  collectStream,
  type GenerateOptions,
  type GenerateRequest,
  type Generation,
  type LanguageModel,
  type LanguageModelCapabilities,
  type StreamPart,
} from '../languageModel.ts';
import { AnthropicDialect } from './anthropicDialect.ts';
import { statusOfErrorType } from './errorTypes.ts';
import { type HttpCall, HttpFaultError } from './httpCall.ts';
import { type ServerFacts, serverMessage } from './modelFailure.ts';
import { streamOverHttp } from './providerCall.ts';
import { streamInKnownDialect } from './serverDialect.ts';
import { toClosedWireSchema } from './wireSchema.ts';

const count = z.int().nonnegative().nullish().catch(undefined);

const usageSchema = z
  .object({
    input_tokens: count,
    output_tokens: count,
    cache_read_input_tokens: count,
    cache_creation_input_tokens: count,
  })
  .nullish()
  .catch(undefined);
type WireUsage = z.infer<typeof usageSchema>;

/** Any event of the stream; the protocol asks to pass over those that one does not know. */
const eventSchema = z.object({
  type: z.string(),
  message: z.object({ usage: usageSchema }).nullish(),
  delta: z
    .object({ type: z.string().nullish(), text: z.string().nullish(), stop_reason: z.string().nullish() })
    .nullish(),
  usage: usageSchema,
});

export interface AnthropicModelOptions {
  readonly model: string;
  readonly settings: AnthropicSettings;
  readonly limits: ModelLimits;
  readonly clock: Pick<Clock, 'now'>;
}

/** A model behind the Messages protocol, at Anthropic or at any other server that speaks it. */
export class AnthropicModel implements LanguageModel {
  readonly provider = 'anthropic';
  readonly model: string;
  readonly billing: Billing;
  readonly #settings: AnthropicSettings;
  readonly #limits: ModelLimits;
  readonly #dialect: AnthropicDialect;
  readonly #server: ServerFacts;
  readonly #isOfficialServer: boolean;
  #sdk: typeof BaseAnthropic | undefined;

  constructor(options: AnthropicModelOptions) {
    const { model, settings, limits, clock } = options;
    this.model = model;
    // Others write the address of an API with the `/v1` that this protocol's package adds by itself.
    this.#settings = { ...settings, baseUrl: settings.baseUrl.replace(/\/v1\/?$/, '') };
    this.#limits = limits;
    this.#isOfficialServer = new URL(settings.baseUrl).hostname === 'api.anthropic.com';
    this.billing = this.#isOfficialServer ? 'listed' : 'unknown';
    this.#dialect = new AnthropicDialect(this.#isOfficialServer);
    this.#server = {
      provider: this.provider,
      url: this.#settings.baseUrl,
      model,
      howToStart: 'start it',
      addressVariable: 'TRELLIS_ANTHROPIC_BASE_URL',
      keyRemedy: settings.apiKey === undefined ? 'set ANTHROPIC_API_KEY' : 'check ANTHROPIC_API_KEY',
      modelRemedy: 'choose one that it has, and see that TRELLIS_ANTHROPIC_BASE_URL is where its API begins',
      secrets: settings.apiKey === undefined ? [] : [settings.apiKey],
      now: () => clock.now(),
    };
  }

  get capabilities(): LanguageModelCapabilities {
    return { streaming: true, structuredOutput: this.#dialect.structuredOutput, contextLength: undefined };
  }

  async initialize(): Promise<void> {
    if (this.#isOfficialServer && this.#settings.apiKey === undefined) {
      const message = `No key is set for ${this.#settings.baseUrl}; ${this.#server.keyRemedy}, or choose a local provider.`;
      throw new ModelError(message, { provider: this.provider, retryable: false });
    }
    this.#sdk = (await import('@anthropic-ai/sdk/client')).BaseAnthropic;
  }

  async generate(request: GenerateRequest, options: GenerateOptions): Promise<Generation> {
    return collectStream(this.stream(request, options));
  }

  stream(request: GenerateRequest, options: GenerateOptions): AsyncGenerator<StreamPart, void, undefined> {
    const callOptions = { signal: options.signal, limits: this.#limits, server: this.#server };
    return streamInKnownDialect(this.#dialect, request.responseSchema !== undefined, () =>
      streamOverHttp(callOptions, call => this.#readStream(request, call)),
    );
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }

  async *#readStream(request: GenerateRequest, call: HttpCall): AsyncGenerator<StreamPart, void, undefined> {
    let atStart: WireUsage;
    let atEnd: WireUsage;
    let stopReason: string | undefined;
    let events = 0;
    try {
      const body = this.#parameters(request);
      // The package's `messages.create` would be the same, and print to the console for models that will be retired.
      const stream = await this.#client(call).post<Stream<unknown>>('/v1/messages', { body, stream: true });
      for await (const data of stream) {
        const event = parseEvent(data);
        events += 1;
        atStart = event.message?.usage ?? atStart;
        atEnd = event.usage ?? atEnd;
        const text = event.delta?.type === 'text_delta' ? (event.delta.text ?? '') : '';
        if (text !== '') yield { type: 'text', text };
        stopReason = event.delta?.stop_reason ?? stopReason;
      }
    } catch (error) {
      throw streamFault(error);
    }
    if (call.fault !== undefined) throw new HttpFaultError(call.fault);
    if (events === 0 && call.contentType?.startsWith('text/event-stream') === false) {
      throw new HttpFaultError({ kind: 'malformed', detail: `${call.contentType} instead of a stream` });
    }
    // Without a reason the answer is a cut one, which `streamOverHttp` reports.
    if (stopReason !== undefined)
      yield { type: 'end', finishReason: toFinishReason(stopReason), usage: toUsage(atStart, atEnd) };
  }

  #parameters(request: GenerateRequest): Record<string, unknown> {
    const { messages, responseSchema, maxOutputTokens, temperature, willBeContinued } = request;
    const system = messages.filter(message => message.role === 'system').map(message => message.content);
    const turns = messages.filter(message => message.role !== 'system');
    return {
      model: this.model,
      ...(system.length > 0 && { system: system.join('\n\n') }),
      messages: turns.map((message, index) => ({
        role: message.role,
        content:
          willBeContinued === true && index === turns.length - 1 ? cachedContent(message.content) : message.content,
      })),
      max_tokens: maxOutputTokens,
      ...(this.#dialect.temperature && { temperature }),
      ...(this.#dialect.structuredOutput &&
        responseSchema !== undefined && {
          output_config: { format: { type: 'json_schema', schema: toClosedWireSchema(responseSchema.schema) } },
        }),
      stream: true,
    };
  }

  /** The package's client for one call: it is cheap to make, and its `fetch` belongs to the call. */
  #client(call: HttpCall): BaseAnthropic {
    const { baseUrl, apiKey } = this.#settings;
    if (this.#sdk === undefined) throw new Error('initialize() was not called.');
    return new this.#sdk({
      baseURL: baseUrl,
      // Any value keeps the package from looking for credentials in the environment and in files.
      apiKey: apiKey ?? 'none',
      ...(apiKey === undefined && { defaultHeaders: { Authorization: null } }),
      // Servers that imitate an older version of the protocol look for the key here.
      ...(apiKey !== undefined && !this.#isOfficialServer && { defaultHeaders: { 'X-Api-Key': apiKey } }),
      fetch: call.fetch,
      maxRetries: 0,
      // Timeouts are the call's own; this one is out of the way.
      timeout: 2 ** 31 - 1,
      logLevel: 'off',
      openTelemetry: false,
    });
  }
}

/** Asks the server to keep the prompt up to here: it costs a quarter more now and a tenth when it is sent again. */
function cachedContent(text: string): unknown {
  return [{ type: 'text', text, cache_control: { type: 'ephemeral' } }];
}

function parseEvent(data: unknown): z.infer<typeof eventSchema> {
  const parsed = eventSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const detail = `a chunk of another shape: ${JSON.stringify(data)}`;
  throw new HttpFaultError({ kind: 'malformed', detail });
}

/** Errors that the package makes of the content of a stream. */
function streamFault(error: unknown): unknown {
  if (error instanceof SyntaxError)
    return new HttpFaultError({ kind: 'malformed', detail: error.message }, { cause: error });
  if (!(error instanceof Error) || error instanceof HttpFaultError || !('type' in error) || !('error' in error))
    return error;
  // The package's error for an `error` event: it holds the event, and has no status.
  if (('status' in error && error.status !== undefined) || error.error === undefined) return error;
  const message = serverMessage(JSON.stringify(error.error));
  const status = statusOfErrorType(error.type);
  return new HttpFaultError({ kind: 'inStream', message, status }, { cause: error });
}

function toFinishReason(reason: string): FinishReason {
  if (reason === 'max_tokens' || reason === 'model_context_window_exceeded') return 'length';
  return reason === 'refusal' ? 'refusal' : 'stop';
}

/**
 * The counts of the input come at the start of an answer, and at the end too from newer servers; that of the output is
 * whole at the end only. What the server read from its cache, and what it wrote to it, is not in its count of the input.
 */
function toUsage(atStart: WireUsage, atEnd: WireUsage): TokenUsage | undefined {
  const freshTokens = atEnd?.input_tokens ?? atStart?.input_tokens;
  const outputTokens = atEnd?.output_tokens;
  if (typeof freshTokens !== 'number' || typeof outputTokens !== 'number') return undefined;
  const cachedInputTokens = atEnd?.cache_read_input_tokens ?? atStart?.cache_read_input_tokens ?? 0;
  const cacheWriteTokens = atEnd?.cache_creation_input_tokens ?? atStart?.cache_creation_input_tokens ?? 0;
  return {
    inputTokens: freshTokens + cachedInputTokens + cacheWriteTokens,
    outputTokens,
    cachedInputTokens,
    ...(cacheWriteTokens > 0 && { cacheWriteTokens }),
  };
}
