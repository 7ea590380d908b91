import { hunksOf, keepHunks } from '../../changes/diff/hunks.ts';
import { stagedChanges } from '../../changes/fileChange.ts';
import type { FileVersion, StagedChange } from '../../changes/stagedFiles.ts';
import { decodeText, plainText } from '../../changes/textFile.ts';
import type { FileReviewState } from '../../domain/reviewState.ts';
import type { ItemState } from '../../domain/runState.ts';
import type { Hunk } from '../../domain/schema/changes.ts';
import type { ChangeCoverage } from '../../domain/schema/coverage.ts';
import type { ItemId } from '../../domain/schema/ids.ts';
import type { HunkDecision } from '../../domain/schema/review.ts';
import type { ContentStore } from '../../journal/journal.ts';
import type { ReviewReason } from './reviewReasons.ts';
import { uncoveredInHunk } from './uncoveredLines.ts';

/** Names of the two sides of a conflict in the staged text, as they stand behind its markers. */
export const conflictLabels = { ours: 'in your workspace', theirs: 'staged by Trellis' };

/** The same where what the human wrote meets a new version of the agents'. */
export const editConflictLabels = { ours: 'new from Trellis', theirs: 'written by you' };

/** The lines that open and close a conflict of either kind. */
const CONFLICT_MARKERS = [conflictLabels, editConflictLabels].flatMap(({ ours, theirs }) => [
  `<<<<<<< ${ours}`,
  `>>>>>>> ${theirs}`,
]);

export interface ReviewHunk extends Hunk {
  readonly decision: HunkDecision;
  readonly additions: number;
  readonly deletions: number;
  /** Why it deserves a closer look than others, beside the reasons that its file has. */
  readonly reasons: readonly ReviewReason[];
}

/** One file of a review, as the human has decided so far. */
export interface ReviewFile {
  readonly path: string;
  /** The item that the file is shown under, and that comments on it go back to; undefined when no item changed it. */
  readonly itemId: ItemId | undefined;
  /** All of the change, with what the human wrote into it, rejected hunks included. */
  readonly change: StagedChange;
  /** What is left of the change without the rejected hunks; undefined when nothing is. */
  readonly kept: StagedChange | undefined;
  readonly hunks: readonly ReviewHunk[];
  readonly decision: HunkDecision | 'partlyKept';
  /** The human wrote in the staged text. */
  readonly isEdited: boolean;
  /** The file changed in the workspace since it was staged; `change.before` is what it is there. */
  readonly isRebased: boolean;
  /** Conflicts in what is kept that are still to be resolved: markers in the text, or a decision that nobody took. */
  readonly conflicts: number;
}

/** What is known of a file beside its change. */
export interface ReviewFileFacts {
  readonly itemId: ItemId | undefined;
  /** What the human did with it so far. */
  readonly state: FileReviewState | undefined;
  /** Of the staged text. */
  readonly coverage: ChangeCoverage | undefined;
}

/** Puts together what the agents staged and what the human made of it. Throws `StorageError` when a content is gone. */
export function reviewFile(
  staged: StagedChange,
  { itemId, state, coverage }: ReviewFileFacts,
  contents: ContentStore,
): ReviewFile {
  const { change, isEdited, isRebased } = currentChange(staged, state, contents);
  const rejected = new Set(state?.rejectedHunks);
  const current = hunksOf(change);
  const measured = coverage && change !== staged ? hunksOf(staged) : current;
  const hunks = current.map((hunk): ReviewHunk => {
    const count = (kind: string) => hunk.lines.filter(line => line.kind === kind).length;
    const decision = rejected.has(hunk.id) ? 'rejected' : 'kept';
    const stagedHunk = measured.find(({ id }) => id === hunk.id);
    const uncovered = coverage && stagedHunk && uncoveredInHunk(hunk, stagedHunk, coverage);
    const reasons = uncovered === undefined ? [] : [{ kind: 'uncovered', text: uncovered } as const];
    return { ...hunk, decision, additions: count('added'), deletions: count('deleted'), reasons };
  });
  const keptIds = hunks.filter(hunk => hunk.decision === 'kept').map(hunk => hunk.id);
  const kept = hunks.length === 0 ? undefined : keepHunks(change, new Set(keptIds));
  return {
    path: staged.path,
    itemId,
    change,
    kept,
    hunks,
    decision: keptIds.length === hunks.length ? 'kept' : keptIds.length === 0 ? 'rejected' : 'partlyKept',
    isEdited,
    isRebased,
    conflicts: countConflicts(kept?.after) + (kept && state?.needsDecision === true ? 1 : 0),
  };
}

