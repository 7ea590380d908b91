// What the review tree says: pure, so that it can be tested without an editor.
import { plural } from '../../domain/formatQuantity.ts';
import type { ChangeKind } from '../../domain/schema/changes.ts';
import type { WorkItem } from '../../domain/schema/plan.ts';
import type { HunkReference } from '../../domain/schema/review.ts';
import type { Review, ReviewItem, ReviewTarget } from '../../orchestrator/review/review.ts';
import type { ReviewFile, ReviewHunk } from '../../orchestrator/review/reviewFile.ts';
import type { ReviewReason } from '../../orchestrator/review/reviewReasons.ts';
import { placesOf } from './hunkPlaces.ts';
import type { OpenReview } from './openReview.ts';

/** How a node is shown. */
interface NodeText {
  /** Stays the same as long as the node is the same. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Lines of plain text. */
  readonly tooltip: string;
  /** For those who cannot see check boxes and icons. */
  readonly spoken: string;
  readonly isChecked: boolean;
  /** Something about it deserves a look before it is accepted. */
  readonly needsLook: boolean;
}

export interface HunkNode extends NodeText {
  readonly kind: 'hunk';
  readonly file: ReviewFile;
  readonly hunk: ReviewHunk;
  /** The tests fail without it, and it is rejected. */
  readonly isNeeded: boolean;
}

export interface FileNode extends NodeText {
  readonly kind: 'file';
  readonly file: ReviewFile;
  readonly children: readonly HunkNode[];
}

export interface ItemNode extends NodeText {
  readonly kind: 'item';
  readonly item: WorkItem | undefined;
  readonly children: readonly FileNode[];
}

export type ReviewNode = ItemNode | FileNode | HunkNode;

const kindWords: Readonly<Record<ChangeKind, string>> = {
  added: 'new file',
  modified: 'changed',
  deleted: 'deleted',
  renamed: 'renamed',
};

const lineless: Readonly<Record<string, string>> = {
  rename: 'The new name',
  mode: 'The executable bit',
  content: 'The whole content',
};

/** What a reason is called where there is little room. */
const reasonWords: Readonly<Record<ReviewReason['kind'], string>> = {
  failingTests: 'its test fails',
  unproven: 'not tested',
  looselyMatched: 'loosely matched',
  noTest: 'no test reaches it',
  uncovered: 'not all of it ran in the tests',
  manyDependents: 'many files need it',
};

export type ReasonsByPath = ReadonlyMap<string, readonly ReviewReason[]>;

/** The tree: items in the order of the plan, under each its files with the reasons to look at them, under each their hunks. */
export function outlineReview(review: Review, reasons: ReasonsByPath): ItemNode[] {
  const needed = review.proof?.needed?.hunks ?? [];
  const changedSince = new Set(review.changesSinceLastRound().map(change => change.path));
  return review.items.map(item => itemNode(item, { needed, changedSince, reasons }));
}

/** The files as the tree has them: by item, in the order of the plan. */
export function filesInOrder({ items }: Pick<Review, 'items'>): readonly ReviewFile[] {
  return items.flatMap(item => item.files);
}

/** What a decision on the node is on; undefined for files that no item of the plan accounts for, which have no target of their own. */
export function targetsOf(node: ReviewNode): readonly ReviewTarget[] {
  switch (node.kind) {
    case 'hunk':
      return [{ kind: 'hunk', path: node.file.path, hunkId: node.hunk.id }];
    case 'file':
      return [{ kind: 'file', path: node.file.path }];
    case 'item':
      return node.children.flatMap(targetsOf);
  }
}

/** How the decisions stand, and what the tests say of what is accepted. */
export function summarizeReview({ review, isPending }: Pick<OpenReview, 'review' | 'isPending'>): string {
  const hunks = review.files.flatMap(file => file.hunks);
  const rejected = hunks.length - keptOf(hunks);
  const total = plural(hunks.length, 'hunk');
  const decisions = rejected === 0 ? `${total}, all accepted.` : `${rejected} of ${total} rejected.`;
  const comments = review.comments.length === 0 ? [] : [`${plural(review.comments.length, 'comment')} not sent yet.`];
  const conflicts = review.files.reduce((sum, file) => sum + file.conflicts, 0);
  const unresolved = conflicts === 0 ? [] : [`${plural(conflicts, 'conflict')} to resolve.`];
  const cutShort = isPending && review.isUnfinished;
  const rest = cutShort ? ['The agents were cut short; request changes, and they go on.'] : [];
  const unknown = 'The tests run on what is accepted before it is applied.';
  return [decisions, ...unresolved, ...comments, ...rest, keptOf(hunks) === 0 ? '' : (review.proof?.summary ?? unknown)]
    .join(' ')
    .trim();
}

interface OutlineFacts {
  readonly needed: readonly HunkReference[];
  /** Files that the agents changed after the last comments. */
  readonly changedSince: ReadonlySet<string>;
  readonly reasons: ReasonsByPath;
}

function itemNode({ item, files }: ReviewItem, facts: OutlineFacts): ItemNode {
  const children = files.map(file => fileNode(file, facts));
  const [title = ''] = (item?.description ?? 'Not part of the plan').split('\n');
  const hunks = files.flatMap(file => file.hunks);
  const counts = `${keptOf(hunks)} of ${plural(hunks.length, 'hunk')} accepted`;
  const needsLook = children.some(child => child.needsLook);
  return {
    kind: 'item',
    item,
    children,
    id: `item:${item?.id ?? ''}`,
    label: title,
    description: `${keptOf(hunks)}/${hunks.length}`,
    tooltip: [item?.description ?? title, counts].join('\n'),
    spoken: [`Item ${title}`, counts, ...(needsLook ? ['has something to look at'] : [])].join(', '),
    isChecked: keptOf(hunks) === hunks.length,
    needsLook,
  };
}

