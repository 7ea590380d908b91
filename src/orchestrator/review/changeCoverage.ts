import { LoopBreather } from '../../base/loopBreather.ts';
import { hunksOf } from '../../changes/diff/hunks.ts';
import type { StagedChange } from '../../changes/stagedFiles.ts';
import { decodeText } from '../../changes/textFile.ts';
import type { RunState } from '../../domain/runState.ts';
import type { Hunk } from '../../domain/schema/changes.ts';
import type { ChangeCoverage, LineRange, SourceCoverage } from '../../domain/schema/coverage.ts';

type LineKind = 'ran' | 'partlyRan' | 'neverRan' | 'blank';

/** What it can be measured of whether it ran, as far as its name tells. */
export function isMeasurable({ path, after, isBinary }: StagedChange): boolean {
  return after !== undefined && !isBinary && /(?<!\.d)\.[cm]?[jt]sx?$/.test(path);
}

/**
 * What the tests left out of the changed lines, file by file. A source whose text is not as long as the staged one is not
 * told of: the tests put another in its place.
 */
export async function coverageOfChanges(
  sources: readonly SourceCoverage[],
  changes: readonly StagedChange[],
  { signal }: { readonly signal: AbortSignal },
): Promise<ChangeCoverage[]> {
  const breather = new LoopBreather(signal);
  const coverage: ChangeCoverage[] = [];
  for (const change of changes) {
    await breather.breathe();
    const source = sources.find(({ path }) => path === change.path);
    const kinds = source && (await lineKinds(change, source, breather));
    if (!kinds) continue;
    const changed = hunksOf(change).flatMap(addedLines);
    const ranges = (kind: LineKind) => rangesOf(changed, kinds, kind);
    coverage.push({ path: change.path, neverRan: ranges('neverRan'), partlyRan: ranges('partlyRan') });
  }
  return coverage;
}

/** What the tests of the whole result left out of the changed lines of a file; undefined where it could not be measured. */
export function measuredCoverage({ testRuns, staged }: RunState, path: string): ChangeCoverage | undefined {
  const whole = testRuns.findLast(({ scope, treeHash }) => scope === 'final' && treeHash === staged?.treeHash);
  return whole?.coverage?.find(coverage => coverage.path === path);
}

/** The lines of the new text that a hunk adds, 1-based. */
export function addedLines({ newStart, lines }: Hunk): number[] {
  const inNewText = lines.filter(({ kind }) => kind !== 'deleted');
  return inNewText.flatMap(({ kind }, index) => (kind === 'added' ? newStart + index : []));
}

/** By line, the first at 0; undefined when the source is another text than the staged one. */
async function lineKinds(
  { after }: StagedChange,
  { length, missed }: SourceCoverage,
  breather: LoopBreather,
): Promise<LineKind[] | undefined> {
  const file = after && decodeText(after.content);
  if (file?.encoding !== 'utf-8') return undefined;
  const kinds: LineKind[] = [];
  let start = 0;
  let next = 0;
  for (const [index, line] of file.lines.entries()) {
    await breather.breathe();
    // What ends before this line is of no later one either.
    while ((missed[next + 1] ?? Infinity) <= start) next += 2;
    kinds.push(kindOf(line, start, missed, next));
    start += line.length + (file.ends[index]?.length ?? 0);
  }
  if (start !== length) return undefined;
  return kinds.map((kind, index) => {
    // A head or an end of what never ran: its neighbour says it all.
    const isEdge = kinds[index - 1] === 'neverRan' || kinds[index + 1] === 'neverRan';
    return kind === 'partlyRan' && isEdge ? 'ran' : kind;
  });
}

/** `missed` is looked at from the index `from`, up to the end of the line. */
function kindOf(line: string, start: number, missed: readonly number[], from: number): LineKind {
  let ran = '';
  let left = '';
  let at = 0;
  for (let index = from; at < line.length && (missed[index] ?? Infinity) < start + line.length; index += 2) {
    const first = Math.max(at, (missed[index] ?? 0) - start);
    const last = Math.max(first, Math.min(line.length, (missed[index + 1] ?? 0) - start));
    ran += line.slice(at, first);
    left += line.slice(first, last);
    at = last;
  }
  ran += line.slice(at);
  if (line.trim() === '') return 'blank';
  if (left.trim() === '') return 'ran';
  if (ran.trim() === '') return 'neverRan';
  // Alone, a bracket that opens a block belongs to the block.
  return /[^\s(){}[\],;]/.test(left) ? 'partlyRan' : 'ran';
}

/** Those of `lines` that are of that kind, joined over blank ones. */
function rangesOf(lines: readonly number[], kinds: readonly LineKind[], kind: LineKind): LineRange[] {
  const ranges: { first: number; last: number }[] = [];
  let isOpen = false;
  let previous = 0;
  for (const line of lines) {
    const own = kinds[line - 1];
    if (line !== previous + 1) isOpen = false;
    previous = line;
    if (own === 'blank') continue;
    const open = isOpen ? ranges.at(-1) : undefined;
    isOpen = own === kind;
    if (!isOpen) continue;
    if (open) open.last = line;
    else ranges.push({ first: line, last: line });
  }
  return ranges;
}
