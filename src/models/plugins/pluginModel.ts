import { z } from 'zod';
import type { ModelProvider, GenerateRequest as PluginRequest, ProvidedModel } from '../../../api/trellis.d.ts';
import { AbortError, errorMessage, ModelError, TrellisError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { anyFunction, objectWith } from '../../base/objectShape.ts';
import { callPlugin, checkReturned, PluginFailure, pluginFailure } from '../../base/pluginCall.ts';
import { finishReasonSchema, type ModelLimits, tokenUsageSchema } from '../../domain/schema/model.ts';
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

const modelSchema = objectWith<ProvidedModel>({
  billing: z.enum(['free', 'unknown']).optional(),
  initialize: anyFunction.optional(),
  generate: anyFunction,
  stream: anyFunction.optional(),
  dispose: anyFunction.optional(),
});

const capabilitiesSchema = z
  .object({ structuredOutput: z.boolean().optional(), contextLength: z.int().positive().optional() })
  .optional();

const endShape = { finishReason: finishReasonSchema, usage: tokenUsageSchema.optional() };
const generationSchema = z.object({ text: z.string(), ...endShape });
const partSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('end'), ...endShape }),
]);
const stepSchema = z.union([
  z.object({ done: z.literal(true) }),
  z.object({ done: z.literal(false).optional(), value: partSchema }),
]);
const iteratorSchema = objectWith<AsyncIterator<unknown>>({ next: anyFunction });

/** What an error of a provider may say about itself. */
const detailsSchema = z.object({
  retryable: z.boolean().optional().catch(undefined),
  retryAfterMs: z.number().nonnegative().optional().catch(undefined),
  status: z.int().optional().catch(undefined),
});

/** Shutting down waits no longer than this for a plugin. */
const disposeLimitMs = 5000;

export interface PluginModelOptions {
  readonly provider: ModelProvider;
  readonly model: string;
  readonly limits: Pick<ModelLimits, 'firstByteTimeoutMs' | 'idleTimeoutMs' | 'maxAnswerCharacters'>;
  readonly logger: Logger;
}

/**
 * A model that a plugin brings, held to the contract of `LanguageModel` whatever it does: it may throw, return anything,
 * never return, never end its stream, or ignore its signal. The times allowed are those of any model server.
 */
export class PluginModel implements LanguageModel {
  readonly provider: string;
  readonly model: string;
  readonly billing: Billing;
  readonly #limits: PluginModelOptions['limits'];
  readonly #logger: Logger;
  readonly #plugin: string;
  readonly #provided: ProvidedModel;
  readonly #closing = new AbortController();
  #isInitialized = false;

  /** @throws ModelError when the plugin makes no model. */
  constructor({ provider, model, limits, logger }: PluginModelOptions) {
    this.provider = provider.name;
    this.model = model;
    this.#limits = limits;
    this.#logger = logger;
    this.#plugin = `The model provider "${provider.name}"`;
    this.#provided = this.#direct('createModel', modelSchema, () => provider.createModel(model));
    this.billing = this.#provided.billing ?? 'unknown';
  }

  get capabilities(): LanguageModelCapabilities {
    const { structuredOutput, contextLength } =
      this.#direct('capabilities', capabilitiesSchema, () => this.#provided.capabilities) ?? {};
    const streaming = this.#provided.stream !== undefined;
    return { streaming, structuredOutput: structuredOutput ?? false, contextLength };
  }

