import type { OpenAI } from 'openai';
import type { ChatCompletionCreateParamsBase } from 'openai/resources/chat/completions/completions';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { ModelError } from '../../base/errors.ts';
import type { FinishReason, ModelLimits, OpenaiSettings, TokenUsage } from '../../domain/schema/model.ts';
import type {
  Billing,
  GenerateOptions,
  GenerateRequest,
  Generation,
  LanguageModel,
  LanguageModelCapabilities,
  StreamPart,
} from '../languageModel.ts';
import { statusOfErrorType } from './errorTypes.ts';
import { type HttpCall, type HttpFault, HttpFaultError } from './httpCall.ts';
import { type ServerFacts, serverMessage } from './modelFailure.ts';
import { OpenaiDialect } from './openaiDialect.ts';
import { requestOverHttp, streamOverHttp } from './providerCall.ts';
import { inKnownDialect, streamInKnownDialect } from './serverDialect.ts';
import { toWireSchema } from './wireSchema.ts';

const usageSchema = z
  .object({
    prompt_tokens: z.int().nonnegative(),
    completion_tokens: z.int().nonnegative(),
    prompt_tokens_details: z.object({ cached_tokens: z.int().nonnegative().nullish() }).nullish().catch(undefined),
  })
  .nullish()
  .catch(undefined);

const textSchema = z.object({ content: z.string().nullish(), refusal: z.string().nullish() }).nullish();

const chunkSchema = z.object({
  choices: z.array(z.object({ delta: textSchema, finish_reason: z.string().nullish() })).nullish(),
  usage: usageSchema,
});

const completionSchema = z.object({
  choices: z.array(z.object({ message: textSchema, finish_reason: z.string().nullish() })),
  usage: usageSchema,
});

export interface OpenaiModelOptions {
  readonly model: string;
  readonly settings: OpenaiSettings;
  readonly limits: ModelLimits;
  readonly clock: Pick<Clock, 'now'>;
}

/** A model behind the Chat Completions protocol, at OpenAI or at any other server that speaks it. */
export class OpenaiModel implements LanguageModel {
  readonly provider = 'openai';
  readonly model: string;
  readonly billing: Billing;
  readonly #settings: OpenaiSettings;
  readonly #limits: ModelLimits;
  readonly #dialect: OpenaiDialect;
  readonly #server: ServerFacts;
  readonly #isOfficialServer: boolean;
  #sdk: typeof OpenAI | undefined;

