import { estimateTokens } from '../../base/tokenEstimate.ts';
import type { ModelMessage } from '../../domain/schema/model.ts';

/** What chat templates add around each message. */
const tokensPerMessage = 5;

/** About how many tokens a conversation takes; see `estimateTokens` for how far to trust it. */
export function estimatePromptTokens(messages: readonly ModelMessage[]): number {
  return messages.reduce((sum, message) => sum + tokensPerMessage + estimateTokens(message.content), 0);
}

/** What models are usually loaded with, where it is not what was asked for. */
const usualContexts = [1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072];

/**
 * The context that a prompt was cut to, when the server read less than it was sent; otherwise undefined. A server that is sent more than its context holds
 * says nothing, keeps some, and counts what it kept: usually half the context and two (ollama/ollama#17427), or the
 * whole of it. Our own estimate is only good to some 30 %, so a count is suspicious when it is far below the estimate
 * and the estimate is near the limit, or when it is one of those two numbers; of a context that is smaller than the one
 * that was asked for, when the prompt cannot have fitted into it.
 */
export function contextThatCut(estimated: number, counted: number, contextLength: number): number | undefined {
  if (counted >= contextLength) return contextLength;
  if (estimated >= contextLength * 0.6 && (counted < estimated * 0.6 || isHalf(counted, contextLength))) {
    return contextLength;
  }
  return usualContexts.find(
    context =>
      context < contextLength && estimated > context * 1.3 && (counted === context || isHalf(counted, context)),
  );
}

function isHalf(counted: number, contextLength: number): boolean {
  return Math.abs(counted - contextLength / 2 - 2) <= 2;
}

/** The full address for a host as `OLLAMA_HOST` gives it: scheme and port may be missing, and 0.0.0.0 is this machine. */
export function ollamaUrl(host: string): string {
  const hasScheme = host.includes('://');
  const url = new URL(hasScheme ? host : `http://${host.startsWith(':') ? '127.0.0.1' : ''}${host}`);
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (url.port === '' && !hasScheme) url.port = '11434';
  return url.href.replace(/\/$/, '');
}
