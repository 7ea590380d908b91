import * as vscode from 'vscode';
import type { ReviewFile, ReviewHunk } from '../../orchestrator/review/reviewFile.ts';
import { type DiffSide, type HunkPlace, placesOf } from './hunkPlaces.ts';
import type { OpenReview } from './openReview.ts';
import { addressOf, changeScheme, hashOf, stagedScheme } from './reviewAddress.ts';

/** Where in a review's diff the cursor is. */
export interface ReviewCursor {
  readonly editor: vscode.TextEditor;
  readonly file: ReviewFile;
  readonly side: DiffSide;
  /** From 0. */
  readonly line: number;
  readonly places: readonly HunkPlace<ReviewHunk>[];
}

/** The side of a diff of that review that a document is; undefined for any other document. */
export function sideOf(uri: vscode.Uri, open: OpenReview, scheme = stagedScheme): DiffSide | undefined {
  if (addressOf(uri).runId !== open.runId) return undefined;
  if (uri.scheme === scheme) return 'after';
  const change = uri.scheme === changeScheme ? fileOf(uri, open)?.change : undefined;
  if (!change) return undefined;
  // What has a content that the review has not is an earlier attempt, and its lines are not those of the review.
  const hash = hashOf(uri);
  if (hash === change.before?.hash) return 'before';
  return hash === change.after?.hash ? 'after' : undefined;
}

/** The file of the review whose side that is. */
export function fileOf(uri: vscode.Uri, open: OpenReview): ReviewFile | undefined {
  const { path } = addressOf(uri);
  return open.review.files.find(file => file.path === path || file.change.previousPath === path);
}

/** The cursor of the active editor, if that shows a file of the review. */
export function reviewCursor(open: OpenReview, scheme = stagedScheme): ReviewCursor | undefined {
  const editor = vscode.window.activeTextEditor;
  const side = editor && sideOf(editor.document.uri, open, scheme);
  const file = side && fileOf(editor.document.uri, open);
  if (!file) return undefined;
  return { editor, file, side, line: editor.selection.active.line, places: placesOf(file.hunks, side) };
}