  async initialize(): Promise<void> {
    this.#isInitialized = true;
    const { signal } = this.#closing;
    const limitMs = this.#limits.firstByteTimeoutMs;
    await this.#call({ step: 'initialize', limitMs, signal }, z.unknown(), given =>
      this.#provided.initialize?.({ signal: given }),
    );
  }

  async generate(request: GenerateRequest, { signal }: GenerateOptions): Promise<Generation> {
    if (this.#provided.stream !== undefined) return collectStream(this.stream(request, { signal }));
    const limitMs = this.#limits.firstByteTimeoutMs;
    const generation = await this.#call({ step: 'generate', limitMs, signal }, generationSchema, given =>
      this.#provided.generate(toPlugin(request), { signal: given }),
    );
    return { ...generation, usage: generation.usage };
  }

  async *stream(request: GenerateRequest, { signal }: GenerateOptions): AsyncGenerator<StreamPart, void, undefined> {
    const { firstByteTimeoutMs, idleTimeoutMs, maxAnswerCharacters } = this.#limits;
    // Aborted as soon as nobody reads on, so that a plugin that listens stops its work.
    const reading = new AbortController();
    const given = AbortSignal.any([signal, reading.signal]);
    const iterator = this.#direct('stream', iteratorSchema, () => {
      const parts = this.#provided.stream?.(toPlugin(request), { signal: given });
      return parts?.[Symbol.asyncIterator]();
    });
    let limitMs = firstByteTimeoutMs;
    // A part without text counts too, or else a stream could go on for ever.
    let size = 0;
    try {
      for (;;) {
        const step = await this.#call({ step: 'stream', limitMs, signal }, stepSchema, () => iterator.next());
        if (step.done === true) return;
        const part = step.value;
        if (part.type === 'end') {
          yield { ...part, usage: part.usage };
          return;
        }
        size += Math.max(1, part.text.length);
        if (size > maxAnswerCharacters) throw this.#tooLong();
        yield part;
        limitMs = idleTimeoutMs;
      }
    } finally {
      reading.abort();
      leave(iterator);
    }
  }

  /** What goes wrong is logged: it is nobody's call any more. */
  async dispose(): Promise<void> {
    this.#closing.abort(new AbortError(`${this.#plugin} is being closed.`));
    if (!this.#isInitialized) return;
    const { signal } = new AbortController();
    const options = { step: 'dispose', limitMs: disposeLimitMs, signal };
    try {
      await this.#call(options, z.unknown(), () => this.#provided.dispose?.());
    } catch (error) {
      this.#logger.log('warn', 'A model could not be closed.', { model: this.model, reason: errorMessage(error) });
    }
  }

  async #call<T>(
    options: { readonly step: string; readonly limitMs: number; readonly signal: AbortSignal },
    schema: z.ZodType<T>,
    call: (signal: AbortSignal) => unknown,
  ): Promise<T> {
    try {
      return await callPlugin({ plugin: this.#plugin, ...options }, schema, call);
    } catch (error) {
      throw this.#modelError(error);
    }
  }

  /** For what is asked without waiting. */
  #direct<T>(step: string, schema: z.ZodType<T>, ask: () => unknown): T {
    const plugin = this.#plugin;
    try {
      return checkReturned({ plugin, step }, schema, ask());
    } catch (error) {
      throw this.#modelError(error instanceof PluginFailure ? error : pluginFailure(plugin, step, error));
    }
  }

  #modelError(error: unknown): TrellisError {
    if (error instanceof TrellisError) return error;
    const failure = error instanceof PluginFailure ? error : pluginFailure(this.#plugin, 'call', error);
    const { cause } = failure;
    // A provider of our own says it in our words.
    if (cause instanceof TrellisError) return cause;
    const { retryable = false, retryAfterMs, status } = readDetails(cause);
    const details = {
      provider: this.provider,
      retryable,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(status !== undefined && { status }),
    };
    return new ModelError(failure.message, details, { cause: failure });
  }

  #tooLong(): ModelError {
    const message = `${this.#plugin} gave an answer of more than ${this.#limits.maxAnswerCharacters} characters, and it was dropped; lower maxOutputTokens or choose another model.`;
    return new ModelError(message, { provider: this.provider, retryable: false });
  }
}

function readDetails(thrown: unknown): z.infer<typeof detailsSchema> {
  try {
    return detailsSchema.safeParse(thrown).data ?? {};
  } catch {
    // An error whose properties throw says nothing about itself.
    return {};
  }
}

/** A copy, so that the plugin can do with it what it likes. */
function toPlugin({ role, messages, temperature, maxOutputTokens, responseSchema }: GenerateRequest): PluginRequest {
  return structuredClone({
    ...(role !== undefined && { role }),
    messages,
    temperature,
    maxOutputTokens,
    ...(responseSchema !== undefined && { responseSchema }),
  });
}

/** Tells the plugin that nobody reads on; whether and how it listens is of no matter any more. */
function leave(iterator: AsyncIterator<unknown>): void {
  const attempt = async () => iterator.return?.();
  attempt().catch(() => undefined);
}
