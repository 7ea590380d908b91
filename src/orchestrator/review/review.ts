import type { Clock, IdSource } from '../../base/clock.ts';
import type { Event } from '../../base/emitter.ts';
import { ValidationError } from '../../base/errors.ts';
import { unifiedPatch } from '../../changes/diff/unifiedPatch.ts';
import type { StagedChange } from '../../changes/stagedFiles.ts';
import { decodeText } from '../../changes/textFile.ts';
import { writeText } from '../../changes/writeText.ts';
import type { FileReviewState } from '../../domain/reviewState.ts';
import type { FileChange } from '../../domain/schema/changes.ts';
import type { RunEvent } from '../../domain/schema/events.ts';
import type { ItemId } from '../../domain/schema/ids.ts';
import type { WorkItem } from '../../domain/schema/plan.ts';
import type { HunkDecision, ProofVerdict, ReviewComment } from '../../domain/schema/review.ts';
import type { JournaledRun } from '../journaledRun.ts';
import type { WorkspaceHash } from '../observed/observedWorkspace.ts';
import type { Proof } from '../proof.ts';
import { treeHash } from '../treeHash.ts';
import { measuredCoverage } from './changeCoverage.ts';
import { type HunkSearch, type HunkSearchOptions, searchNeededHunks } from './neededHunks.ts';
import { itemOf, type ReviewFile, reviewFile } from './reviewFile.ts';
import { findReasons, type ReviewedProject, type ReviewReason } from './reviewReasons.ts';
import { proveSelection, type SelectionProof, selectionProof } from './selectionProof.ts';
import { changesBetween, overlayOf, withContents } from './stagedContents.ts';

/** What a decision is on. */
export type ReviewTarget =
  | { readonly kind: 'all' }
  | { readonly kind: 'item'; readonly itemId: ItemId }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'hunk'; readonly path: string; readonly hunkId: string };

/** An item with the files that it changed; `item` is undefined for files that no item of the plan accounts for. */
export interface ReviewItem {
  readonly item: WorkItem | undefined;
  readonly files: readonly ReviewFile[];
}

export type NewComment = Pick<ReviewComment, 'path' | 'text'> & Partial<Pick<ReviewComment, 'side' | 'line'>>;

export interface ReviewParts {
  readonly run: JournaledRun;
  readonly proof: Pick<Proof, 'runTests'>;
  readonly ids: IdSource;
  readonly clock: Clock;
  /** The workspace, to find reasons to look in. */
  readonly project: ReviewedProject;
  readonly workspaceHash: WorkspaceHash;
}

/** Lines above and below that go along with a comment. */
const QUOTED_NEIGHBOURS = 2;

/**
 * The review of one run's result: what was staged, and what the human decided of it so far. It holds nothing itself; all
 * of it is in the run's journal, so a review that is opened again is the same. Decisions on what is not there throw
 * `ValidationError`.
 */
export class Review {
  /** Everything that happens in the run; what changes the review begins with `review.`. */
  readonly onDidAppend: Event<RunEvent>;
  readonly #parts: ReviewParts;
  readonly #files = new Map<string, { staged: FileChange; state: FileReviewState | undefined; file: ReviewFile }>();

  #reasons: { staged: readonly FileChange[]; found: ReadonlyMap<string, readonly ReviewReason[]> } | undefined;

  constructor(parts: ReviewParts) {
    this.#parts = parts;
    this.onDidAppend = parts.run.onDidAppend;
  }

  get runId() {
    return this.#parts.run.runId;
  }

  /** Every changed file, sorted by path. */
  get files(): readonly ReviewFile[] {
    const { run } = this.#parts;
    return (run.state.staged?.changes ?? []).map(staged => {
      const state = run.state.review.files[staged.path];
      const known = this.#files.get(staged.path);
      if (known?.staged === staged && known.state === state) return known.file;
      const [change] = withContents([staged], run.contents);
      if (!change) throw new Error(`${staged.path} was lost on the way.`);
      const itemId = itemOf(staged.path, Object.values(run.state.items));
      const file = reviewFile(
        change,
        { itemId, state, coverage: measuredCoverage(run.state, staged.path) },
        run.contents,
      );
      this.#files.set(staged.path, { staged, state, file });
      return file;
    });
  }

  /** The files under the items that changed them, in the order of the plan; items that changed nothing are left out. */
  get items(): readonly ReviewItem[] {
    const { files } = this;
    const planned = this.#parts.run.state.plan?.items ?? [];
    const groups: ReviewItem[] = planned.map(item => ({ item, files: files.filter(file => file.itemId === item.id) }));
    const others = files.filter(file => file.itemId === undefined);
    return [...groups, { item: undefined, files: others }].filter(group => group.files.length > 0);
  }

