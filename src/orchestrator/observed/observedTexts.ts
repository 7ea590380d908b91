import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ModelError } from '../../base/errors.ts';
import type { FindMasked } from '../../changes/edits/maskedText.ts';
import type { ModelMiddleware } from '../../models/middleware.ts';
import type { Observer } from './observer.ts';

const findingsSchema = z.array(z.strictObject({ kind: z.string(), start: z.number(), end: z.number() }));

/** Keeps where something was masked in a text, under the text's hash: the secrets themselves are nowhere in a journal. */
export function observedMasking(findMasked: FindMasked, observer: Observer): FindMasked {
  return text =>
    observer.observe({ what: 'masked', subject: [hashOf(text)], schema: findingsSchema, usual: [] }, async () => [
      ...(await findMasked(text)),
    ]);
}

/** How a message was sent that was not sent as it was written. */
function lookAtMessage(content: string) {
  return { what: 'message', subject: [hashOf(content)], schema: z.string(), usual: content } as const;
}

/** Keeps what a message for a model was made into before it was sent. */
export async function recordMessage(observer: Observer, written: string, sent: string): Promise<void> {
  await observer.observe(lookAtMessage(written), () => Promise.resolve(sent));
}

/** Nothing is seen of a call that was made; of one that was stopped the error. */
function lookAtStop(exchangeId: string) {
  return { what: 'stop', subject: [exchangeId], schema: z.null(), usual: null } as const;
}

/** Keeps that a call was not made, and why. */
export async function recordStop(observer: Observer, exchangeId: string, error: ModelError): Promise<void> {
  await observer.observe(lookAtStop(exchangeId), () => Promise.reject(error)).catch(() => undefined);
}

/** Sends each message as it was sent in the run, in place of the layer that made it so; stops the calls that it stopped. */
export function replayedMessages(observer: Observer): ModelMiddleware {
  return {
    name: 'recorded messages',
    handle: async (request, next) => {
      await observer.observe(lookAtStop(request.exchangeId), () => Promise.resolve(null));
      const messages = await Promise.all(
        request.call.messages.map(async message => {
          const look = lookAtMessage(message.content);
          return { ...message, content: await observer.observe(look, () => Promise.resolve(message.content)) };
        }),
      );
      return next({ ...request, call: { ...request.call, messages } });
    },
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
