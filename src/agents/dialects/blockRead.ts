import type { FileEdit } from '../../domain/schema/changes.ts';

/** A reply, or as much of it as has arrived, by lines. */
export interface ReplyLines {
  readonly lines: readonly string[];
  /** Nothing more is to come. */
  readonly isComplete: boolean;
}

export type Dialect = 'wholeFile' | 'searchReplace' | 'unifiedDiff' | 'beginPatch';

/** What a reader made of the block at its line; `end` is the index of the first line behind it. */
export type BlockRead =
  | { readonly kind: 'edits'; readonly edits: readonly FileEdit[]; readonly end: number }
  | { readonly kind: 'problem'; readonly path: string; readonly reason: string; readonly end: number }
  /** The end of the block has not arrived; `path` is `''` while it has not said it. */
  | { readonly kind: 'open'; readonly path: string };

export function blockProblem(path: string, reason: string, end: number): BlockRead {
  return { kind: 'problem', path, reason, end };
}

/** A block whose end is not there: still to come, or, at the end of the reply, missing. */
export function unfinished(reply: ReplyLines, path: string, reason: string, end = reply.lines.length): BlockRead {
  return reply.isComplete ? blockProblem(path, reason, end) : { kind: 'open', path };
}
