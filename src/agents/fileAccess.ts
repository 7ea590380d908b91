import { ValidationError } from '../base/errors.ts';
import type { StagedView } from '../changes/stagedFiles.ts';

export type FoundText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  /** A binary file, or a path that may not be named; `reason` is one sentence. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** The text of a file, or why there is none, as data: an agent names files that are not there every day. */
export async function readTextOr(files: Pick<StagedView, 'readText'>, path: string): Promise<FoundText> {
  return orRefused(async () => {
    const text = await files.readText(path);
    return text === undefined ? { kind: 'missing' as const } : { kind: 'text' as const, text };
  });
}

/** The result of `access`, or the sentence with which a path in it was refused. */
export async function orRefused<T>(
  access: () => Promise<T>,
): Promise<T | { readonly kind: 'unreadable'; readonly reason: string }> {
  try {
    return await access();
  } catch (error) {
    if (error instanceof ValidationError) return { kind: 'unreadable', reason: error.message };
    throw error;
  }
}
