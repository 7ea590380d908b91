import { throwIfAborted } from '../base/abort.ts';
import type { Clock } from '../base/clock.ts';
import { AbortError, errorMessage, type ModelCharge, ModelError } from '../base/errors.ts';
import type { LoopTurns } from '../base/loopTurns.ts';
import { estimateTokens } from '../base/tokenEstimate.ts';
import type { ModelLimits, TokenUsage } from '../domain/schema/model.ts';
import { costOf, type PriceList } from './budget/prices.ts';
import { credibleUsage } from './credibleUsage.ts';
import type { GenerateRequest, Generation, GenerationEnd, LanguageModel } from './languageModel.ts';
import type { LanguageModelRegistry } from './languageModelRegistry.ts';
import type { ModelHandler, ModelRequest } from './middleware.ts';
import type { ModelReply } from './modelClient.ts';
import { estimatePromptTokens } from './providers/ollamaContext.ts';

export interface InvokeOptions {
  readonly registry: LanguageModelRegistry;
  readonly prices: PriceList;
  readonly limits: Pick<ModelLimits, 'maxAnswerCharacters'>;
  readonly clock: Clock;
  readonly turns: LoopTurns;
}

/** The innermost handler: one try at the model itself. */
export function invokeModel(options: InvokeOptions): ModelHandler {
  const { registry, prices, clock } = options;
  return async request => {
    const { provider, model: name } = request.settings;
    const startedAt = clock.now();
    const model = await registry.get(provider, name, request.signal);
    let firstTextAt: number | undefined;
    let receivedTokens = 0;
    const takeText = (text: string) => {
      firstTextAt ??= clock.now();
      receivedTokens += estimateTokens(text);
      request.onText?.(text);
    };
    const generation = await generate(model, request, options, takeText).catch((error: unknown) => {
      if (receivedTokens === 0) throw error;
      const usage = { ...estimateUsage(request, ''), outputTokens: receivedTokens };
      const costUsd = costOf(model, usage, prices);
      throw withCharge(error, request.signal, { ...usage, ...(costUsd !== undefined && { costUsd }) });
    });
    const counted = credibleUsage(generation.usage, request, generation.text);
    const usage = counted ?? estimateUsage(request, generation.text);
    return {
      text: withoutReasoning(generation),
      finishReason: generation.finishReason,
      usage,
      ...(counted === undefined && { isUsageEstimated: true }),
      costUsd: costOf(model, usage, prices),
      latencyMs: clock.now() - startedAt,
      ...(firstTextAt !== undefined && { timeToFirstTokenMs: firstTextAt - startedAt }),
      ...(generation.rateLimits !== undefined && { rateLimits: generation.rateLimits }),
      isCached: false,
      provider,
      model: name,
      exchangeId: request.exchangeId,
    } satisfies ModelReply;
  };
}

async function generate(
  model: LanguageModel,
  request: ModelRequest,
  { limits, turns }: InvokeOptions,
  onText: (text: string) => void,
): Promise<Generation> {
  const { call, settings, signal } = request;
  const { role, messages, responseSchema } = call;
  const { temperature, maxOutputTokens } = settings;
  const asked: GenerateRequest = {
    role,
    messages,
    temperature,
    maxOutputTokens,
    ...(responseSchema && { responseSchema }),
    // A worker's session goes on turn by turn; planner and judge ask once.
    ...(call.sessionId !== undefined && { willBeContinued: true }),
  };
  const takeText = (text: string, length: number) => {
    if (length > limits.maxAnswerCharacters) throw tooLong(limits.maxAnswerCharacters, model);
    onText(text);
  };
  if (model.capabilities.streaming) return readStream(model, asked, { signal, turns }, takeText);
  const generation = await model.generate(asked, { signal });
  throwIfAborted(signal);
  if (generation.text !== '') takeText(generation.text, generation.text.length);
  return generation;
}

/** Tells `takeText` of each piece, with the length of the answer so far. */
async function readStream(
  model: LanguageModel,
  asked: GenerateRequest,
  { signal, turns }: { readonly signal: AbortSignal; readonly turns: LoopTurns },
  takeText: (text: string, length: number) => void,
): Promise<Generation> {
  const texts: string[] = [];
  let length = 0;
  let end: GenerationEnd | undefined;
  for await (const part of model.stream(asked, { signal })) {
    if (part.type === 'end') {
      end = part;
      continue;
    }
    length += part.text.length;
    takeText(part.text, length);
    texts.push(part.text);
    // A fast server's stream is worked off without ever waiting.
    if (!turns.hasTimeLeft()) await turns.turn();
  }
  if (end === undefined) {
    const message = `${nameOf(model)} broke its answer off without an end; try again.`;
    throw new ModelError(message, { provider: model.provider, retryable: true });
  }
  const { finishReason, usage, rateLimits } = end;
  return { text: texts.join(''), finishReason, usage, ...(rateLimits !== undefined && { rateLimits }) };
}

function tooLong(limit: number, model: LanguageModel): ModelError {
  const message = `${nameOf(model)} gave an answer of more than ${limit} characters, and it was dropped; lower maxOutputTokens or choose another model.`;
  return new ModelError(message, { provider: model.provider, retryable: false });
}

function nameOf(model: LanguageModel): string {
  return `The ${model.provider} model "${model.model}"`;
}

/** Some servers leave a reasoning model's thoughts at the head of its answer; they are not part of it. */
function withoutReasoning({ text, finishReason }: Generation): string {
  if (!/^\s*<think>/.test(text)) return text;
  const end = text.indexOf('</think>');
  if (end !== -1) return text.slice(end + '</think>'.length).trimStart();
  return finishReason === 'length' ? '' : text;
}

/** The same failure, with what it is likely to cost. A call that was given up may end with any reason, a timeout's too. */
function withCharge(error: unknown, signal: AbortSignal, charge: ModelCharge): unknown {
  if (error instanceof ModelError)
    return new ModelError(error.message, { ...error.details, charge }, { cause: error.cause });
  return signal.aborted || error instanceof AbortError
    ? new AbortError(errorMessage(error), { cause: error, charge })
    : error;
}

function estimateUsage(request: ModelRequest, text: string): TokenUsage {
  const inputTokens = estimatePromptTokens(request.call.messages);
  return { inputTokens, outputTokens: estimateTokens(text), cachedInputTokens: 0 };
}
