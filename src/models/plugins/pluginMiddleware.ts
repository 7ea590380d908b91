import { z } from 'zod';
import type {
  CallOptions,
  Middleware,
  ModelCall as PluginCall,
  ModelReply as PluginReply,
} from '../../../api/trellis.d.ts';
import { AbortError, ModelError, type TrellisError } from '../../base/errors.ts';
import { callPlugin, PluginFailure } from '../../base/pluginCall.ts';
import { modelMessageSchema, modelSettingsSchema } from '../../domain/schema/model.ts';
import type { ModelMiddleware, ModelRequest } from '../middleware.ts';
import type { ModelReply } from '../modelClient.ts';

/** What `beforeModelCall` may return; the edges of the numbers are those of the settings. */
const decisionSchema = z
  .union([
    z.strictObject({ answer: z.string() }),
    z.strictObject({
      messages: z.array(modelMessageSchema).min(1).optional(),
      temperature: modelSettingsSchema.shape.temperature.optional(),
      maxOutputTokens: modelSettingsSchema.shape.maxOutputTokens.optional(),
    }),
  ])
  .optional();

const replySchema = z.strictObject({ text: z.string() }).optional();

/** A hook may look something up over the network; a person who waits for a run notices half a minute. */
const hookLimitMs = 30_000;

export interface PluginMiddlewareOptions {
  readonly runId: string;
  /** Cancels the run. */
  readonly signal: AbortSignal;
  /** How long one hook may take; half a minute by default. */
  readonly limitMs?: number;
}

/** Makes a layer of the chain out of a plugin's hooks. Each is held to its contract; a failure names the plugin. */
export function pluginMiddleware(plugin: Middleware, options: PluginMiddlewareOptions): ModelMiddleware {
  const call = <T>(
    step: keyof Middleware,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    hook: (callOptions: CallOptions) => unknown,
  ) => {
    const limits = { plugin: `The middleware "${plugin.name}"`, step, limitMs: options.limitMs ?? hookLimitMs, signal };
    return callPlugin(limits, schema, given => hook({ signal: given }));
  };
  const follow = async (
    step: 'onRunStart' | 'onRunEnd' | 'onItemError',
    signal: AbortSignal,
    hook: (callOptions: CallOptions) => unknown,
  ) => {
    if (plugin[step] !== undefined) await call(step, z.unknown(), signal, hook).catch(rethrowHookFailure);
  };
  return {
    name: plugin.name,
    handle: async (request, next) => {
      const { signal } = request;
      if (plugin.beforeModelCall === undefined && plugin.afterModelCall === undefined) return next(request);
      try {
        const seen = describeCall(request, options.runId);
        const decision = await call('beforeModelCall', decisionSchema, signal, given =>
          plugin.beforeModelCall?.(structuredClone(seen), given),
        );
        if (decision !== undefined && 'answer' in decision) return answerOf(request, decision.answer);
        const asked = decision === undefined ? request : changedRequest(request, decision);
        const reply = await next(asked);
        const change = await call('afterModelCall', replySchema, signal, given =>
          plugin.afterModelCall?.(describeReply(reply), structuredClone(seen), given),
        );
        return change === undefined ? reply : changedReply(request, reply, change.text);
      } catch (error) {
        throw error instanceof PluginFailure ? callFailure(error, request.settings.provider) : error;
      }
    },
    onRunStart: run => follow('onRunStart', options.signal, given => plugin.onRunStart?.({ ...run }, given)),
    // The run may have ended by its cancellation.
    onRunEnd: run =>
      follow('onRunEnd', new AbortController().signal, given => plugin.onRunEnd?.(structuredClone(run), given)),
    onItemError: error => follow('onItemError', options.signal, given => plugin.onItemError?.({ ...error }, given)),
  };
}

function callFailure(failure: PluginFailure, provider: string): TrellisError {
  if (failure.isAbort) return new AbortError(failure.message, { cause: failure });
  return new ModelError(failure.message, { provider, retryable: false }, { cause: failure });
}

function rethrowHookFailure(error: unknown): never {
  throw error instanceof PluginFailure && error.isAbort ? new AbortError(error.message, { cause: error }) : error;
}

function describeCall({ call, settings }: ModelRequest, runId: string): PluginCall {
  return {
    runId,
    role: call.role,
    ...settings,
    messages: call.messages,
    ...(call.responseSchema !== undefined && { responseSchema: call.responseSchema }),
    ...(call.itemId !== undefined && { itemId: call.itemId }),
  };
}

function describeReply({ text, finishReason, usage, costUsd, latencyMs, isCached }: ModelReply): PluginReply {
  return {
    text,
    finishReason,
    usage: { ...usage },
    ...(costUsd !== undefined && { costUsd }),
    latencyMs,
    isCached,
  };
}

type Change = Exclude<z.infer<typeof decisionSchema>, undefined | { answer: string }>;

function changedRequest(request: ModelRequest, { messages, temperature, maxOutputTokens }: Change): ModelRequest {
  return {
    ...request,
    call: { ...request.call, ...(messages !== undefined && { messages }) },
    settings: {
      ...request.settings,
      ...(temperature !== undefined && { temperature }),
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    },
  };
}

function answerOf(request: ModelRequest, text: string): ModelReply {
  if (text !== '') request.onText?.(text);
  const { provider, model } = request.settings;
  return {
    text,
    finishReason: 'stop',
    usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 },
    costUsd: 0,
    latencyMs: 0,
    isCached: true,
    provider,
    model,
    exchangeId: request.exchangeId,
  };
}

/** What was streamed so far is void once the text is another one. */
function changedReply(request: ModelRequest, reply: ModelReply, text: string): ModelReply {
  request.onRestart?.();
  if (text !== '') request.onText?.(text);
  return { ...reply, text };
}
