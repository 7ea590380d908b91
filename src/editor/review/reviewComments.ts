import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { ValidationError } from '../../base/errors.ts';
import type { ReviewComment } from '../../domain/schema/review.ts';
import type { OpenReview } from './openReview.ts';
import { contentUri, stagedUri } from './reviewAddress.ts';
import { fileOf, sideOf } from './reviewCursor.ts';

/** One remark of the user's, as the editor shows it. */
interface ShownComment extends vscode.Comment {
  readonly id: string;
}

export interface ReviewCommentsOptions {
  readonly review: () => OpenReview | undefined;
  readonly scheme?: string;
}

/** Comments on the lines of a review's diff. The review holds them; the threads in the editor show them. */
export class ReviewComments implements Disposable {
  readonly #options: ReviewCommentsOptions;
  readonly #resources = new DisposableStore();
  readonly #controller: vscode.CommentController;
  /** By side, path and line. */
  readonly #threads = new Map<string, vscode.CommentThread>();

  constructor(options: ReviewCommentsOptions) {
    this.#options = options;
    this.#controller = this.#resources.add(vscode.comments.createCommentController('trellis.review', 'Trellis review'));
    this.#controller.options = {
      prompt: 'Comment for the agent',
      placeHolder: 'Say what is to be changed here',
    };
    this.#controller.commentingRangeProvider = {
      provideCommentingRanges: document => this.rangesOf(document),
    };
  }

  /** The lines that can be commented on: all of a file that an item of the plan changed, while its review waits. */
  rangesOf(document: vscode.TextDocument): vscode.Range[] {
    const open = this.#options.review();
    if (!open?.isPending || sideOf(document.uri, open, this.#options.scheme) === undefined) return [];
    if (fileOf(document.uri, open)?.itemId === undefined) return [];
    return [new vscode.Range(0, 0, Math.max(0, lastLineOf(document)), 0)];
  }

  /** Keeps what was typed into a thread of the editor's. Throws `ValidationError` when it cannot be. */
  add({ thread, text }: Pick<vscode.CommentReply, 'thread' | 'text'>): void {
    const open = this.#options.review();
    const side = open && sideOf(thread.uri, open, this.#options.scheme);
    const file = side && fileOf(thread.uri, open);
    if (!file || !open.isPending) throw new ValidationError('Nothing waits for a comment here any more.');
    const line = (thread.range?.end.line ?? 0) + 1;
    this.#threads.set(keyOf({ path: file.path, side, line }), thread);
    open.review.comment({ path: file.path, text, line, side });
    this.sync();
  }

  /** Takes a comment back that was not sent yet. */
  remove(comment: unknown): void {
    const id = typeof comment === 'object' && comment !== null && 'id' in comment ? comment.id : undefined;
    if (typeof id !== 'string') throw new ValidationError('Choose the comment that is to be removed.');
    this.#options.review()?.review.removeComment(id);
    this.sync();
  }

  /** Brings the threads in line with the review: what was sent or removed goes, what was there before a reload comes back. */
  sync(): void {
    const open = this.#options.review();
    const groups = Map.groupBy(open?.review.comments ?? [], keyOf);
    for (const [key, thread] of this.#threads) {
      if (groups.has(key)) continue;
      thread.dispose();
      this.#threads.delete(key);
    }
    for (const [key, comments] of groups) {
      const thread = this.#threads.get(key) ?? this.#openThread(open, comments[0]);
      if (!thread) continue;
      this.#threads.set(key, thread);
      thread.label = 'Goes back to the agent when you request changes';
      thread.comments = comments.map(shownComment);
    }
  }

  async dispose(): Promise<void> {
    for (const thread of this.#threads.values()) thread.dispose();
    await this.#resources.dispose();
  }

  #openThread(open: OpenReview | undefined, comment: ReviewComment | undefined): vscode.CommentThread | undefined {
    const file = open?.review.files.find(each => each.path === comment?.path);
    if (!open || !comment || !file) return undefined;
    const { runId, root } = open;
    const { before, previousPath } = file.change;
    const uri =
      comment.side === 'after'
        ? stagedUri({ runId, path: file.path }, this.#options.scheme)
        : contentUri({ runId, path: previousPath ?? file.path }, root.path, before?.hash);
    const line = (comment.line ?? 1) - 1;
    return this.#controller.createCommentThread(uri, new vscode.Range(line, 0, line, 0), []);
  }
}

function keyOf({ path, side, line }: Pick<ReviewComment, 'path' | 'side' | 'line'>): string {
  return `${side}:${line ?? 1}:${path}`;
}

function shownComment({ id, text }: ReviewComment): ShownComment {
  const body = new vscode.MarkdownString();
  body.appendText(text);
  return { id, body, mode: vscode.CommentMode.Preview, author: { name: 'You' }, contextValue: 'unsent' };
}

/** The line after a final line break is the editor's, not the file's. */
function lastLineOf(document: vscode.TextDocument): number {
  const last = document.lineCount - 1;
  return document.lineAt(last).text === '' ? last - 1 : last;
}
