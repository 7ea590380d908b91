import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import type { ModelServerRequest } from '../test/support/modelServer/modelScript.ts';

/** What OpenAI's chat format adds, by its own cookbook: to each message, and to begin the answer. */
const tokensPerMessage = 3;
const tokensPerAnswer = 3;

/** Input tokens of a request as the server received it, the schema of its answer included, in GPT-4o's encoding. */
export function countInput({ messages, body }: ModelServerRequest): number {
  const sent = messages.reduce((sum, { role, content }) => sum + tokensPerMessage + countText(role + content), 0);
  return sent + tokensPerAnswer + countSchema(body);
}

/** Tokens of the schema that a request asks its answer to have; 0 without one. */
export function countSchema(body: ModelServerRequest['body']): number {
  const format = body['response_format'];
  return format === undefined ? 0 : countText(JSON.stringify(format));
}

export function countText(text: string): number {
  // Nothing in a prompt is a control token, whatever it looks like.
  return countTokens(text, { disallowedSpecial: new Set() });
}
