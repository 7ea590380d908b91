import { StorageError } from '../../base/errors.ts';
import type { ItemLayer, LayerEntry, MatchRung, VersionReference } from '../../domain/schema/changes.ts';
import type { BlobStore, FileVersion } from '../stagedFiles.ts';

/** What an item made of one path. */
export interface StagedEntry {
  /** In the workspace when the run first touched the path. */
  readonly base: FileVersion | undefined;
  /** What the item started from. */
  readonly start: FileVersion | undefined;
  readonly result: FileVersion | undefined;
  readonly movedFrom: string | undefined;
  readonly loosestMatch: MatchRung | undefined;
}

/** One item of a run: what it depends on and what it staged. */
export interface ItemState {
  readonly itemId: string;
  readonly dependencyIds: readonly string[];
  readonly entries: Map<string, StagedEntry>;
  isCommitted: boolean;
}

/** The item's work by reference, as it goes into the journal. */
export function layerOf(state: ItemState): ItemLayer {
  const entries = [...state.entries].map(([path, entry]): LayerEntry => {
    const { movedFrom, loosestMatch } = entry;
    return {
      path,
      base: referenceTo(entry.base),
      start: referenceTo(entry.start),
      result: referenceTo(entry.result),
      ...(movedFrom === undefined ? {} : { movedFrom }),
      ...(loosestMatch === undefined ? {} : { loosestMatch }),
    };
  });
  return { itemId: state.itemId, dependencyIds: state.dependencyIds, isCommitted: state.isCommitted, entries };
}

function referenceTo(version: FileVersion | undefined): VersionReference | null {
  return version ? { hash: version.hash, isExecutable: version.isExecutable } : null;
}

/** The work that `layer` refers to. Throws `StorageError` when a blob is gone. */
export async function itemFromLayer(layer: ItemLayer, blobs: BlobStore): Promise<ItemState> {
  const load = async (path: string, reference: VersionReference | null): Promise<FileVersion | undefined> => {
    if (!reference) return undefined;
    const content = await blobs.get(reference.hash);
    if (content) return { ...reference, content };
    throw new StorageError(
      `The journal has lost the content of ${path} (${reference.hash.slice(0, 12)}), so item ${layer.itemId} cannot be resumed; run it again.`,
    );
  };
  const entries = new Map<string, StagedEntry>();
  for (const entry of layer.entries) {
    entries.set(entry.path, {
      base: await load(entry.path, entry.base),
      start: await load(entry.path, entry.start),
      result: await load(entry.path, entry.result),
      movedFrom: entry.movedFrom,
      loosestMatch: entry.loosestMatch,
    });
  }
  const { itemId, dependencyIds, isCommitted } = layer;
  return { itemId, dependencyIds, entries, isCommitted };
}
