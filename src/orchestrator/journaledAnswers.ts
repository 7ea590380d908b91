import { z } from 'zod';
import { finishReasonSchema } from '../domain/schema/model.ts';
import type { Journal } from '../journal/journal.ts';
import type { AnswerStore } from '../models/reuse/cacheMiddleware.ts';
import { memoSchema } from './storedMemo.ts';

const answerSchema = memoSchema(z.strictObject({ textHash: z.string(), finishReason: finishReasonSchema }));

export interface JournaledAnswers extends AnswerStore {
  /** Drops the answers that were given or kept here on behalf of the items. */
  forget(itemIds: readonly string[]): void;
}

/** Keeps answers of models in the journal, for one run: a memo by the key of the call, its text among the contents. */
export function journaledAnswers({ contents, memos }: Pick<Journal, 'contents' | 'memos'>): JournaledAnswers {
  const items = new Map<string, string>();
  const note = (key: string, itemId: string | undefined) => itemId !== undefined && items.set(key, itemId);
  return {
    get: (key, itemId) => {
      note(key, itemId);
      const memo = answerSchema.safeParse(memos.get(memoKey(key))).data;
      const bytes = memo && contents.get(memo.textHash);
      return bytes && { text: new TextDecoder().decode(bytes), finishReason: memo.finishReason };
    },
    put: (key, { text, finishReason }, itemId) => {
      note(key, itemId);
      memos.put(memoKey(key), JSON.stringify({ textHash: contents.put(text), finishReason }));
    },
    forget: itemIds => {
      for (const [key, itemId] of items) if (itemIds.includes(itemId)) memos.put(memoKey(key), '');
    },
  };
}

function memoKey(key: string): string {
  return `answer/${key}`;
}
