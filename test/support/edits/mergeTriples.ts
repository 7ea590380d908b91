// Three-way merges beside those of `git merge-file`, and why the two differ where they do.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import path from 'node:path';
import { countChanges, diffLines } from '../../../src/changes/diff/lineDiff.ts';
import { mergeLines } from '../../../src/changes/merge/mergeLines.ts';
import { markConflicts } from '../../../src/changes/merge/mergeVersions.ts';
import { mutateLines, randomLines } from '../randomLines.ts';
import { SeededRandom } from '../seededRandom.ts';
import { inventEdit } from './editPair.ts';
import { packageFiles } from './realPairs.ts';

/** Lines with their ends. */
export interface MergeTriple {
  readonly seed: number;
  readonly base: readonly string[];
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/** The merged text, with conflict markers where there are any. */
export interface MergeOutcome {
  readonly isClean: boolean;
  readonly text: string;
}

/**
 * `sameSize`: git's scripts change as many lines as ours, at another of several places that serve as well. `longer`: git's
 * scripts change more lines. `shorter`: ours do. `none`: nothing of the kind, which is a fault.
 */
export type MergeDifference = 'sameSize' | 'longer' | 'shorter' | 'none';

const LABELS = { ours: 'ours', theirs: 'theirs' };
const MAX_BASE_LINES = 400;
/** Real files; half of the triples are made of lines with many that are the same, where there is most to get wrong. */
const bases = packageFiles()
  .map(file => file.lines)
  .filter(lines => lines.length < MAX_BASE_LINES);

export function mergeTriple(seed: number): MergeTriple {
  const random = new SeededRandom(seed);
  const isReal = random.chance(0.5);
  const variety = random.pick([4, 10, 40, 1000]);
  const base = isReal ? random.pick(bases) : randomLines(random, random.below(60), variety);
  const edited = () =>
    isReal ? inventEdit(random, 'file', base).after : mutateLines(random, base, random.below(6), variety);
  const ended = (lines: readonly string[]) => {
    const isOpen = random.chance(0.1);
    return lines.map((line, index) => (isOpen && index === lines.length - 1 && line !== '' ? line : `${line}\n`));
  };
  return { seed, base: ended(base), ours: ended(edited()), theirs: ended(edited()) };
}

export function mergeByUs({ base, ours, theirs }: MergeTriple): MergeOutcome {
  const merge = mergeLines(base, ours, theirs);
  return { isClean: merge.conflictCount === 0, text: markConflicts(merge, LABELS) };
}

/** One shell runs git for all of them. */
export function mergeByGit(triples: readonly MergeTriple[]): MergeOutcome[] {
  return inFolder(folder => {
    for (const [index, { base, ours, theirs }] of triples.entries())
      for (const [name, lines] of Object.entries({ base, ours, theirs }))
        writeFileSync(path.join(folder, `${index}.${name}`), lines.join(''));
    const merge = 'git merge-file -p -q --diff3 -L ours -L before -L theirs $i.ours $i.base $i.theirs';
    const script = `i=0; while [ $i -lt ${triples.length} ]; do ${merge} > $i.merged; echo $? > $i.code; i=$((i+1)); done`;
    execFileSync('sh', ['-c', script], { cwd: folder, env: gitEnvironment });
    const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
    return triples.map((_, index) => {
      const code = Number(read(`${index}.code`));
      if (code > 127) throw new Error(`git merge-file failed on triple ${triples[index]?.seed ?? index}.`);
      return { isClean: code === 0, text: read(`${index}.merged`) };
    });
  });
}

const gitEnvironment = { ...process.env, GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1' };

export function isSameMerge(left: MergeOutcome, right: MergeOutcome): boolean {
  return left.isClean === right.isClean && left.text === right.text;
}

/** Merges are made of two scripts, so where two merges differ, a script does. */
export function explainDifference({ base, ours, theirs }: MergeTriple): MergeDifference {
  const differences = [ours, theirs].map(side => {
    const { additions, deletions } = countChanges(diffLines(base, side));
    const git = scriptOfGit(base, side);
    if (git.text === scriptText(base, side)) return 'none';
    const surplus = git.size - additions - deletions;
    return surplus === 0 ? 'sameSize' : surplus > 0 ? 'longer' : 'shorter';
  });
  return (['longer', 'shorter', 'sameSize'] as const).find(kind => differences.includes(kind)) ?? 'none';
}

function scriptText(base: readonly string[], side: readonly string[]): string {
  const range = (start: number, count: number) => `${count === 0 ? start : start + 1}${count === 1 ? '' : `,${count}`}`;
  return diffLines(base, side)
    .map(change => `-${range(change.oldStart, change.oldCount)} +${range(change.newStart, change.newCount)}`)
    .join('\n');
}

function scriptOfGit(
  base: readonly string[],
  side: readonly string[],
): { readonly text: string; readonly size: number } {
  return inFolder(folder => {
    writeFileSync(path.join(folder, 'base'), base.join(''));
    writeFileSync(path.join(folder, 'side'), side.join(''));
    const args = ['diff', '--no-index', '-U0', '--no-indent-heuristic', 'base', 'side'];
    const { stdout } = spawnSync('git', args, { cwd: folder, encoding: 'utf8', env: gitEnvironment });
    const lines = stdout.split('\n').slice(4);
    const heads = lines.flatMap(line => /^@@ (-\S+ \+\S+) @@/.exec(line)?.[1] ?? []);
    return { text: heads.join('\n'), size: lines.filter(line => /^[-+]/.test(line)).length };
  });
}

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'trellis-merge-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