function fileNode(file: ReviewFile, facts: OutlineFacts): FileNode {
  const children = placeLabels(file).map(([hunk, label]) => hunkNode(file, hunk, label, facts));
  const { additions, deletions, kind, previousPath, isBinary } = file.change;
  const reasons = facts.reasons.get(file.path) ?? [];
  const words = reasons.map(reason => reasonWords[reason.kind]);
  const counts = `${keptOf(file.hunks)} of ${plural(file.hunks.length, 'hunk')} accepted`;
  const marks = [
    ...(kind === 'modified' ? [] : [previousPath === undefined ? kindWords[kind] : `was ${previousPath}`]),
    ...(file.conflicts > 0 ? [plural(file.conflicts, 'conflict')] : []),
    ...(file.isEdited ? ['edited by you'] : []),
    ...(file.isRebased ? ['merged with your file'] : []),
    ...(facts.changedSince.has(file.path) ? ['changed since your comments'] : []),
  ];
  const decided = { kept: [], partlyKept: [counts], rejected: ['rejected'] }[file.decision];
  const size = isBinary ? 'binary' : `+${additions} −${deletions}`;
  const needsLook = file.conflicts > 0 || reasons.length > 0 || children.some(child => child.needsLook);
  return {
    kind: 'file',
    file,
    children,
    id: `file:${file.path}`,
    label: file.path.slice(file.path.lastIndexOf('/') + 1),
    // In the order of what matters most where there is little room.
    description: [...folderOf(file.path), ...decided, ...marks, ...words, size].join(' · '),
    tooltip: [file.path, ...marks, counts, ...reasons.map(reason => reason.text)].join('\n'),
    spoken: [
      `File ${file.path}`,
      kindWords[kind],
      spokenSize(additions, deletions),
      counts,
      ...marks.filter(mark => mark !== kindWords[kind]),
      ...words,
    ].join(', '),
    isChecked: file.decision === 'kept',
    needsLook,
  };
}

/** The folder, of a deep one its two ends. */
function folderOf(path: string): string[] {
  const folders = path.split('/').slice(0, -1);
  const [first, last] = [folders[0], folders.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [folders.length > 3 ? `${first}/…/${last}` : folders.join('/')];
}

function hunkNode(file: ReviewFile, hunk: ReviewHunk, label: string, { needed }: OutlineFacts): HunkNode {
  const { path } = file;
  const isNeeded = needed.some(each => each.path === path && each.hunkId === hunk.id);
  const reasons = [...(isNeeded ? ['the tests need it'] : []), ...hunk.reasons.map(reason => phrase(reason.text))];
  const isChecked = hunk.decision === 'kept';
  const size = hunk.lines.length === 0 ? [] : [`+${hunk.additions} −${hunk.deletions}`];
  return {
    kind: 'hunk',
    file,
    hunk,
    id: `hunk:${path}:${hunk.id}`,
    label,
    description: [...reasons, ...size].join(' · '),
    tooltip: [
      `${path}, ${label}`,
      ...(isNeeded ? ['The tests need it.'] : []),
      ...hunk.reasons.map(reason => reason.text),
    ].join('\n'),
    spoken: [
      `Hunk, ${label}`,
      ...(size.length > 0 ? [spokenSize(hunk.additions, hunk.deletions)] : []),
      isChecked ? 'accepted' : 'rejected',
      ...reasons,
    ].join(', '),
    isChecked,
    isNeeded,
    needsLook: reasons.length > 0,
  };
}

/** Each hunk with where it is and how it begins. */
function placeLabels(file: ReviewFile): (readonly [ReviewHunk, string])[] {
  const places = new Map(placesOf(file.hunks, 'after').map(place => [place.hunk.id, place]));
  return file.hunks.map(hunk => {
    const place = places.get(hunk.id);
    if (!place) return [hunk, lineless[hunk.id] ?? 'The whole file'] as const;
    const changed = hunk.lines.filter(line => line.kind !== 'context');
    const text = (changed.find(line => line.text.trim() !== '' && line.kind === 'added') ?? changed[0])?.text.trim();
    return [hunk, `${place.startLine + 1}: ${text ?? ''}`] as const;
  });
}

function keptOf(hunks: readonly ReviewHunk[]): number {
  return hunks.filter(hunk => hunk.decision === 'kept').length;
}

function spokenSize(additions: number, deletions: number): string {
  return `${plural(additions, 'line')} added, ${deletions} removed`;
}

/** A sentence as a part of a longer line. */
function phrase(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1).replace(/\.$/, '')}`;
}

/** Where hunks are, for people: `src/a.ts, line 3`. */
export function nameHunks({ files }: Pick<Review, 'files'>, hunks: readonly HunkReference[]): string {
  return hunks
    .map(({ path, hunkId }) => {
      const places = placesOf(files.find(file => file.path === path)?.hunks ?? [], 'after');
      const place = places.find(({ hunk }) => hunk.id === hunkId);
      return place ? `${path}, line ${place.startLine + 1}` : path;
    })
    .join('; ');
}
