import { diffLines, type LineChange } from '../diff/lineDiff.ts';

/** A stretch of a merge: agreed lines, or the three versions of a place that both sides changed in different ways. */
export type MergeRegion =
  | { readonly kind: 'clean'; readonly lines: readonly string[] }
  | {
      readonly kind: 'conflict';
      readonly ours: readonly string[];
      readonly base: readonly string[];
      readonly theirs: readonly string[];
    };

export interface LineMerge {
  readonly regions: readonly MergeRegion[];
  readonly conflictCount: number;
}

/**
 * Merges two sets of changes to `base`. Changes of the two sides that overlap or touch are a conflict unless both
 * sides made the same of the place; this is the rule of `git merge-file`, and stricter than that of diff3.
 */
export function mergeLines(base: readonly string[], ours: readonly string[], theirs: readonly string[]): LineMerge {
  const sides = { base, ours, theirs };
  const regions: MergeRegion[] = [];
  let clean: string[] = [];
  let baseAt = 0;
  let conflictCount = 0;
  for (const cluster of clusterChanges(diffLines(base, ours), diffLines(base, theirs))) {
    clean = clean.concat(base.slice(baseAt, cluster.baseStart));
    baseAt = cluster.baseEnd;
    const oursLines = versionOf(cluster, cluster.ours, ours);
    const theirsLines = versionOf(cluster, cluster.theirs, theirs);
    if (cluster.theirs.length === 0 || sameLines(oursLines, theirsLines)) clean = clean.concat(oursLines);
    else if (cluster.ours.length === 0) clean = clean.concat(theirsLines);
    else {
      if (clean.length > 0) regions.push({ kind: 'clean', lines: clean });
      clean = [];
      conflictCount++;
      const baseLines = sides.base.slice(cluster.baseStart, cluster.baseEnd);
      regions.push({ kind: 'conflict', ours: oursLines, base: baseLines, theirs: theirsLines });
    }
  }
  clean = clean.concat(base.slice(baseAt));
  if (clean.length > 0) regions.push({ kind: 'clean', lines: clean });
  return { regions, conflictCount };
}

/** A stretch of the base with every change of either side that overlaps or touches it. */
interface Cluster {
  readonly baseStart: number;
  baseEnd: number;
  readonly ours: LineChange[];
  readonly theirs: LineChange[];
}

function* clusterChanges(ours: readonly LineChange[], theirs: readonly LineChange[]): Generator<Cluster> {
  let oursAt = 0;
  let theirsAt = 0;
  for (;;) {
    const first = earlier(ours[oursAt], theirs[theirsAt]);
    if (!first) return;
    const cluster: Cluster = { baseStart: first.oldStart, baseEnd: first.oldStart, ours: [], theirs: [] };
    for (let hasGrown = true; hasGrown; ) {
      hasGrown = false;
      const own = ours[oursAt];
      if (own && reaches(cluster, own, cluster.theirs.length + cluster.ours.length)) {
        take(cluster, cluster.ours, own);
        oursAt++;
        hasGrown = true;
      }
      const other = theirs[theirsAt];
      if (other && reaches(cluster, other, cluster.theirs.length + cluster.ours.length)) {
        take(cluster, cluster.theirs, other);
        theirsAt++;
        hasGrown = true;
      }
    }
    yield cluster;
  }
}

function earlier(left: LineChange | undefined, right: LineChange | undefined): LineChange | undefined {
  if (!left || !right) return left ?? right;
  return right.oldStart < left.oldStart ? right : left;
}

function reaches(cluster: Cluster, change: LineChange, taken: number): boolean {
  return taken === 0 ? change.oldStart === cluster.baseStart : change.oldStart <= cluster.baseEnd;
}

function take(cluster: Cluster, into: LineChange[], change: LineChange): void {
  into.push(change);
  cluster.baseEnd = Math.max(cluster.baseEnd, change.oldStart + change.oldCount);
}

/** What one side made of the cluster's stretch of the base. */
function versionOf(cluster: Cluster, changes: readonly LineChange[], lines: readonly string[]): readonly string[] {
  const first = changes[0];
  const last = changes.at(-1);
  if (!first || !last) return [];
  const start = first.newStart - (first.oldStart - cluster.baseStart);
  const end = last.newStart + last.newCount + (cluster.baseEnd - (last.oldStart + last.oldCount));
  return lines.slice(start, end);
}

function sameLines(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}
