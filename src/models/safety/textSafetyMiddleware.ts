import { throwIfAborted } from '../../base/abort.ts';
import type { KnownSecret } from '../../base/credentials/findCredentials.ts';
import { ModelError } from '../../base/errors.ts';
import type { ModelMessage } from '../../domain/schema/model.ts';
import type { SafetySettings, TextFlag } from '../../domain/schema/safety.ts';
import { addTextFlags } from '../../domain/textFlags.ts';
import type { ModelMiddleware, ModelRequest } from '../middleware.ts';
import { type CheckedMessage, checkMessage } from './textSafety.ts';

export interface TextSafetyOptions {
  readonly settings: SafetySettings;
  /** Secrets of the workspace, looked up once before the first call. */
  readonly knownSecrets: () => Promise<readonly KnownSecret[]>;
  /** Told what was found in messages that were not checked before. */
  readonly report: (request: ModelRequest, flags: readonly TextFlag[]) => void;
  /** Told of each message that is not sent as it was written, before it is sent. */
  readonly onChanged?: (written: string, sent: string) => Promise<void>;
  /** Told of a call that is not made, with the error that it ends with. */
  readonly onStopped?: (request: ModelRequest, error: ModelError) => Promise<void>;
}

/**
 * Lets no credential out, reports personal data, and marks quoted text that reads like instructions. A message is
 * checked once, however often it is sent: the middleware may stand in the chain twice, so that what another layer
 * changed is checked again, and everything else costs nothing.
 */
export function textSafetyMiddleware({
  settings,
  knownSecrets,
  report,
  onChanged,
  onStopped,
}: TextSafetyOptions): ModelMiddleware {
  const checked = new WeakMap<ModelMessage, ModelMessage>();
  let known: Promise<readonly KnownSecret[]> | undefined;
  return {
    name: 'text safety',
    handle: async (request, next) => {
      const { messages } = request.call;
      if (messages.every(message => checked.get(message) === message)) return next(request);
      known ??= knownSecrets();
      const secrets = await known;
      const fresh: CheckedMessage[] = [];
      const safe: ModelMessage[] = [];
      for (const message of messages) {
        const before = checked.get(message);
        if (before === undefined) {
          const result = await checkMessage(message, settings, secrets, request).catch((error: unknown) => {
            throwIfAborted(request.signal);
            throw error;
          });
          fresh.push(result);
          safe.push(result.message);
        } else safe.push(before);
      }
      const flags = addTextFlags(
        [],
        fresh.flatMap(result => result.flags),
      );
      if (flags.length > 0) report(request, flags);
      const stopped = flags.filter(flag => flag.action === 'stopped');
      if (stopped.length > 0) {
        const places = fresh.flatMap(result => result.places);
        const error = stoppedCall(request, stopped, places);
        await onStopped?.(request, error);
        throw error;
      }
      for (const [index, message] of safe.entries()) {
        const original = messages[index];
        if (original !== undefined) checked.set(original, message);
        if (original !== undefined && original.content !== message.content)
          await onChanged?.(original.content, message.content);
        checked.set(message, message);
      }
      return next({ ...request, call: { ...request.call, messages: safe } });
    },
  };
}

function stoppedCall(request: ModelRequest, flags: readonly TextFlag[], places: readonly string[]): ModelError {
  const { call, settings } = request;
  const kinds = flags.map(flag => flag.kind).join(', ');
  const where = places.length === 0 ? '' : ` in ${places.slice(0, 3).join(' and ')}`;
  return new ModelError(
    `The call to the ${call.role} model was stopped: its text holds credentials${where} (${kinds}); take them out, name the file in .trellisignore, or set safety.credentials to mask.`,
    { provider: settings.provider, retryable: false },
  );
}