  constructor(options: OpenaiModelOptions) {
    const { model, settings, limits, clock } = options;
    this.model = model;
    this.#settings = settings;
    this.#limits = limits;
    this.#isOfficialServer = new URL(settings.baseUrl).hostname === 'api.openai.com';
    this.billing = this.#isOfficialServer ? 'listed' : 'unknown';
    this.#dialect = new OpenaiDialect(this.#isOfficialServer);
    this.#server = {
      provider: this.provider,
      url: settings.baseUrl,
      model,
      howToStart: 'start it',
      addressVariable: 'TRELLIS_OPENAI_BASE_URL',
      keyRemedy: settings.apiKey === undefined ? 'set OPENAI_API_KEY' : 'check OPENAI_API_KEY',
      modelRemedy:
        'choose one that it has, and see that TRELLIS_OPENAI_BASE_URL is where its API begins, usually ending in /v1',
      secrets: settings.apiKey === undefined ? [] : [settings.apiKey],
      now: () => clock.now(),
    };
  }

  get capabilities(): LanguageModelCapabilities {
    const { structuredOutput } = this.#dialect;
    return { streaming: this.#settings.streaming, structuredOutput, contextLength: undefined };
  }

  async initialize(): Promise<void> {
    if (this.#isOfficialServer && this.#settings.apiKey === undefined) {
      const message = `No key is set for ${this.#settings.baseUrl}; ${this.#server.keyRemedy}, or choose a local provider.`;
      throw new ModelError(message, { provider: this.provider, retryable: false });
    }
    this.#sdk = (await import('openai')).OpenAI;
  }

  async generate(request: GenerateRequest, options: GenerateOptions): Promise<Generation> {
    return inKnownDialect(this.#dialect, request.responseSchema !== undefined, () =>
      requestOverHttp(this.#callOptions(options), async call => {
        const parameters = { ...this.#parameters(request), stream: false } as const;
        const data: unknown = await this.#client(call)
          .chat.completions.create(parameters)
          .catch((error: unknown) => {
            throw malformedOf(error) ?? error;
          });
        const fault = faultInAnswer(data);
        if (fault !== undefined) throw new HttpFaultError(fault);
        const parsed = completionSchema.safeParse(data);
        const choice = parsed.data?.choices[0];
        if (choice === undefined) throw new HttpFaultError({ kind: 'malformed', detail: 'an answer without choices' });
        const { text, isRefusal } = textOf(choice.message);
        const finishReason = isRefusal ? 'refusal' : toFinishReason(choice.finish_reason ?? 'stop');
        const { rateLimits } = call;
        const usage = toUsage(parsed.data?.usage);
        return { text, finishReason, usage, ...(rateLimits !== undefined && { rateLimits }) };
      }),
    );
  }

  stream(request: GenerateRequest, options: GenerateOptions): AsyncGenerator<StreamPart, void, undefined> {
    return streamInKnownDialect(this.#dialect, request.responseSchema !== undefined, () =>
      streamOverHttp(this.#callOptions(options), call => this.#readStream(request, call)),
    );
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }

  async *#readStream(request: GenerateRequest, call: HttpCall): AsyncGenerator<StreamPart, void, undefined> {
    const parameters = {
      ...this.#parameters(request),
      stream: true,
      ...(this.#dialect.streamUsage && { stream_options: { include_usage: true } }),
    } as const;
    const client = this.#client(call);
    let finishReason: FinishReason | undefined;
    let usage: TokenUsage | undefined;
    let isRefusal = false;
    let chunks = 0;
    let choices = 0;
    try {
      for await (const data of await client.chat.completions.create(parameters)) {
        const chunk = parseChunk(data);
        chunks += 1;
        usage = toUsage(chunk.usage) ?? usage;
        for (const choice of chunk.choices ?? []) {
          choices += 1;
          const delta = textOf(choice.delta);
          isRefusal ||= delta.isRefusal;
          if (delta.text !== '') yield { type: 'text', text: delta.text };
          if (typeof choice.finish_reason === 'string') finishReason = toFinishReason(choice.finish_reason);
        }
      }
    } catch (error) {
      throw this.#streamFault(error);
    }
    if (call.fault !== undefined) throw new HttpFaultError(call.fault);
    if (chunks === 0 && call.contentType?.startsWith('text/event-stream') === false) {
      const detail = `${call.contentType} instead of a stream, which \`openai.streaming\` can turn off`;
      throw new HttpFaultError({ kind: 'malformed', detail });
    }
    if (chunks > 0 && choices === 0)
      throw new HttpFaultError({ kind: 'malformed', detail: 'an answer without choices' });
    // Without a reason the answer is a cut one, which `streamOverHttp` reports.
    if (finishReason !== undefined) yield { type: 'end', finishReason: isRefusal ? 'refusal' : finishReason, usage };
  }

  #parameters(request: GenerateRequest): Omit<ChatCompletionCreateParamsBase, 'stream'> {
    const { messages, responseSchema, maxOutputTokens, temperature } = request;
    return {
      model: this.model,
      messages: messages.map(message => ({ role: message.role, content: message.content })),
      [this.#dialect.tokenLimit]: maxOutputTokens,
      ...(this.#dialect.temperature && { temperature }),
      ...(this.#dialect.structuredOutput &&
        responseSchema !== undefined && {
          response_format: {
            type: 'json_schema',
            json_schema: { name: responseSchema.name, schema: toWireSchema(responseSchema.schema) },
          },
        }),
    };
  }

  /** The package's client for one call: it is cheap to make, and its `fetch` belongs to the call. */
  #client(call: HttpCall): OpenAI {
    const { baseUrl, apiKey } = this.#settings;
    if (this.#sdk === undefined) throw new Error('initialize() was not called.');
    return new this.#sdk({
      baseURL: baseUrl,
      apiKey: apiKey ?? 'none',
      ...(apiKey === undefined && { defaultHeaders: { Authorization: null } }),
      ...(!this.#isOfficialServer && { organization: null, project: null }),
      fetch: call.fetch,
      maxRetries: 0,
      // Timeouts are the call's own; this one is out of the way.
      timeout: 2 ** 31 - 1,
      logLevel: 'off',
    });
  }

  #callOptions(options: GenerateOptions) {
    return { signal: options.signal, limits: this.#limits, server: this.#server };
  }

  /** Errors that the package makes of the content of a stream. */
  #streamFault(error: unknown): unknown {
    const malformed = malformedOf(error);
    if (malformed !== undefined) return malformed;
    const sdk = this.#sdk;
    if (sdk === undefined || !(error instanceof sdk.APIError) || error instanceof sdk.APIConnectionError) return error;
    if (error.status !== undefined) return error;
    return new HttpFaultError(inStream(error.message, error.error), { cause: error });
  }
}

/** What the package throws for text that is not JSON. */
function malformedOf(error: unknown): HttpFaultError | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  return new HttpFaultError({ kind: 'malformed', detail: error.message }, { cause: error });
}

/** The error object that some servers send with the status of success. */
function faultInAnswer(data: unknown): HttpFault | undefined {
  const error = (data as { readonly error?: unknown } | null | undefined)?.error ?? undefined;
  return error === undefined ? undefined : inStream(serverMessage(JSON.stringify({ error })), error);
}

/** Gateways put the status of their own call into `code`; elsewhere the type says what it would have been. */
function inStream(message: string, error: unknown): HttpFault {
  const { code, type } = (error ?? {}) as { readonly code?: unknown; readonly type?: unknown };
  const status = Number(code);
  return { kind: 'inStream', message, status: status >= 400 && status < 600 ? status : statusOfErrorType(type) };
}

function parseChunk(data: unknown): z.infer<typeof chunkSchema> {
  const parsed = chunkSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new HttpFaultError({
    kind: 'malformed',
    detail: `a chunk of another shape: ${JSON.stringify(data)}`,
  });
}

function textOf(message: z.infer<typeof textSchema>): { text: string; isRefusal: boolean } {
  const refusal = message?.refusal ?? '';
  return { text: (message?.content ?? '') + refusal, isRefusal: refusal !== '' };
}

function toFinishReason(reason: string): FinishReason {
  if (reason === 'length') return 'length';
  return reason === 'content_filter' ? 'refusal' : 'stop';
}

function toUsage(usage: z.infer<typeof usageSchema>): TokenUsage | undefined {
  if (usage === null || usage === undefined) return undefined;
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return {
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
    cachedInputTokens: Math.min(cached, usage.prompt_tokens),
  };
}
