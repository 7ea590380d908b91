import type { ItemLayer } from '../../domain/schema/changes.ts';
import { type FindMasked, findNothing } from '../edits/maskedText.ts';
import { type FileTransition, stagedChanges } from '../fileChange.ts';
import { foldPath } from '../foldPath.ts';
import { mergeVersions, sameVersion, type VersionMerge } from '../merge/mergeVersions.ts';
import type {
  BlobStore,
  FileVersion,
  MergeConflict,
  MergeResult,
  RepeatableView,
  StagedChange,
  StagedFiles,
  TreeOverlay,
} from '../stagedFiles.ts';
import type { WorkspaceFiles } from '../workspace/workspaceFiles.ts';
import { type ItemState, itemFromLayer, layerOf, type StagedEntry } from './itemState.ts';
import { ItemView } from './itemView.ts';

export interface StagingOverlayOptions {
  readonly workspace: WorkspaceFiles;
  /** The same files for those who look through all of them, or again at what was seen before; `workspace` unless told otherwise. */
  readonly searched?: WorkspaceFiles;
  readonly blobs: BlobStore;
  /** What is masked in texts before models see them; nothing by default. */
  readonly findMasked?: FindMasked;
}

/** A path with what lies there over the workspace; undefined: nothing, the file is gone. */
export type PathVersions = ReadonlyMap<string, FileVersion | undefined>;

/**
 * The staging overlay: for every item the versions it made, each with the version it started from. The result of a set of
 * items is computed, never stored: their versions of a path merged one after the other, in the order they were committed.
 */
export class StagingOverlay implements StagedFiles {
  readonly #workspace: WorkspaceFiles;
  readonly #searched: WorkspaceFiles;
  readonly #blobs: BlobStore;
  readonly #findMasked: FindMasked;
  readonly #items = new Map<string, ItemState>();
  /** Committed items, in the order in which their work was merged. */
  #order: ItemState[] = [];

  constructor(options: StagingOverlayOptions) {
    this.#workspace = options.workspace;
    this.#searched = options.searched ?? options.workspace;
    this.#blobs = options.blobs;
    this.#findMasked = options.findMasked ?? findNothing;
  }

