import type { Ollama } from 'ollama';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { ModelError } from '../../base/errors.ts';
import type { FinishReason, ModelLimits, OllamaSettings, TokenUsage } from '../../domain/schema/model.ts';
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
import { type HttpCall, type HttpFault, HttpFaultError } from './httpCall.ts';
import { type ServerFacts, serverMessage } from './modelFailure.ts';
import { contextThatCut, estimatePromptTokens, ollamaUrl } from './ollamaContext.ts';
import { requestOverHttp, streamOverHttp } from './providerCall.ts';
import { toWireSchema } from './wireSchema.ts';

const count = z.int().nonnegative().optional().catch(undefined);

const chunkSchema = z.object({
  message: z.object({ content: z.string().nullish() }).nullish(),
  done: z.boolean(),
  done_reason: z.string().nullish(),
  prompt_eval_count: count,
  eval_count: count,
});
type Chunk = z.infer<typeof chunkSchema>;

const showSchema = z.object({ model_info: z.record(z.string(), z.unknown()).nullish() });

const tagsSchema = z.object({ models: z.array(z.object({ name: z.string() })) });
const mostNamed = 12;

export interface OllamaModelOptions {
  readonly model: string;
  readonly settings: OllamaSettings;
  readonly limits: ModelLimits;
  readonly clock: Pick<Clock, 'now'>;
}

/** A model behind Ollama's native protocol, which unlike its imitation of OpenAI's lets the context length be said. */
export class OllamaModel implements LanguageModel {
  readonly provider = 'ollama';
  readonly model: string;
  readonly billing: Billing;
  readonly #limits: ModelLimits;
  readonly #server: ServerFacts;
  #contextLength: number;
  /** Whether the model itself, and not the setting, limits the context. */
  #isContextOfModel = false;
  #sdk: typeof Ollama | undefined;

