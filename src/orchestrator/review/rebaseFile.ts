import { hunksOf, keepHunks, RENAME_HUNK } from '../../changes/diff/hunks.ts';
import { fileVersion } from '../../changes/memoryBlobStore.ts';
import { mergeVersions, sameVersion } from '../../changes/merge/mergeVersions.ts';
import type { FileVersion } from '../../changes/stagedFiles.ts';
import { decodeText, encodeText, splitLines } from '../../changes/textFile.ts';
import { changeBetween, conflictLabels, type ReviewFile } from './reviewFile.ts';

/** A change brought onto the file as it is in the workspace now. */
export interface Rebased {
  readonly before: FileVersion | undefined;
  readonly after: FileVersion | undefined;
  /** Of the hunks between the two. */
  readonly rejectedHunks: readonly string[];
  /** The two could not be brought together, and no markers in the text say so. */
  readonly needsDecision: boolean;
}

/**
 * Brings what is kept of a file together with what the user made of it meanwhile. Rejected hunks stay on offer where that
 * does not change what is kept; where the two changed the same lines, both versions stand in the text between markers.
 */
export function rebaseFile(file: ReviewFile, current: FileVersion | undefined): Rebased {
  const { change, kept } = file;
  const rejected = file.hunks.filter(hunk => hunk.decision === 'rejected').map(hunk => hunk.id);
  const bare = { before: current, rejectedHunks: rejected.filter(id => id === RENAME_HUNK), needsDecision: false };
  const merge = (theirs: FileVersion | undefined) =>
    mergeVersions({ base: change.before, ours: current, theirs }, conflictLabels);
  const merged = merge(kept?.after);
  if (!merged.ok) {
    const after = merged.markedText === undefined ? undefined : markedVersion(merged.markedText, kept?.after, current);
    return after ? { ...bare, after } : { ...bare, after: kept?.after, needsDecision: true };
  }
  const whole = merge(change.after);
  if (whole.ok) {
    const moved = changeBetween(change, current, whole.version);
    const ids = hunksOf(moved).map(hunk => hunk.id);
    const keptIds = new Set(ids.filter(id => !rejected.includes(id)));
    const result = ids.length === 0 ? undefined : keepHunks(moved, keptIds);
    const isSame = sameVersion(result ? result.after : current, merged.version);
    if (isSame) return { ...bare, after: whole.version, rejectedHunks: rejected.filter(id => ids.includes(id)) };
  }
  return { ...bare, after: merged.version };
}

/** Text with conflict markers, in the encoding of the file. */
function markedVersion(
  markedText: string,
  kept: FileVersion | undefined,
  current: FileVersion | undefined,
): FileVersion | undefined {
  const like = current && decodeText(current.content);
  const content = like && encodeText({ ...like, ...splitLines(markedText) });
  return content && fileVersion(content, (kept ?? current).isExecutable);
}