  get comments(): readonly ReviewComment[] {
    return this.#parts.run.state.review.comments;
  }

  /** Why each file deserves a closer look, by its path; found once for each result of the agents. */
  async reasons(options: { readonly signal: AbortSignal }): Promise<ReadonlyMap<string, readonly ReviewReason[]>> {
    const { run, project } = this.#parts;
    const staged = run.state.staged?.changes ?? [];
    if (this.#reasons?.staged !== staged) {
      const found = await findReasons(run.state, withContents(staged, run.contents), project, options);
      this.#reasons = { staged, found };
    }
    return this.#reasons.found;
  }

  /** What would reach the user's files: the changes without what was rejected. */
  selection(): readonly StagedChange[] {
    return this.files.flatMap(({ kept }) => kept ?? []);
  }

  /** Nothing was rejected, edited, or changed in the workspace meanwhile: this is what was tested and scored. */
  get isWhole(): boolean {
    return this.files.every(file => file.decision === 'kept' && !file.isEdited && !file.isRebased);
  }

  /** The selection as a patch that `git apply` takes. */
  patch(): string {
    return unifiedPatch(this.selection());
  }

  /** Keeps or rejects. What is decided already is not recorded again. */
  decide(target: ReviewTarget, decision: HunkDecision): void {
    this.#checkOpen();
    for (const file of this.#targetFiles(target)) {
      const hunks = target.kind === 'hunk' ? file.hunks.filter(hunk => hunk.id === target.hunkId) : file.hunks;
      const hunkIds = hunks.filter(hunk => hunk.decision !== decision).map(hunk => hunk.id);
      const { run } = this.#parts;
      const needsDecision = run.state.review.files[file.path]?.needsDecision ?? false;
      if (hunkIds.length > 0 || needsDecision)
        run.append({ type: 'review.hunksDecided', path: file.path, hunkIds, decision });
    }
  }

