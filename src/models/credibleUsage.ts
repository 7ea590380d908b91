import type { TokenUsage } from '../domain/schema/model.ts';
import type { ModelRequest } from './middleware.ts';

/** What a server may add to a prompt (templates, the schema, its own instructions), in tokens. */
const addedTokens = 20_000;
/** How far a model that reasons may go beyond the tokens it was asked to keep to. */
const reasoningFactor = 20;

/**
 * The server's count of a call, unless it cannot be: nothing for a prompt or an answer that was not empty, as servers say
 * that do not count, or more than there can be, since no token is shorter than a byte. A count that is believed is
 * charged, so a wrong one would make a budget useless in one direction or stop the run in the other.
 */
export function credibleUsage(
  usage: TokenUsage | undefined,
  request: ModelRequest,
  text: string,
): TokenUsage | undefined {
  if (usage === undefined) return undefined;
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens = 0 } = usage;
  const promptBytes = request.call.messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  const mostOutput = Math.max(Buffer.byteLength(text), request.settings.maxOutputTokens * reasoningFactor);
  const isCredible =
    inputTokens > 0 &&
    inputTokens <= promptBytes + addedTokens &&
    cachedInputTokens + cacheWriteTokens <= inputTokens &&
    (outputTokens > 0 || text === '') &&
    outputTokens <= mostOutput;
  return isCredible ? usage : undefined;
}
