import type { FileEdit } from '../../domain/schema/changes.ts';

/** A reply, or as much of it as has arrived, by lines. */
export interface ReplyLines {
  readonly lines: readonly string[];
  /** Nothing more is to come. */
  readonly isComplete: boolean;
}

/** What a reader made of the block at its line; `end` is the index of the first line behind it. */
export type BlockRead =
  | { readonly kind: 'edits'; readonly edits: readonly FileEdit[]; readonly end: number }
  | { readonly kind: 'problem'; readonly path: string; readonly reason: string; readonly end: number }
  /** The end of the block has not arrived; `paths` are the files that it has named so far. */
  | { readonly kind: 'open'; readonly paths: readonly string[] };

export function blockProblem(path: string, reason: string, end: number): BlockRead {
  return { kind: 'problem', path, reason, end };
}

/** A block whose end is not there: still to come, or, at the end of the reply, missing. */
export function unfinished({ lines, isComplete }: ReplyLines, paths: readonly string[], reason: string): BlockRead {
  return isComplete ? blockProblem(paths[0] ?? '', reason, lines.length) : { kind: 'open', paths };
}