  /** Puts `text` in place of the staged text of a file. Hunks that it leaves as they were keep their ids and decisions. */
  edit(path: string, text: string): void {
    this.#checkOpen();
    const { change } = this.#file(path);
    if (!change.after) throw new ValidationError(`${path} is to be deleted, so there is no text to edit; reject that.`);
    const written = writeText(change.after, text);
    if (!written) {
      throw new ValidationError(
        `${path} cannot hold that text: it is not a text file, or its encoding has no such sign.`,
      );
    }
    if (written.hash === change.after.hash) return;
    const { run } = this.#parts;
    const afterHash = run.contents.put(written.content);
    run.append({ type: 'review.edited', path, onHash: this.#textBeforeEdits(path), afterHash });
  }

  /** Notes what the human wants changed; it is sent with `requestChanges`. Returns the comment. */
  comment({ path, text, line, side = 'after' }: NewComment): ReviewComment {
    this.#checkOpen();
    const { itemId, change } = this.#file(path);
    if (itemId === undefined) {
      throw new ValidationError(`No item of the plan changed ${path}, so there is none that a comment could go to.`);
    }
    if (text.trim() === '') throw new ValidationError('The comment is empty; say what is to be changed.');
    const version = side === 'after' ? change.after : change.before;
    const lines = (version && decodeText(version.content))?.lines ?? [];
    if (line !== undefined && (line < 1 || line > lines.length)) {
      throw new ValidationError(`${path} has ${lines.length} lines on that side, and no line ${line}.`);
    }
    const first = Math.max(0, (line ?? 1) - 1 - QUOTED_NEIGHBOURS);
    const quotedLines = line === undefined ? [] : lines.slice(first, line + QUOTED_NEIGHBOURS);
    const id = this.#parts.ids('comment');
    const comment = { id, itemId, path, side, text, quotedLines, ...(line === undefined ? {} : { line }) };
    this.#parts.run.append({ type: 'review.commented', comment });
    return comment;
  }

  removeComment(commentId: string): void {
    this.#checkOpen();
    if (!this.comments.some(comment => comment.id === commentId))
      throw new ValidationError(`There is no comment ${commentId} that was not sent yet.`);
    this.#parts.run.append({ type: 'review.commentRemoved', commentId });
  }

  /** The run was cut short while it was doing items again; what is before the human is from before that. */
  get isUnfinished(): boolean {
    return this.#parts.run.state.isResultDue;
  }

  /** Sends the comments back to their items; returns these. Empty when there is no comment to send. */
  requestChanges(): readonly ItemId[] {
    this.#checkOpen();
    const comments = [...this.comments];
    if (comments.length === 0) return [];
    this.#parts.run.append({ type: 'review.changesRequested', comments });
    return [...new Set(comments.map(comment => comment.itemId))];
  }

  /**
   * What became of the staged files since the human last asked for changes: from what they were shown then (without
   * what they wrote themselves) to what is staged now. Empty in the first round.
   */
  changesSinceLastRound(): readonly StagedChange[] {
    const { run } = this.#parts;
    const { shownBefore } = run.state.review;
    return shownBefore ? changesBetween(shownBefore, run.state.staged?.changes ?? [], run.contents) : [];
  }

  /** What is known of the tests on exactly what is selected now; undefined when they did not run on it. */
  get proof(): SelectionProof | undefined {
    const { state } = this.#parts.run;
    return selectionProof(state, this.#treeHash());
  }

  /** What the tests said of the whole result. */
  get wholeVerdict(): ProofVerdict | undefined {
    const { state } = this.#parts.run;
    return state.staged && selectionProof(state, state.staged.treeHash)?.verdict;
  }

  /**
   * Runs the tests on exactly what is selected now, unless that was done and the workspace is as it was then; the result is
   * in the journal.
   */
  async prove(options: { readonly signal: AbortSignal }): Promise<SelectionProof> {
    const { run, proof, workspaceHash } = this.#parts;
    const known = this.proof;
    const isCurrent = known?.workspaceHash === undefined || known.workspaceHash === (await workspaceHash(options));
    return known && isCurrent ? known : proveSelection({ run, proof }, this.selection(), options);
  }

  /**
   * Looks for the rejected hunks that the tests need when they fail on what is selected; what is found is in the journal,
   * and in `proof` from then on. Runs the tests some times: offer to end it.
   */
  async findNeededHunks(options: HunkSearchOptions): Promise<HunkSearch> {
    const { run, proof, clock } = this.#parts;
    const hash = this.#treeHash();
    const test = async (selection: readonly StagedChange[]) => {
      const known = selectionProof(run.state, this.#hashOf(selection));
      return { ...(known ?? (await proveSelection({ run, proof }, selection, options))), isNew: known === undefined };
    };
    const search = await searchNeededHunks({ files: this.files, test, clock }, options);
    if (search.kind === 'found') {
      const { hunks, ...rest } = search.needed;
      run.append({ type: 'review.neededHunksFound', treeHash: hash, hunks: [...hunks], ...rest });
    }
    return search;
  }

  #treeHash(): string {
    return this.#hashOf(this.selection());
  }

  /** The hash of the tree with that selection; the whole result goes by the hash that it was staged under. */
  #hashOf(selection: readonly StagedChange[]): string {
    const { staged } = this.#parts.run.state;
    const isWhole =
      selection.length === staged?.changes.length &&
      selection.every(({ path, afterHash, isExecutable }, index) => {
        const other = staged.changes[index];
        return other?.path === path && other.afterHash === afterHash && other.isExecutable === isExecutable;
      });
    return isWhole ? staged.treeHash : treeHash(overlayOf(selection));
  }

  /** The hash of the text that the human's edits are based on. */
  #textBeforeEdits(path: string): string {
    const { review, staged } = this.#parts.run.state;
    const afterHash = staged?.changes.find(change => change.path === path)?.afterHash;
    const rebase = review.files[path]?.rebase;
    const hash = rebase?.stagedHash === (afterHash ?? null) ? rebase.after?.hash : afterHash;
    if (hash === undefined) throw new Error(`${path} has no text.`);
    return hash;
  }

  #file(path: string): ReviewFile {
    const file = this.files.find(each => each.path === path);
    if (!file) throw new ValidationError(`The run does not change ${path}.`);
    return file;
  }

  #targetFiles(target: ReviewTarget): readonly ReviewFile[] {
    switch (target.kind) {
      case 'all':
        return this.files;
      case 'item': {
        const files = this.files.filter(file => file.itemId === target.itemId);
        if (files.length === 0) throw new ValidationError(`The item ${target.itemId} changes no file.`);
        return files;
      }
      case 'file':
        return [this.#file(target.path)];
      case 'hunk': {
        const file = this.#file(target.path);
        if (!file.hunks.some(hunk => hunk.id === target.hunkId))
          throw new ValidationError(
            `${target.path} has no hunk ${target.hunkId}; look at it again, it may have changed.`,
          );
        return [file];
      }
    }
  }

  /** What was applied is no longer to be decided on. */
  #checkOpen(): void {
    if (this.#parts.run.state.applied)
      throw new ValidationError('The changes of this run are applied already; revert the run to take them back.');
  }
}
