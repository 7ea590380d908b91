import { z } from 'zod';

/** What is kept in a memo, as JSON. A memo of another form, from another version, is none. */
export function memoSchema<T extends z.ZodType>(schema: T) {
  return z.string().transform(parseJson).pipe(schema);
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('not JSON');
    return z.NEVER;
  }
}