/** The change between the two sides that hold now. */
function currentChange(staged: StagedChange, state: FileReviewState | undefined, contents: ContentStore) {
  const load = (hash: string, isExecutable: boolean): FileVersion => {
    const content = contents.get(hash);
    if (!content) throw new Error(`The journal has lost the content ${hash} of ${staged.path}.`);
    return { hash, content, isExecutable };
  };
  const rebase = state?.rebase?.stagedHash === (staged.after?.hash ?? null) ? state.rebase : undefined;
  const rebasedAfter = rebase?.after ? load(rebase.after.hash, rebase.after.isExecutable) : undefined;
  const rebased = rebase
    ? {
        before: rebase.before ? load(rebase.before.hash, rebase.before.isExecutable) : undefined,
        after: rebasedAfter,
      }
    : { before: staged.before, after: staged.after };
  const edit = state?.edit?.onHash === rebased.after?.hash ? state?.edit : undefined;
  const after = edit && rebased.after ? load(edit.afterHash, rebased.after.isExecutable) : rebased.after;
  const isEdited = after?.hash !== rebased.after?.hash;
  const change = isEdited || rebase ? changeBetween(staged, rebased.before, after) : staged;
  return { change, isEdited, isRebased: rebase !== undefined };
}

/** The change of the same file with other content on its sides. */
export function changeBetween(
  { path, previousPath, loosestMatch }: StagedChange,
  before: FileVersion | undefined,
  after: FileVersion | undefined,
): StagedChange {
  const isRename = previousPath !== undefined && before !== undefined && after !== undefined;
  const own = { path, before: isRename ? undefined : before, after, loosestMatch };
  const source = {
    path: previousPath ?? path,
    before,
    after: undefined,
    movedFrom: undefined,
    loosestMatch: undefined,
  };
  const [change] = stagedChanges(
    isRename ? [{ ...own, movedFrom: previousPath }, source] : [{ ...own, movedFrom: undefined }],
  );
  if (change) return change;
  // Nothing differs any more: the workspace has become what was staged.
  const isBinary = after !== undefined && !decodeText(after.content);
  const { isExecutable = false } = after ?? {};
  return { path, kind: 'modified', isBinary, isExecutable, additions: 0, deletions: 0, before, after };
}

/** The line on which the first conflict begins in the staged text, from 0; undefined without one. */
export function firstConflictLine(file: ReviewFile): number | undefined {
  const lines = stagedText(file)?.split('\n') ?? [];
  const line = lines.findIndex(text => CONFLICT_MARKERS.includes(text));
  return line < 0 ? undefined : line;
}

/** Conflicts that stand in the text; a marker whose counterpart was taken away alone is one still. */
function countConflicts(version: FileVersion | undefined): number {
  const file = version && decodeText(version.content);
  const counts = CONFLICT_MARKERS.map(marker => file?.lines.filter(line => line === marker).length ?? 0);
  return Math.max(...counts);
}

/** The item that a file is shown under: the one that declares it, or the last one that touched it. */
export function itemOf(path: string, items: readonly ItemState[]): ItemId | undefined {
  const touched = items.filter(({ changedPaths }) => changedPaths?.includes(path));
  const declaring = [...touched, ...items].find(({ item }) => item.filePath === path);
  return (declaring ?? touched.at(-1))?.item.id;
}

/** The staged text of a file as people see it, with `\n` for every line end; undefined for what is not text. */
export function stagedText({ change }: ReviewFile): string | undefined {
  const file = change.after && decodeText(change.after.content);
  return file && plainText(file);
}
