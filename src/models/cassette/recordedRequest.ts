import { createHash } from 'node:crypto';
import type { ModelRequest } from '../middleware.ts';
import type { RecordedRequest } from './cassette.ts';

/** Takes out of a text what must not be kept: credentials, personal data. The same text gives the same result. */
export type MaskForStorage = (text: string) => string;

/** The call as a cassette keeps it, and as it is looked for there. */
export function recordedRequestOf({ call, settings }: ModelRequest, mask: MaskForStorage): RecordedRequest {
  const { provider, model, temperature, maxOutputTokens } = settings;
  const schema = call.responseSchema?.schema;
  return {
    provider,
    model,
    parameters: { temperature, maxOutputTokens, ...(schema !== undefined && { schemaHash: hashOf(schema) }) },
    messages: call.messages.map(({ role, content }) => ({ role, content: mask(content) })),
  };
}

/** The same for requests that ask the same. */
export function keyOf({ provider, model, parameters, messages }: RecordedRequest): string {
  const { temperature, maxOutputTokens, schemaHash = '' } = parameters;
  const texts = messages.map(({ role, content }) => [role, content]);
  return hashOf([provider, model, temperature, maxOutputTokens, schemaHash, texts]);
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
