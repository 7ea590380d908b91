import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { ValidationError } from '../../base/errors.ts';
import type { CommandHandlers, ReviewCommandId } from '../commandTable.ts';
import type { ContextKeys } from '../contextKeys.ts';
import type { RunService } from '../runService.ts';
import { HunkDecorations } from './hunkDecorations.ts';
import { placeAt } from './hunkPlaces.ts';
import type { OpenReview } from './openReview.ts';
import { ReviewActions } from './reviewActions.ts';
import { stagedScheme } from './reviewAddress.ts';
import { ReviewComments } from './reviewComments.ts';
import { reviewCursor } from './reviewCursor.ts';
import { ReviewDiffs } from './reviewDiffs.ts';
import { ReviewEnding } from './reviewEnding.ts';
import { type ReviewNode, summarizeReview } from './reviewOutline.ts';
import { ReviewTree, reviewViewId } from './reviewTree.ts';
import { StagedFileSystem } from './stagedFileSystem.ts';

export interface ReviewViewOptions {
  readonly service: RunService;
  readonly extensionUri: vscode.Uri;
  readonly contextKeys: ContextKeys;
  /** Shows the user what went wrong. */
  readonly report: (error: unknown) => void;
}

/** How long changes of a review are gathered before they are shown together, in milliseconds: a frame. */
const gatherMs = 16;

/** The review in the editor: the tree, the diffs with their editable side, the marks and comments in them. */
export class ReviewView implements Disposable {
  readonly actions: ReviewActions;
  readonly ending: ReviewEnding;
  readonly #service: RunService;
  readonly #diffs: ReviewDiffs;
  readonly #staged: StagedFileSystem;
  readonly #tree: ReviewTree;
  readonly #view: vscode.TreeView<ReviewNode>;
  readonly #decorations: HunkDecorations;
  readonly #comments: ReviewComments;
  readonly #resources = new DisposableStore();
  readonly #contextKeys: ContextKeys;
  readonly #report: (error: unknown) => void;
  readonly #lifetime = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #lastRunId: string | undefined;