  constructor(options: OllamaModelOptions) {
    const { model, settings, limits, clock } = options;
    this.model = model;
    this.#limits = limits;
    this.#contextLength = settings.contextLength;
    const url = ollamaUrl(settings.host);
    // The package takes it from there by itself.
    const key = process.env['OLLAMA_API_KEY'] ?? '';
    // Models with this ending run on the maker's own computers, for money.
    const isCloud = /[:-]cloud$/.test(model) || new URL(url).hostname === 'ollama.com';
    this.billing = isCloud ? 'unknown' : 'free';
    this.#server = {
      provider: this.provider,
      url,
      model,
      howToStart: 'start it with `ollama serve`',
      addressVariable: 'TRELLIS_OLLAMA_HOST',
      keyRemedy: 'set OLLAMA_API_KEY, or run `ollama signin`',
      modelRemedy: `get it with \`ollama pull ${model}\``,
      secrets: key === '' ? [] : [key],
      now: () => clock.now(),
    };
  }

  get capabilities(): LanguageModelCapabilities {
    return { streaming: true, structuredOutput: true, contextLength: this.#contextLength };
  }

  /** Asks the server how much context the model can take at most. */
  async initialize(): Promise<void> {
    this.#sdk = (await import('ollama')).Ollama;
    const options = { signal: new AbortController().signal, limits: this.#limits, server: this.#server };
    const answer = await requestOverHttp(options, call => this.#client(call).show({ model: this.model })).catch(
      async (error: unknown) => {
        throw error instanceof ModelError && error.status === 404 ? await this.#missing(error) : error;
      },
    );
    const maximum = contextLengthOf(answer);
    if (maximum !== undefined && maximum < this.#contextLength) {
      this.#contextLength = maximum;
      this.#isContextOfModel = true;
    }
  }

  /** The error with the models that the server does have; as it is when the server does not tell. */
  async #missing(error: ModelError): Promise<ModelError> {
    const options = { signal: new AbortController().signal, limits: this.#limits, server: this.#server };
    const [listed] = await Promise.allSettled([requestOverHttp(options, call => this.#client(call).list())]);
    const names = listed.status === 'fulfilled' ? tagsSchema.safeParse(listed.value).data?.models : undefined;
    if (names === undefined) return error;
    const shown = names.slice(0, mostNamed).map(({ name }) => name);
    if (names.length > mostNamed) shown.push(`${names.length - mostNamed} more`);
    const has = shown.length === 0 ? 'it has none yet' : `or choose one that it has: ${shown.join(', ')}`;
    return new ModelError(`${error.message.replace(/\.$/, '')}; ${has}.`, error.details, { cause: error });
  }

  async generate(request: GenerateRequest, options: GenerateOptions): Promise<Generation> {
    return collectStream(this.stream(request, options));
  }

  async *stream(request: GenerateRequest, options: GenerateOptions): AsyncGenerator<StreamPart, void, undefined> {
    const estimated = estimatePromptTokens(request.messages);
    if (estimated > this.#contextLength) throw this.#contextError(estimated);
    const callOptions = { signal: options.signal, limits: this.#limits, server: this.#server, inspectLine };
    try {
      yield* streamOverHttp(callOptions, call => this.#readStream(request, estimated, call));
    } catch (error) {
      throw this.#isContextRefusal(error) ? this.#contextError(estimated, error) : error;
    }
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }

  async *#readStream(
    request: GenerateRequest,
    estimated: number,
    call: HttpCall,
  ): AsyncGenerator<StreamPart, void, undefined> {
    const parameters = {
      model: this.model,
      messages: request.messages.map(message => ({ role: message.role, content: message.content })),
      stream: true,
      ...(request.responseSchema !== undefined && { format: toWireSchema(request.responseSchema.schema) }),
      options: {
        temperature: request.temperature,
        num_predict: request.maxOutputTokens,
        num_ctx: this.#contextLength,
      },
      // Servers that know these refuse a prompt that is too long, and end a long answer, where others drop the beginning.
      truncate: false,
      shift: false,
    } as const;
    let last: Chunk | undefined;
    let hasMessage = false;
    try {
      for await (const data of await this.#client(call).chat(parameters)) {
        last = parseChunk(data);
        hasMessage ||= last.message !== undefined && last.message !== null;
        const text = last.message?.content ?? '';
        if (text !== '') yield { type: 'text', text };
      }
    } catch (error) {
      // The package's own error for a stream that ended too early has no type, only words.
      const isCut = call.fault === undefined && error instanceof Error && /^Did not receive done/.test(error.message);
      if (!isCut) throw error;
      const isPage = last === undefined && call.contentType?.startsWith('text/') === true;
      const detail = `${call.contentType} instead of an answer`;
      throw new HttpFaultError(isPage ? { kind: 'malformed', detail } : { kind: 'cut' }, { cause: error });
    }
    if (last?.done !== true) return;
    if (!hasMessage) throw new HttpFaultError({ kind: 'malformed', detail: 'an answer without a message' });
    const counted = last.prompt_eval_count;
    const context = counted === undefined ? undefined : contextThatCut(estimated, counted, this.#contextLength);
    if (counted !== undefined && context !== undefined) throw this.#cutError(estimated, counted, context);
    yield { type: 'end', finishReason: toFinishReason(last.done_reason), usage: toUsage(last) };
  }

  #client(call: HttpCall): Ollama {
    if (this.#sdk === undefined) throw new Error('initialize() was not called.');
    return new this.#sdk({ host: this.#server.url, fetch: call.fetch });
  }

  #isContextRefusal(error: unknown): boolean {
    return (
      error instanceof ModelError &&
      error.status === 400 &&
      /context (length|size|window)|exceeds.*context/i.test(error.message)
    );
  }

  /** For a prompt that the server does not take. */
  #contextError(estimated: number, cause?: unknown): ModelError {
    const message = `${this.#tooLong(estimated, this.#contextLength)}; ${this.#contextRemedy()}, or ask for less at once.`;
    return new ModelError(message, { provider: this.provider, retryable: false }, { cause });
  }

  /** For a prompt of which the server read a part, without saying so. */
  #cutError(estimated: number, counted: number, context: number): ModelError {
    const remedy =
      context < this.#contextLength
        ? `see by \`ollama ps\` why it is not loaded with the ${this.#contextLength} of \`ollama.contextLength\``
        : this.#contextRemedy();
    const message = `${this.#tooLong(estimated, context)}; the server read ${counted} of them; ${remedy}, or ask for less at once.`;
    return new ModelError(message, { provider: this.provider, retryable: false });
  }

  #tooLong(estimated: number, context: number): string {
    return `The prompt of about ${estimated} tokens does not fit into the context of ${context} tokens of the ollama model "${this.model}"`;
  }

  #contextRemedy(): string {
    return this.#isContextOfModel ? 'choose a model with a longer context' : 'raise `ollama.contextLength`';
  }
}

function inspectLine(line: unknown): HttpFault | undefined {
  if (typeof line !== 'object' || line === null) {
    return { kind: 'malformed', detail: `a line that is not an object: ${JSON.stringify(line)}` };
  }
  const { error } = line as { readonly error?: unknown };
  if (error === undefined) return undefined;
  return { kind: 'inStream', message: serverMessage(JSON.stringify({ error })), status: undefined };
}

function parseChunk(data: unknown): Chunk {
  const parsed = chunkSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new HttpFaultError({
    kind: 'malformed',
    detail: `a line of another shape: ${JSON.stringify(data)}`,
  });
}

function toFinishReason(reason: string | null | undefined): FinishReason {
  return reason === 'length' ? 'length' : 'stop';
}

function toUsage(chunk: Chunk): TokenUsage | undefined {
  const { prompt_eval_count: inputTokens, eval_count: outputTokens } = chunk;
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return { inputTokens, outputTokens, cachedInputTokens: 0 };
}

/** The key is named after the model's architecture, such as `qwen2.context_length`. */
function contextLengthOf(show: unknown): number | undefined {
  const information = showSchema.safeParse(show).data?.model_info ?? {};
  const key = Object.keys(information).find(name => name.endsWith('.context_length'));
  const length = key === undefined ? undefined : information[key];
  return typeof length === 'number' && Number.isInteger(length) && length > 0 ? length : undefined;
}
