import { createHash } from 'node:crypto';
import type { ModelRequest } from '../middleware.ts';
import type { MaskForStorage } from '../safety/maskForStorage.ts';
import type { RecordedRequest } from './cassette.ts';

/** The call as a cassette keeps it, and as it is looked for there. */
export async function recordedRequestOf(
  { call, settings }: ModelRequest,
  mask: MaskForStorage,
): Promise<RecordedRequest> {
  const { provider, model, temperature, maxOutputTokens } = settings;
  const schema = call.responseSchema?.schema;
  return {
    provider,
    model,
    parameters: { temperature, maxOutputTokens, ...(schema !== undefined && { schemaHash: hashOf(schema) }) },
    messages: await Promise.all(
      call.messages.map(async ({ role, content }) => ({ role, content: await mask(content) })),
    ),
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
