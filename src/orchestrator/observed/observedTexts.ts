import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { FindMasked } from '../../changes/maskedText.ts';
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

/** Sends each message as it was sent in the run, in place of the layer that made it so. */
export function replayedMessages(observer: Observer): ModelMiddleware {
  return {
    name: 'recorded messages',
    handle: async (request, next) => {
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
