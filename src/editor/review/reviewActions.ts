import * as vscode from 'vscode';
import { ValidationError } from '../../base/errors.ts';
import type { HunkDecision } from '../../domain/schema/review.ts';
import type { ReviewTarget } from '../../orchestrator/review/review.ts';
import type { ReviewHunk } from '../../orchestrator/review/reviewFile.ts';
import type { RunService } from '../runService.ts';
import { type HunkPlace, neighbourOf, placeAt, placesOf } from './hunkPlaces.ts';
import type { OpenReview } from './openReview.ts';
import { stagedScheme } from './reviewAddress.ts';
import { type ReviewCursor, reviewCursor } from './reviewCursor.ts';
import type { ReviewDiffs } from './reviewDiffs.ts';
import { type ReviewNode, targetsOf } from './reviewOutline.ts';

export interface ReviewActionsOptions {
  readonly service: Pick<RunService, 'review'>;
  readonly diffs: ReviewDiffs;
  /** What is selected in the tree; asked when no diff of the review is in front. */
  readonly selected: () => ReviewNode | undefined;
  readonly scheme?: string;
}

/** What a person decides while reviewing, the same for tree, diff and palette. Each throws one sentence. */
export class ReviewActions {
  readonly #options: ReviewActionsOptions;

  constructor(options: ReviewActionsOptions) {
    this.#options = options;
  }

  /** The review that waits for a decision. Throws `ValidationError` when none does. */
  get pending(): OpenReview {
    const open = this.#open;
    if (!open.isPending)
      throw new ValidationError('What you decided is being worked on; the review goes on after that.');
    return open;
  }

  /** Accepts or rejects the node, or else the hunk or file that the cursor is in. */
  async decide(decision: HunkDecision, scope: 'hunk' | 'file', node?: ReviewNode): Promise<void> {
    const open = this.pending;
    await this.saveEdits(open);
    for (const target of this.#targets(open, scope, node)) open.review.decide(target, decision);
  }

  /** Takes a check box's word for its node. */
  async check(node: ReviewNode, isChecked: boolean): Promise<void> {
    await this.decide(isChecked ? 'kept' : 'rejected', 'hunk', node);
  }

  /** Opens the diff of the node's file, or else of what is selected in the tree, at its hunk. */
  async openNode(node = this.#options.selected()): Promise<void> {
    if (!node || node.kind === 'item') throw new ValidationError('Select a file or a hunk in the tree of the review.');
    if (node.kind === 'file') await this.openFile(node.file.path);
    else await this.#show(this.#open, node.path, ({ hunk }) => hunk.id === node.hunk.id);
  }

  /** Opens the diff of a file, at its first hunk. */
  async openFile(path: string): Promise<void> {
    await this.#show(this.#open, path, () => true);
  }

  /** Moves the cursor to the next hunk or the one before, over the ends of files. */
  async go(direction: 'next' | 'previous'): Promise<void> {
    const open = this.#open;
    const cursor = reviewCursor(open, this.#options.scheme);
    const place = cursor && neighbourOf(cursor.places, cursor.line, direction);
    if (place) {
      moveTo(cursor.editor, place.startLine);
      return;
    }
    const files = open.review.files.filter(({ hunks }) => placesOf(hunks, 'after').length > 0);
    const at = files.findIndex(({ path }) => path === cursor?.file.path);
    const step = direction === 'next' ? 1 : -1;
    const file = cursor ? files[at + step] : files.at(direction === 'next' ? 0 : -1);
    if (!file)
      throw new ValidationError(
        `There is no ${direction} hunk: this is the ${direction === 'next' ? 'last' : 'first'}.`,
      );
    await this.#show(open, file.path, (_, index, all) => index === (direction === 'next' ? 0 : all.length - 1));
  }

  /** Saves what was typed into staged texts, so that decisions are on what is seen. */
  async saveEdits({ runId }: Pick<OpenReview, 'runId'>): Promise<void> {
    const { scheme = stagedScheme } = this.#options;
    const edited = vscode.workspace.textDocuments.filter(
      ({ uri, isDirty }) => isDirty && uri.scheme === scheme && uri.authority === runId,
    );
    for (const document of edited) {
      if (!(await document.save())) {
        throw new ValidationError(
          `What you wrote in ${document.uri.path.slice(1)} could not be saved; look at its editor.`,
        );
      }
    }
  }

  get #open(): OpenReview {
    const open = this.#options.service.review;
    if (!open) throw new ValidationError('No changes wait for a review.');
    return open;
  }

  #targets(open: OpenReview, scope: 'hunk' | 'file', node: ReviewNode | undefined): readonly ReviewTarget[] {
    const cursor = node ? undefined : reviewCursor(open, this.#options.scheme);
    if (cursor) return [scope === 'file' ? { kind: 'file', path: cursor.file.path } : hunkTarget(cursor)];
    const chosen = node ?? this.#options.selected();
    if (!chosen) throw new ValidationError('Put the cursor into a change of the review, or select one in its tree.');
    if (scope === 'file' && chosen.kind === 'hunk') return [{ kind: 'file', path: chosen.path }];
    return targetsOf(chosen);
  }

  async #show(
    open: OpenReview,
    path: string,
    isWanted: (place: HunkPlace<ReviewHunk>, index: number, all: readonly HunkPlace<ReviewHunk>[]) => boolean,
  ): Promise<void> {
    const file = open.review.files.find(each => each.path === path);
    if (!file) throw new ValidationError(`The run does not change ${path} any more.`);
    const place = placesOf(file.hunks, file.change.after ? 'after' : 'before').find(isWanted);
    await this.#options.diffs.openFile(open, file, place ? { line: place.startLine } : {});
  }
}

function hunkTarget({ file, places, line }: ReviewCursor): ReviewTarget {
  // What has no lines, such as a new name, is decided from anywhere in its file when there is nothing else.
  const place = placeAt(places, line);
  const hunk = place?.hunk ?? (file.hunks.length === 1 ? file.hunks[0] : undefined);
  if (!hunk) throw new ValidationError('The cursor is in no hunk; go to the next one first.');
  return { kind: 'hunk', path: file.path, hunkId: hunk.id };
}

function moveTo(editor: vscode.TextEditor, line: number): void {
  const position = new vscode.Position(Math.min(line, editor.document.lineCount - 1), 0);
  editor.selection = new vscode.Selection(position, position);
  editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
