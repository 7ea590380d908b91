import { ValidationError } from '../../base/errors.ts';
import { mergeVersions, sameVersion } from '../merge/mergeVersions.ts';
import type { FileVersion, StagedChange } from '../stagedFiles.ts';
import type { EditPermission } from '../workspace/workspaceFiles.ts';

/** One file as it is now and as it is to be. */
export interface FileOperation {
  readonly path: string;
  /** Where the file is now, if it is moved; that path is emptied by an operation of its own. */
  readonly previousPath?: string;
  readonly before: FileVersion | undefined;
  readonly after: FileVersion | undefined;
}

/** A file that the user changed meanwhile in a way that cannot be brought together with the change. */
export interface AcceptConflict {
  readonly path: string;
  /** As it is in the workspace. */
  readonly current: FileVersion | undefined;
  readonly accepted: FileVersion | undefined;
  /** Both with conflict markers, when they are text. */
  readonly markedText: string | undefined;
}

/** Nothing was written, because files changed meanwhile and do not merge with the changes. */
export class AcceptConflictError extends ValidationError {
  readonly conflicts: readonly AcceptConflict[];

  constructor(conflicts: readonly AcceptConflict[]) {
    const paths = conflicts.map(conflict => conflict.path).join(', ');
    const verb = conflicts.length === 1 ? 'was' : 'were';
    super(
      `${paths} ${verb} changed in the workspace meanwhile, in the same places; nothing was applied, bring the two together first.`,
    );
    this.conflicts = conflicts;
  }
}

/** The change of one path that is to be made in the workspace: from what it was made on, to what it made of it. */
export type WantedChange = Pick<StagedChange, 'path' | 'previousPath' | 'before' | 'after'>;

const LABELS = { ours: 'in the workspace', theirs: 'accepted' };

/**
 * What has to be written, given what the files are now: the changes as they are where nobody touched the file, merged
 * three ways where somebody did. Throws `AcceptConflictError`, or `ValidationError` for a path that may not be written.
 */
export async function planOperations(
  changes: readonly WantedChange[],
  permitWrite: (path: string, movedFrom?: string) => Promise<EditPermission>,
): Promise<readonly FileOperation[]> {
  const operations: FileOperation[] = [];
  const conflicts: AcceptConflict[] = [];
  const currentOf = async (path: string, movedFrom?: string) => {
    const permission = await permitWrite(path, movedFrom);
    if (permission.ok) return permission.version;
    throw new ValidationError(`${path} cannot be written: ${permission.reason}.`);
  };
  for (const { path, previousPath, before, after } of changes) {
    const source = await currentOf(previousPath ?? path);
    const merge = mergeVersions({ base: before, ours: source, theirs: after }, LABELS);
    if (!merge.ok) conflicts.push({ path, current: source, accepted: after, markedText: merge.markedText });
    else if (previousPath === undefined) operations.push({ path, before: source, after: merge.version });
    else {
      const target = await currentOf(path, previousPath);
      const isTaken = target && !sameVersion(target, merge.version);
      if (isTaken) conflicts.push({ path, current: target, accepted: merge.version, markedText: undefined });
      operations.push({ path, previousPath, before: target, after: merge.version });
      operations.push({ path: previousPath, before: source, after: undefined });
    }
  }
  if (conflicts.length > 0) throw new AcceptConflictError(conflicts);
  return operations.filter(operation => !sameVersion(operation.before, operation.after));
}
