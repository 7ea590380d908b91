import { createHash } from 'node:crypto';
import { remembered } from '../../base/remembered.ts';
import type { ModelMessage, ModelSettings } from '../../domain/schema/model.ts';
import type { ModelCall } from '../modelClient.ts';

/** Changed when what is kept under a key, or what goes into it, means something else than before. */
const version = 2;

export interface KeyedCall {
  readonly call: Pick<ModelCall, 'messages' | 'responseSchema'>;
  readonly settings: ModelSettings;
  /** Which server answers: one name may stand for different models at different addresses. */
  readonly server: string;
}

/** The same for calls that ask the same model the same thing in the same way: SHA-256, in hex. */
export function callKey({ call, settings, server }: KeyedCall): string {
  const { provider, model, temperature, maxOutputTokens } = settings;
  const schema = call.responseSchema === undefined ? null : sorted(call.responseSchema.schema);
  const messages = call.messages.map(message => [message.role, contentHash(message)]);
  const parts = [version, server, provider, model, temperature, maxOutputTokens, schema, messages];
  return sha256(JSON.stringify(parts));
}

/** A conversation's messages are sent again with each of its turns. */
const contentHash = remembered(new WeakMap<ModelMessage, string>(), ({ content }) => sha256(content));

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The order of an object's properties means nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([name, inner]) => [name, sorted(inner)]);
}
