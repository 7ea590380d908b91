import * as vscode from 'vscode';
import { ValidationError } from '../../base/errors.ts';
import type { HunkDecision } from '../../domain/schema/review.ts';
import type { ReviewTarget } from '../../orchestrator/review/review.ts';
import type { ReviewFile, ReviewHunk } from '../../orchestrator/review/reviewFile.ts';
import type { RunService } from '../runService.ts';
import { type HunkPlace, neighbourOf, placeNear, placesOf } from './hunkPlaces.ts';
import type { OpenReview } from './openReview.ts';
import { changeScheme, stagedScheme } from './reviewAddress.ts';
import { type ReviewCursor, reviewCursor } from './reviewCursor.ts';
import type { ReviewDiffs } from './reviewDiffs.ts';
import { filesInOrder, type ReviewNode, targetsOf } from './reviewOutline.ts';

export interface ReviewActionsOptions {
  readonly service: Pick<RunService, 'review'>;
  readonly diffs: ReviewDiffs;
  /** What is selected in the tree, where the user sees it; asked when no diff of Trellis is in front. */
  readonly selected: () => ReviewNode | undefined;
  /** Shows in the tree where the cursor went. */
  readonly reveal: (path: string, hunkId: string) => void;
  readonly scheme?: string;
}

/** How long the status bar says that there is nothing further, in milliseconds. */
const endShownMs = 5_000;

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

  /** Accepts or rejects the node; or else the hunk or file that the cursor is in, and goes on to the next one. */
  async decide(decision: HunkDecision, scope: 'hunk' | 'file', node?: ReviewNode): Promise<void> {
    const open = this.pending;
    await this.saveEdits(open);
    const cursor = node ? undefined : reviewCursor(open, this.#options.scheme);
    if (!cursor) {
      for (const target of this.#chosenTargets(scope, node)) open.review.decide(target, decision);
      return;
    }
    const target = scope === 'file' ? fileTarget(cursor) : hunkTarget(cursor);
    open.review.decide(target, decision);
    const isThere = scope === 'hunk' && this.#goInFile('next', cursor);
    if (!isThere && !(await this.#goToFile(open, 'next', cursor)))
      vscode.window.setStatusBarMessage('$(info) That was the last change of the review.', endShownMs);
  }

  /** Accepts or rejects all that an item of the plan changed. */
  async decideItem(decision: HunkDecision, node: ReviewNode | undefined): Promise<void> {
    if (node?.kind !== 'item') throw new ValidationError('Choose an item in the tree of the review.');
    await this.decide(decision, 'hunk', node);
  }

  /** Accepts what is selected in the tree where it is rejected, and the other way round. */
  async toggle(): Promise<void> {
    const node = this.#options.selected();
    if (!node) throw new ValidationError('Select something in the tree of the review.');
    await this.check(node, !node.isChecked);
  }

  /** Takes a check box's word for its node. */
  async check(node: ReviewNode, isChecked: boolean): Promise<void> {
    await this.decide(isChecked ? 'kept' : 'rejected', 'hunk', node);
  }

  /** Opens the diff of the node's file, or else of what is selected in the tree, at its hunk. */
  async openNode(node = this.#options.selected()): Promise<void> {
    if (!node || node.kind === 'item') throw new ValidationError('Select a file or a hunk in the tree of the review.');
    if (node.kind === 'file') await this.openFile(node.file.path);
    else await this.#show(this.#open, node.file.path, ({ hunk }) => hunk.id === node.hunk.id);
  }

  /** Opens the diff of a file, at its first hunk. */
  async openFile(path: string): Promise<void> {
    await this.#show(this.#open, path, () => true);
  }

  /** Moves the cursor to the next hunk or the one before, over the ends of files. */
  async go(direction: 'next' | 'previous'): Promise<void> {
    const open = this.#open;
    const cursor = reviewCursor(open, this.#options.scheme);
    if (cursor && this.#goInFile(direction, cursor)) return;
    if (await this.#goToFile(open, direction, cursor)) return;
    const end = direction === 'next' ? 'last' : 'first';
    vscode.window.setStatusBarMessage(`$(info) This is the ${end} change of the review.`, endShownMs);
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

  /** What the node stands for, or else what is selected in the tree: never while a text of Trellis is in front that is not the review's. */
  #chosenTargets(scope: 'hunk' | 'file', node: ReviewNode | undefined): readonly ReviewTarget[] {
    const inFront = vscode.window.activeTextEditor?.document.uri.scheme;
    const chosen = node ?? (inFront === changeScheme ? undefined : this.#options.selected());
    if (!chosen) throw new ValidationError('Put the cursor into a change of the review, or select one in its tree.');
    if (scope === 'file' && chosen.kind === 'hunk') return [fileTarget(chosen)];
    return targetsOf(chosen);
  }

  /** False when the file has no other hunk that way. */
  #goInFile(direction: 'next' | 'previous', { editor, file, places, line }: ReviewCursor): boolean {
    const place = neighbourOf(places, line, direction);
    if (!place) return false;
    moveTo(editor, place.startLine);
    this.#options.reveal(file.path, place.hunk.id);
    return true;
  }

  /** Opens the file after or before the cursor's, the first or last without one; false when there is none. */
  async #goToFile(
    open: OpenReview,
    direction: 'next' | 'previous',
    cursor: ReviewCursor | undefined,
  ): Promise<boolean> {
    const isNext = direction === 'next';
    const files = filesInOrder(open.review).filter(({ hunks }) => hunks.length > 0);
    const at = files.findIndex(({ path }) => path === cursor?.file.path);
    const file = cursor ? files[isNext ? at + 1 : at - 1] : files.at(isNext ? 0 : -1);
    if (!file) return false;
    // From the end of a file the overview goes on to the next one.
    if (cursor && this.#options.diffs.isOverviewInFront) moveTo(cursor.editor, isNext ? Number.MAX_SAFE_INTEGER : 0);
    if (!(await this.#options.diffs.goInOverview(direction)))
      await this.#show(open, file.path, (_, index, all) => index === (isNext ? 0 : all.length - 1));
    const hunk = file.hunks.at(isNext ? 0 : -1);
    if (hunk) this.#options.reveal(file.path, hunk.id);
    return true;
  }

  async #show(
    open: OpenReview,
    path: string,
    isWanted: (place: HunkPlace<ReviewHunk>, index: number, all: readonly HunkPlace<ReviewHunk>[]) => boolean,
  ): Promise<void> {
    const file = open.review.files.find(each => each.path === path);
    if (!file) throw new ValidationError(`The run does not change ${path} any more.`);
    const place = placesOf(file.hunks, file.change.after ? 'after' : 'before').find(isWanted);
    await this.#options.diffs.openFile(open, file, place?.startLine);
  }
}

function fileTarget({ file }: { readonly file: ReviewFile }): ReviewTarget {
  return { kind: 'file', path: file.path };
}

function hunkTarget({ file, places, line }: ReviewCursor): ReviewTarget {
  // What has no lines, such as a new name, is decided from anywhere in its file when there is nothing else.
  const place = placeNear(places, line);
  const hunk = place?.hunk ?? (file.hunks.length === 1 ? file.hunks[0] : undefined);
  if (!hunk) throw new ValidationError('The cursor is in no hunk; go to the next one first.');
  return { kind: 'hunk', path: file.path, hunkId: hunk.id };
}

function moveTo(editor: vscode.TextEditor, line: number): void {
  const position = new vscode.Position(Math.min(line, editor.document.lineCount - 1), 0);
  editor.selection = new vscode.Selection(position, position);
  editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
