import { fileVersion } from '../memoryBlobStore.ts';
import type { FileVersion } from '../stagedFiles.ts';
import { decodeText, emptyTextFile, encodeText, splitLines, type TextFile } from '../textFile.ts';
import { type LineMerge, mergeLines } from './mergeLines.ts';

/** Three versions of one file; undefined: it is not there. */
export interface VersionTriple {
  readonly base: FileVersion | undefined;
  readonly ours: FileVersion | undefined;
  readonly theirs: FileVersion | undefined;
}

export type VersionMerge =
  | { readonly ok: true; readonly version: FileVersion | undefined }
  /** `markedText`: both sides with conflict markers, when all are text. */
  | { readonly ok: false; readonly markedText: string | undefined };

/** Names for the two sides of a conflict, as they stand behind its markers. */
export interface MergeLabels {
  readonly ours: string;
  readonly theirs: string;
}

export function sameVersion(left: FileVersion | undefined, right: FileVersion | undefined): boolean {
  return left?.hash === right?.hash && left?.isExecutable === right?.isExecutable;
}

/** Brings two changes of a file together. Deleting what the other side changed is a conflict, as is any change to a binary file on both sides. */
export function mergeVersions({ base, ours, theirs }: VersionTriple, labels: MergeLabels): VersionMerge {
  if (sameVersion(ours, theirs) || sameVersion(base, theirs)) return { ok: true, version: ours };
  if (sameVersion(base, ours)) return { ok: true, version: theirs };
  if (!ours || !theirs) return { ok: false, markedText: undefined };
  const isExecutable = ours.isExecutable === base?.isExecutable ? theirs.isExecutable : ours.isExecutable;
  const merged = mergeContent({ base, ours, theirs }, labels);
  return merged.ok ? { ok: true, version: fileVersion(merged.content, isExecutable) } : merged;
}

type ContentMerge =
  | { readonly ok: true; readonly content: Uint8Array }
  | { readonly ok: false; readonly markedText: string | undefined };

interface ContentTriple {
  readonly base: FileVersion | undefined;
  readonly ours: FileVersion;
  readonly theirs: FileVersion;
}

function mergeContent(versions: ContentTriple, labels: MergeLabels): ContentMerge {
  if (versions.ours.hash === versions.theirs.hash) return { ok: true, content: versions.ours.content };
  if (versions.ours.hash === versions.base?.hash) return { ok: true, content: versions.theirs.content };
  if (versions.theirs.hash === versions.base?.hash) return { ok: true, content: versions.ours.content };
  const base = versions.base ? decodeText(versions.base.content) : emptyTextFile;
  const ours = decodeText(versions.ours.content);
  const theirs = decodeText(versions.theirs.content);
  if (!base || !ours || !theirs) return { ok: false, markedText: undefined };
  const merge = mergeLines(withEnds(base), withEnds(ours), withEnds(theirs));
  if (merge.conflictCount > 0) return { ok: false, markedText: markConflicts(merge, labels) };
  const text = merge.regions.flatMap(region => (region.kind === 'clean' ? region.lines : [])).join('');
  const content = encodeText(asFile(text, ours.encoding === base.encoding ? theirs : ours));
  return content ? { ok: true, content } : { ok: false, markedText: undefined };
}

/** Lines with their ends, so that a change of a line end is a change like any other. */
function withEnds(file: TextFile): string[] {
  return file.lines.map((line, index) => line + (file.ends[index] ?? ''));
}

function asFile(text: string, like: TextFile): TextFile {
  return { ...like, ...splitLines(text) };
}

/** The merge with `<<<<<<<`, `|||||||`, `=======` and `>>>>>>>` around the three versions of each conflict. */
export function markConflicts(merge: LineMerge, labels: MergeLabels): string {
  const closed = (lines: readonly string[]) => {
    const text = lines.join('');
    return text === '' || /[\n\r]$/.test(text) ? text : `${text}\n`;
  };
  return merge.regions
    .map(region =>
      region.kind === 'clean'
        ? region.lines.join('')
        : `<<<<<<< ${labels.ours}\n${closed(region.ours)}||||||| before\n${closed(region.base)}=======\n${closed(region.theirs)}>>>>>>> ${labels.theirs}\n`,
    )
    .join('');
}
