import { z } from 'zod';
import { finishReasonSchema } from '../domain/schema/model.ts';
import type { Journal } from '../journal/journal.ts';
import type { AnswerStore } from '../models/reuse/cacheMiddleware.ts';

/** As JSON. A memo of another form, from another version, is none. */
const memoSchema = z
  .string()
  .transform(parseJson)
  .pipe(z.strictObject({ textHash: z.string(), finishReason: finishReasonSchema }));

/** Keeps answers of models in the journal: a memo by the key of the call, its text among the contents. */
export function journaledAnswers({ contents, memos }: Pick<Journal, 'contents' | 'memos'>): AnswerStore {
  return {
    get: key => {
      const memo = memoSchema.safeParse(memos.get(memoKey(key))).data;
      const bytes = memo && contents.get(memo.textHash);
      return bytes && { text: new TextDecoder().decode(bytes), finishReason: memo.finishReason };
    },
    put: (key, { text, finishReason }) => {
      memos.put(memoKey(key), JSON.stringify({ textHash: contents.put(text), finishReason }));
    },
  };
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('not JSON');
    return z.NEVER;
  }
}

function memoKey(key: string): string {
  return `answer/${key}`;
}