  viewFor(itemId: string, dependencyIds: readonly string[]): Promise<RepeatableView> {
    const previous = this.#items.get(itemId);
    if (previous) this.#uncommit(previous);
    const visible = this.#resultOf(this.#closure(dependencyIds));
    const state: ItemState = { itemId, dependencyIds, entries: new Map(), isCommitted: false };
    for (const [path, entry] of previous?.entries ?? []) {
      const moved = rebase(entry, visible.has(path) ? visible.get(path) : entry.base);
      if (!sameVersion(moved.start, moved.result)) state.entries.set(path, moved);
    }
    this.#items.set(itemId, state);
    const pinned = (path: string) => this.#pinned(path);
    const [workspace, searched, blobs, findMasked] = [this.#workspace, this.#searched, this.#blobs, this.#findMasked];
    return Promise.resolve(new ItemView({ state, visible, pinned, workspace, searched, blobs, findMasked }));
  }

  commit(itemId: string): Promise<MergeResult> {
    const state = this.#items.get(itemId);
    if (!state || state.isCommitted) return Promise.resolve({ ok: true, layer: layerOf(state ?? emptyItem(itemId)) });
    const conflicts = this.#conflictsOf(state, this.#order);
    if (conflicts.length > 0) return Promise.resolve({ ok: false, conflicts });
    state.isCommitted = true;
    this.#order.push(state);
    return Promise.resolve({ ok: true, layer: layerOf(state) });
  }

  discard(itemId: string): Promise<void> {
    const state = this.#items.get(itemId);
    if (state) this.#uncommit(state);
    this.#items.delete(itemId);
    return Promise.resolve();
  }

  uncommittedItemIds(): readonly string[] {
    return [...this.#items.values()]
      .filter(item => !item.isCommitted && item.entries.size > 0)
      .map(item => item.itemId);
  }

  changes(): Promise<readonly StagedChange[]> {
    const transitions = new Map<string, FileTransition>();
    const result = this.#resultOf(this.#order);
    for (const { entries } of this.#order) {
      for (const [path, entry] of entries) {
        const earlier = transitions.get(path);
        transitions.set(path, {
          path,
          before: entry.base,
          after: result.get(path),
          movedFrom: entry.movedFrom ?? earlier?.movedFrom,
          loosestMatch: entry.loosestMatch ?? earlier?.loosestMatch,
        });
      }
    }
    return Promise.resolve(stagedChanges([...transitions.values()]));
  }

  treeFor(itemId?: string): Promise<TreeOverlay> {
    const item = itemId === undefined ? undefined : this.#items.get(itemId);
    const versions = new Map(this.#resultOf(item ? this.#closure(item.dependencyIds) : this.#order));
    for (const [path, entry] of item?.entries ?? []) versions.set(path, entry.result);
    const tree = new Map([...versions].map(([path, version]) => [path, version ?? null]));
    return Promise.resolve(tree);
  }

  async restore(layers: readonly ItemLayer[]): Promise<void> {
    for (const layer of layers) {
      const state = await itemFromLayer(layer, this.#blobs);
      await this.discard(layer.itemId);
      this.#items.set(layer.itemId, state);
      if (state.isCommitted) this.#order.push(state);
    }
  }

  /** Takes the item's work out of the result, and with it the work that merges only on top of it. */
  #uncommit(removed: ItemState): void {
    if (!removed.isCommitted) return;
    removed.isCommitted = false;
    const others = this.#order.filter(item => item !== removed);
    this.#order = [];
    for (const item of others) {
      item.isCommitted = this.#conflictsOf(item, this.#order).length === 0;
      if (item.isCommitted) this.#order.push(item);
    }
  }

  /** The committed items among `ids` and all that they depend on, in the order of their commits. */
  #closure(ids: readonly string[]): ItemState[] {
    const wanted = new Set<string>();
    const queue = [...ids];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (wanted.has(id)) continue;
      wanted.add(id);
      queue.push(...(this.#items.get(id)?.dependencyIds ?? []));
    }
    return this.#order.filter(item => wanted.has(item.itemId));
  }

  #resultOf(items: readonly ItemState[], paths = pathsOf(items)): PathVersions {
    const versions = new Map<string, FileVersion | undefined>();
    for (const path of paths) {
      const merged = mergeInOrder(path, items);
      // What merges with all that was committed may, oddly enough, not merge with a part of it: then all of it is shown.
      const whole = merged.ok ? merged : mergeInOrder(path, this.#order);
      versions.set(path, whole.ok ? whole.version : undefined);
    }
    return versions;
  }

  #conflictsOf(item: ItemState, committed: readonly ItemState[]): MergeConflict[] {
    const conflicts: MergeConflict[] = [];
    const taken = pathsOf(committed);
    const shared = [...item.entries.keys()].filter(path => taken.has(path));
    const result = this.#resultOf(committed, new Set(shared));
    for (const [path, entry] of item.entries) {
      const others = idsOf(committed, path);
      const ours = others.length > 0 ? result.get(path) : entry.base;
      const merge = mergeEntry(entry, ours, { ours: others.join(', '), theirs: item.itemId });
      if (!merge.ok) conflicts.push(conflictOf(path, others, entry, ours, merge.markedText));
      const blocking = entry.result && !ours ? this.#blockingVersion(path, taken, committed) : undefined;
      if (blocking)
        conflicts.push(conflictOf(path, idsOf(committed, blocking.path), entry, blocking.version, undefined));
    }
    return conflicts;
  }

  /** A committed file that cannot be there together with `path`: its twin, a file above it, or one below it. */
  #blockingVersion(
    path: string,
    taken: ReadonlySet<string>,
    committed: readonly ItemState[],
  ): { readonly path: string; readonly version: FileVersion } | undefined {
    const folded = foldPath(path);
    for (const other of taken) {
      const otherFolded = foldPath(other);
      const isInTheWay =
        otherFolded === folded || folded.startsWith(`${otherFolded}/`) || otherFolded.startsWith(`${folded}/`);
      if (!isInTheWay) continue;
      const version = this.#resultOf(committed, new Set([other])).get(other);
      if (version) return { path: other, version };
    }
    return undefined;
  }

  /** The base of a path that some item has edited already: all items of a run share it. */
  #pinned(path: string): { readonly base: FileVersion | undefined } | undefined {
    for (const { entries } of this.#items.values()) {
      const entry = entries.get(path);
      if (entry) return { base: entry.base };
    }
    return undefined;
  }
}

function pathsOf(items: readonly ItemState[]): ReadonlySet<string> {
  return new Set(items.flatMap(item => [...item.entries.keys()]));
}

function idsOf(items: readonly ItemState[], path: string): string[] {
  return items.filter(item => item.entries.has(path)).map(item => item.itemId);
}

function emptyItem(itemId: string): ItemState {
  return { itemId, dependencyIds: [], entries: new Map(), isCommitted: true };
}

/** Moves an entry onto another start, unless the two do not merge: then committing it will say so. */
function rebase(entry: StagedEntry, start: FileVersion | undefined): StagedEntry {
  if (sameVersion(start, entry.start)) return entry;
  const merge = mergeEntry(entry, start, { ours: 'dependencies', theirs: 'item' });
  return merge.ok ? { ...entry, start, result: merge.version } : entry;
}

function mergeEntry(
  entry: StagedEntry,
  ours: FileVersion | undefined,
  labels: { readonly ours: string; readonly theirs: string },
): VersionMerge {
  return mergeVersions({ base: entry.start, ours, theirs: entry.result }, labels);
}

function mergeInOrder(path: string, items: readonly ItemState[]): VersionMerge {
  let version: FileVersion | undefined;
  let isFirst = true;
  for (const { itemId, entries } of items) {
    const entry = entries.get(path);
    if (!entry) continue;
    if (isFirst) version = entry.base;
    isFirst = false;
    const merge = mergeEntry(entry, version, { ours: 'committed', theirs: itemId });
    if (!merge.ok) return merge;
    version = merge.version;
  }
  return { ok: true, version };
}

function conflictOf(
  path: string,
  otherItemIds: readonly string[],
  entry: StagedEntry,
  committed: FileVersion | undefined,
  markedText: string | undefined,
): MergeConflict {
  return { path, otherItemIds, base: entry.start, committed, own: entry.result, markedText };
}
