import { StorageError } from '../../base/errors.ts';
import { stagedChanges } from '../../changes/fileChange.ts';
import type { FileVersion, StagedChange, TreeOverlay } from '../../changes/stagedFiles.ts';
import { unfinishedItems } from '../../domain/runCounts.ts';
import type { RunState } from '../../domain/runState.ts';
import type { FileChange, ItemLayer } from '../../domain/schema/changes.ts';
import type { ContentStore } from '../../journal/journal.ts';

/** The changes that the journal recorded, with their content. Throws `StorageError` when a content is gone. */
export function withContents(changes: readonly FileChange[], contents: ContentStore): StagedChange[] {
  return changes.map(change => {
    const { path, previousPath, beforeHash, afterHash, isExecutable, wasExecutable } = change;
    const before = versionOf(previousPath ?? path, beforeHash, wasExecutable ?? isExecutable, contents);
    return { ...change, before, after: versionOf(path, afterHash, isExecutable, contents) };
  });
}

function versionOf(
  path: string,
  hash: string | undefined,
  isExecutable: boolean,
  contents: ContentStore,
): FileVersion | undefined {
  if (hash === undefined) return undefined;
  const content = contents.get(hash);
  if (content) return { hash, content, isExecutable };
  throw new StorageError(
    `The journal no longer holds the content of ${path} (${hash.slice(0, 12)}), so this run can neither be reviewed nor reverted; run the request again.`,
  );
}

/** The work of a run's items as it is staged again: what is still to be done is open, as it was for its agent. */
export function layersToRestore(state: RunState): ItemLayer[] {
  const open: ReadonlySet<string> = new Set(unfinishedItems(state));
  return state.layers.map(layer => ({ ...layer, isCommitted: !open.has(layer.itemId) }));
}

/** What lies over the workspace when exactly these changes are made. */
export function overlayOf(changes: readonly StagedChange[]): TreeOverlay {
  const overlay = new Map<string, FileVersion | null>();
  for (const { previousPath } of changes) if (previousPath !== undefined) overlay.set(previousPath, null);
  for (const { path, after } of changes) overlay.set(path, after ?? null);
  return overlay;
}

/** The change as it goes into events. */
export function withoutContent({ before: _, after: __, ...change }: StagedChange): FileChange {
  return change;
}

/** What became of the files between two results of a run. A file that one of them does not change is there as before the run. */
export function changesBetween(
  then: readonly FileChange[],
  now: readonly FileChange[],
  contents: ContentStore,
): readonly StagedChange[] {
  const thenByPath = new Map(withContents(then, contents).map(change => [change.path, change]));
  const nowByPath = new Map(withContents(now, contents).map(change => [change.path, change]));
  const side = (changes: typeof thenByPath, path: string) =>
    changes.has(path) ? changes.get(path)?.after : (thenByPath.get(path) ?? nowByPath.get(path))?.before;
  return stagedChanges(
    [...new Set([...thenByPath.keys(), ...nowByPath.keys()])].map(path => ({
      path,
      before: side(thenByPath, path),
      after: side(nowByPath, path),
      movedFrom: undefined,
      loosestMatch: undefined,
    })),
  );
}
