// The contract of the world model. Neighbouring folders import this file and nothing else of `world/`.
import type { FileChange } from '../domain/schema/changes.ts';
import type { WorkItem } from '../domain/schema/plan.ts';
import type { Violation } from '../domain/schema/quality.ts';
import type { TestFailure } from '../domain/schema/testReport.ts';

/** What an item did, as far as it was expected to leave the rest of the world alone. */
export interface Observation {
  readonly item: WorkItem;
  /** Files that the item read, with the hash of what it saw; `''` for one that was not there. */
  readonly reads: ReadonlyMap<string, string>;
  readonly changes: readonly FileChange[];
  /** Of each file that it changed, the hash that the workspace had when the run first touched it; `''`: not there. */
  readonly bases: ReadonlyMap<string, string>;
  /** Files that the item or what it depends on changed: those were seen in the staged tree, not in the workspace. */
  readonly stagedPaths: ReadonlySet<string>;
  /** SHA-256 of a workspace file as it is now, `''` when it is not there. */
  readonly currentHash: (path: string) => Promise<string>;
}

/**
 * Compares what was expected of an item's end with what is there: that it changed its declared file and no other, and
 * that the files it read or changed are in the workspace still as they were then.
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

async function userEdits({ item, reads, bases, stagedPaths, currentHash }: Observation): Promise<Violation[]> {
  const readThere = [...reads].filter(([path]) => !stagedPaths.has(path));
  const compared = await Promise.all(
    [...new Map([...readThere, ...bases])].map(async ([path, seen]) => ({ path, seen, now: await currentHash(path) })),
  );
  return compared
    .filter(({ seen, now }) => seen !== now)
    .map(({ path, seen, now }) => ({
      kind: 'user-edit',
      itemId: item.id,
      path,
      expected: `${path} stays in the workspace as it was when the run first saw it.`,
      actual: describeEdit(seen, now),
    }));
}

function describeEdit(seen: string, now: string): string {
  if (seen === '') return 'It was made in the workspace meanwhile.';
  return now === '' ? 'It was deleted in the workspace meanwhile.' : 'It was changed in the workspace meanwhile.';
}

/** What running and parsing the staged result showed. */
export interface ResultObservation {
  readonly items: readonly WorkItem[];
  /** Tests that fail now and did not before the change. */
  readonly newFailures: readonly TestFailure[];
  readonly syntaxProblems: readonly { readonly path: string; readonly message: string }[];
}

const mostTestViolations = 20;
const longestMessage = 500;

/** Compares what every result is expected to be, files that parse and tests that pass, with what was found out. */
export function findResultViolations({ items, newFailures, syntaxProblems }: ResultObservation): readonly Violation[] {
  const broken = syntaxProblems.map(({ path, message }): Violation => {
    const actual = message.slice(0, longestMessage);
    return { kind: 'compile-error', path, expected: `${path} parses.`, actual, ...itemIdOf(items, path) };
  });
  const failing = newFailures.slice(0, mostTestViolations).map(({ name, message, file }): Violation => {
    const place = file === undefined ? {} : { path: file, ...itemIdOf(items, file) };
    const actual = message.slice(0, longestMessage);
    return { kind: 'test-failure', expected: `The test "${name}" passes.`, actual, ...place };
  });
  return [...broken, ...failing];
}

/** The item that declares the file; test runners name files by longer paths than the plan does. */
function itemIdOf(items: readonly WorkItem[], path: string): Pick<Violation, 'itemId'> {
  const item = items.find(({ filePath }) => path === filePath || path.endsWith(`/${filePath}`));
  return item === undefined ? {} : { itemId: item.id };
}
