import type { FileChange, MatchRung } from '../domain/schema/changes.ts';
import { countChanges, diffLines } from './diff/lineDiff.ts';
import { sameVersion } from './merge/mergeVersions.ts';
import type { FileVersion, StagedChange } from './stagedFiles.ts';
import { decodeText } from './textFile.ts';

/** One path before and after. */
export interface FileTransition {
  readonly path: string;
  readonly before: FileVersion | undefined;
  readonly after: FileVersion | undefined;
  /** Where the content was before it was moved here. */
  readonly movedFrom: string | undefined;
  readonly loosestMatch: MatchRung | undefined;
}

/** What happened to each path, with its content. Sorted by path. */
export function stagedChanges(transitions: readonly FileTransition[]): StagedChange[] {
  return pairMoves(transitions).map(move => ({ ...factsOf(move), before: move.before, after: move.after }));
}

/** What happened to each path, as it goes into events. Sorted by path. */
export function fileChanges(transitions: readonly FileTransition[]): FileChange[] {
  return pairMoves(transitions).map(factsOf);
}

interface PairedTransition extends FileTransition {
  /** Where the file was, if it is a rename. */
  readonly previousPath: string | undefined;
}

/** A file that was moved, and is gone from where it was, is one rename; what did not change is left out. */
function pairMoves(transitions: readonly FileTransition[]): PairedTransition[] {
  const changed = transitions.filter(({ before, after }) => !sameVersion(before, after));
  const byPath = new Map(changed.map(transition => [transition.path, transition]));
  const sources = new Set<FileTransition>();
  const paired = changed.map((transition): PairedTransition => {
    const { before, after, movedFrom } = transition;
    const source = movedFrom === undefined ? undefined : byPath.get(movedFrom);
    const isRename = !before && after && source?.before && !source.after && !sources.has(source);
    if (!isRename) return { ...transition, previousPath: undefined };
    sources.add(source);
    return { ...transition, before: source.before, previousPath: source.path };
  });
  const gone = new Set([...sources].map(source => source.path));
  return paired
    .filter(({ path, previousPath }) => previousPath !== undefined || !gone.has(path))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
}

function factsOf({ path, before, after, previousPath, loosestMatch }: PairedTransition): FileChange {
  const old = before ? decodeText(before.content) : undefined;
  const fresh = after ? decodeText(after.content) : undefined;
  const isBinary = (before !== undefined && !old) || (after !== undefined && !fresh);
  const changes = isBinary ? [] : diffLines(old?.lines ?? [], fresh?.lines ?? []);
  return {
    path,
    kind: kindOf(before, after, previousPath),
    ...(previousPath === undefined ? {} : { previousPath }),
    ...(before ? { beforeHash: before.hash } : {}),
    ...(after ? { afterHash: after.hash } : {}),
    isBinary,
    isExecutable: (after ?? before)?.isExecutable ?? false,
    ...(before && after && before.isExecutable !== after.isExecutable ? { wasExecutable: before.isExecutable } : {}),
    ...countChanges(changes),
    ...(loosestMatch === undefined ? {} : { loosestMatch }),
  };
}

function kindOf(
  before: FileVersion | undefined,
  after: FileVersion | undefined,
  previousPath: string | undefined,
): FileChange['kind'] {
  if (previousPath !== undefined) return 'renamed';
  if (!before) return 'added';
  return after ? 'modified' : 'deleted';
}
