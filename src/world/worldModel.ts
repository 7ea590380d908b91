// The contract of the world model. Neighbouring folders import this file and nothing else of `world/`.
import type { FileChange } from '../domain/schema/changes.ts';
import type { WorkItem } from '../domain/schema/plan.ts';
import type { Violation } from '../domain/schema/quality.ts';

/** What an item did, as far as it was expected to leave the rest of the world alone. */
export interface Observation {
  readonly item: WorkItem;
  /** Files that the item read, with the hash of what it saw; `''` for one that was not there. */
  readonly reads: ReadonlyMap<string, string>;
  readonly changes: readonly FileChange[];
  /** Files that the item's dependencies changed: it saw those in the staged tree, not in the workspace. */
  readonly stagedPaths: ReadonlySet<string>;
  /** SHA-256 of a workspace file as it is now, `''` when it is not there. */
  readonly currentHash: (path: string) => Promise<string>;
}

/**
 * Compares what was expected of an item's end with what is there: that it changed its declared file and no other, and
 * that the files it read are still as it read them.
 */
export async function findViolations(observation: Observation): Promise<readonly Violation[]> {
  return [...unexpectedChanges(observation), ...(await userEdits(observation))];
}

function unexpectedChanges({ item, changes }: Observation): Violation[] {
  return changes
    .filter(({ path, previousPath }) => path !== item.filePath && previousPath !== item.filePath)
    .map(({ path, kind }) => ({
      kind: 'unexpected-change',
      itemId: item.id,
      path,
      expected: `Only ${item.filePath} changes.`,
      actual: `${path} was ${kind}.`,
    }));
}

async function userEdits({ item, reads, stagedPaths, currentHash }: Observation): Promise<Violation[]> {
  const fromWorkspace = [...reads].filter(([path]) => !stagedPaths.has(path));
  const compared = await Promise.all(
    fromWorkspace.map(async ([path, seen]) => ({ path, seen, now: await currentHash(path) })),
  );
  return compared
    .filter(({ seen, now }) => seen !== now)
    .map(({ path, seen, now }) => ({
      kind: 'user-edit',
      itemId: item.id,
      path,
      expected: `${path} stays as it was read.`,
      actual: describeEdit(seen, now),
    }));
}

function describeEdit(seen: string, now: string): string {
  if (seen === '') return 'It was made in the workspace meanwhile.';
  return now === '' ? 'It was deleted in the workspace meanwhile.' : 'It was changed in the workspace meanwhile.';
}