  constructor({ service, extensionUri, contextKeys, report }: ReviewViewOptions) {
    this.#service = service;
    this.#contextKeys = contextKeys;
    this.#report = error => {
      if (!this.#lifetime.signal.aborted) report(error);
    };
    const review = () => service.review;
    this.#staged = this.#resources.add(new StagedFileSystem({ review }));
    this.#diffs = new ReviewDiffs(this.#staged);
    this.#tree = this.#resources.add(new ReviewTree(review, this.#diffs));
    this.#decorations = this.#resources.add(new HunkDecorations({ review, extensionUri }));
    this.#comments = this.#resources.add(new ReviewComments({ review }));
    this.#view = this.#resources.add(
      vscode.window.createTreeView(reviewViewId, {
        treeDataProvider: this.#tree,
        manageCheckboxStateManually: true,
        showCollapseAll: true,
      }),
    );
    const selected = () => (this.#view.visible ? this.#view.selection[0] : undefined);
    const reveal = (path: string, hunkId: string) => this.#reveal(path, hunkId);
    this.actions = new ReviewActions({ service, diffs: this.#diffs, selected, reveal });
    const onDidChange = () => this.#schedule();
    this.ending = new ReviewEnding({ service, actions: this.actions, diffs: this.#diffs, onDidChange });
    this.#resources.add(
      vscode.Disposable.from(
        vscode.workspace.registerFileSystemProvider(stagedScheme, this.#staged, { isCaseSensitive: true }),
        this.#view.onDidChangeCheckboxState(({ items }) => void this.#check(items).catch(report)),
        vscode.window.onDidChangeTextEditorSelection(({ kind }) => {
          if (kind !== undefined) this.#followCursor();
        }),
        vscode.window.onDidChangeActiveTextEditor(() => this.#followCursor()),
        vscode.window.tabGroups.onDidChangeTabs(() => this.#noteFront()),
        vscode.window.tabGroups.onDidChangeTabGroups(() => this.#noteFront()),
      ),
    );
    this.#resources.add(service.onDidChange(() => this.#schedule()));
    this.#resources.add(
      service.onDidAppend(({ type }) => {
        if (type.startsWith('review.') || type === 'result.staged') this.#schedule();
      }),
    );
  }

  /** The commands of a review. */
  get commands(): Pick<CommandHandlers, ReviewCommandId> {
    const { actions, ending } = this;
    const nodeOf = (argument: unknown) => this.#nodeOf(argument);
    return {
      'trellis.acceptHunk': node => actions.decide('kept', 'hunk', nodeOf(node)),
      'trellis.rejectHunk': node => actions.decide('rejected', 'hunk', nodeOf(node)),
      'trellis.acceptFile': node => actions.decide('kept', 'file', nodeOf(node)),
      'trellis.rejectFile': node => actions.decide('rejected', 'file', nodeOf(node)),
      'trellis.acceptItem': node => actions.decideItem('kept', nodeOf(node)),
      'trellis.rejectItem': node => actions.decideItem('rejected', nodeOf(node)),
      'trellis.nextHunk': () => actions.go('next'),
      'trellis.previousHunk': () => actions.go('previous'),
      'trellis.openReviewNode': node => actions.openNode(nodeOf(node)),
      'trellis.toggleReviewNode': () => actions.toggle(),
      'trellis.acceptAll': () => ending.acceptAll(),
      'trellis.applyReview': () => ending.apply(),
      'trellis.refuseChanges': () => ending.refuse(),
      'trellis.addReviewComment': reply => this.#comment(reply),
      'trellis.sendReviewComment': async reply => {
        await this.#comment(reply);
        await ending.requestChanges();
      },
      'trellis.removeReviewComment': comment => this.#comments.remove(comment),
      'trellis.requestChanges': () => ending.requestChanges(),
      'trellis.showChangesSinceComments': () => ending.showChangesSince(),
    };
  }

  get isVisible(): boolean {
    return this.#view.visible;
  }

  /** Opens the view, and the diff of one file or of all of them. */
  async open(path?: string): Promise<void> {
    const open = this.#service.review;
    if (!open) throw new ValidationError('No changes wait for a review.');
    await vscode.commands.executeCommand(`${reviewViewId}.focus`);
    if (path === undefined) await this.#diffs.openAll(open);
    else await this.actions.openFile(path);
  }

  async dispose(): Promise<void> {
    this.#lifetime.abort();
    clearTimeout(this.#timer);
    await this.#resources.dispose();
  }

  async #check(items: readonly (readonly [ReviewNode, vscode.TreeItemCheckboxState])[]): Promise<void> {
    try {
      for (const [node, state] of items) {
        await this.actions.check(node, state === vscode.TreeItemCheckboxState.Checked);
      }
    } finally {
      // What was not taken is shown again as it is.
      this.#schedule();
    }
  }

  async #comment(reply: unknown): Promise<void> {
    await this.actions.saveEdits(this.actions.pending);
    this.#comments.add(replyOf(reply));
    // What was typed in is gone, and the focus with it.
    await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
  }

  /** What the editor hands to a command of the tree; nothing when it came from the palette or a key in a diff. */
  #nodeOf(argument: unknown): ReviewNode | undefined {
    if (argument === 'selected') return this.#view.selection[0];
    const isNode = typeof argument === 'object' && argument !== null && 'kind' in argument && 'spoken' in argument;
    return isNode ? (argument as ReviewNode) : undefined;
  }

  /** Selects in the tree the hunk that the user went to, where both are in sight. */
  #followCursor(): void {
    const open = this.#service.review;
    const cursor = open && reviewCursor(open);
    const place = cursor && placeAt(cursor.places, cursor.line);
    if (!place) return;
    const [selected] = this.#view.selection;
    // A file that was opened from its row keeps that row.
    const isOfRow = selected?.kind === 'file' && selected.file.path === cursor.file.path && place === cursor.places[0];
    if (!isOfRow) this.#reveal(cursor.file.path, place.hunk.id);
  }

  /** A view that is not in sight stays so. */
  #reveal(path: string, hunkId: string): void {
    const node = this.#view.visible ? this.#tree.find(path, hunkId) : undefined;
    if (!node || this.#view.selection[0]?.id === node.id) return;
    // A tree that is just being made anew has no such row yet, and the next step of the cursor shows it: nothing to tell.
    this.#view.reveal(node, { select: true, focus: false }).then(undefined, () => undefined);
  }

  /** What is going on, or else how the decisions stand. */
  #messageOf(open: OpenReview): string {
    if (this.ending.isTesting) return 'The tests run on what you accepted…';
    if (open.isPending) return summarizeReview(open);
    const { live } = this.#service;
    return live === undefined || live.phase === 'awaitingReview'
      ? 'What you accepted is being applied…'
      : 'The agents work on your comments; the review goes on when they are done.';
  }

  /** Of a review that has ended, or made way for another, nothing can be decided any more. */
  #closeWhatIsOver(open: OpenReview | undefined): void {
    const last = this.#lastRunId;
    if (last !== undefined && last !== open?.runId && last !== this.#service.live?.runId)
      void this.#diffs.close(last, { overview: open === undefined }).catch(this.#report);
    this.#lastRunId = open?.runId ?? this.#service.live?.runId;
  }

  #noteFront(): void {
    this.#contextKeys.set({ 'trellis.isOverviewInFront': this.#diffs.isOverviewInFront });
  }

  async #findReasons({ review }: OpenReview): Promise<void> {
    const reasons = await review.reasons({ signal: this.#lifetime.signal });
    if (this.#service.review?.review === review) this.#tree.setReasons(reasons);
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#show();
    }, gatherMs);
  }

  #show(): void {
    const open = this.#service.review;
    this.#closeWhatIsOver(open);
    if (open) void this.#findReasons(open).catch(this.#report);
    this.#staged.refresh();
    this.#tree.refresh();
    this.#decorations.update();
    this.#comments.sync();
    this.#view.message = open ? this.#messageOf(open) : '';
    this.#view.badge =
      open?.isPending === true ? { value: open.review.files.length, tooltip: 'Files to review' } : undefined;
  }
}

/** What the editor hands to a button of a comment thread. */
function replyOf(argument: unknown): vscode.CommentReply {
  const isReply = typeof argument === 'object' && argument !== null && 'thread' in argument && 'text' in argument;
  if (!isReply) throw new ValidationError('Write a comment on a line of the diff first.');
  return argument as vscode.CommentReply;
}
