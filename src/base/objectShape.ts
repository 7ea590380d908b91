import { z } from 'zod';

/** A function, whatever it takes and returns. */
export const anyFunction = z.custom<(...parameters: never[]) => unknown>(
  value => typeof value === 'function',
  'must be a function',
);

/**
 * Checks an object that brings functions of its own: unlike a plain object schema it gives back the very object, so that
 * its functions find their `this`. Properties beyond `shape` are allowed.
 */
export function objectWith<T>(shape: z.ZodRawShape): z.ZodType<T> {
  const schema = z.looseObject(shape);
  return z.custom<T>().superRefine((value, context) => {
    for (const { message, path } of schema.safeParse(value).error?.issues ?? []) {
      context.addIssue({ code: 'custom', message, path: [...path] });
    }
  });
}
