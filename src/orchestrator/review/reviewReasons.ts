import { LoopBreather } from '../../base/loopBreather.ts';
import type { StagedChange } from '../../changes/stagedFiles.ts';
import { decodeText, plainText } from '../../changes/textFile.ts';
import { languageOf } from '../../domain/language.ts';
import type { RunState } from '../../domain/runState.ts';
import type { MatchRung } from '../../domain/schema/changes.ts';
import { ImportResolver, importsOf } from '../../planning/context/imports.ts';
import { describePaths, type ProjectPath, subjectOf } from '../../planning/context/projectPath.ts';

/** Why a file deserves a closer look than others. */
export interface ReviewReason {
  readonly kind: 'failingTests' | 'unproven' | 'looselyMatched' | 'noTest' | 'manyDependents';
  /** One sentence, with how it was found out where that limits what it says. */
  readonly text: string;
}

/** The files of the workspace, as far as they may be read. */
export interface ReviewedProject {
  paths(): Promise<readonly string[]>;
  readText(path: string): Promise<string | undefined>;
}

/** More files import it than a person has in mind while changing it. */
const MANY_DEPENDENTS = 5;
/** Files that are read for their imports; in a larger project what is counted is a lower bound, and says so. */
const MAX_FILES_READ = 4000;

/**
 * The reasons to look at each changed file, by its path. Whether a test covers a file is told by its imports: a test file
 * that imports it, directly or through others, or that is named after it. That is what can be known without running
 * the tests under a coverage tool; imports that are put together while a program runs are not seen.
 */
export async function findReasons(
  state: RunState,
  changes: readonly StagedChange[],
  project: ReviewedProject,
  { signal }: { readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, readonly ReviewReason[]>> {
  const graph = await importGraph(changes, project, signal);
  return new Map(
    changes.map(change => [
      change.path,
      [...proofReasons(state, change), ...matchReasons(change), ...graphReasons(graph, change)],
    ]),
  );
}

function proofReasons(state: RunState, { path }: StagedChange): ReviewReason[] {
  const report = state.testRuns.findLast(({ scope }) => scope === 'final')?.report;
  const failing = report?.failures.filter(failure => failure.file === path) ?? [];
  const [first] = failing;
  if (first) return [{ kind: 'failingTests', text: `The test "${first.name}" in it fails.` }];
  if (report === undefined) return [{ kind: 'unproven', text: 'The tests did not run on this change.' }];
  return [];
}

const rungTexts: Readonly<Record<Exclude<MatchRung, 'exact'>, string>> = {
  lineEnds: 'only when line ends are left out of account',
  trailingSpace: 'only when space at the ends of lines is left out of account',
  indentation: 'only with another indentation',
  punctuation: 'only when kinds of quotes and dashes are left out of account',
};

function matchReasons({ loosestMatch }: StagedChange): ReviewReason[] {
  if (loosestMatch === undefined || loosestMatch === 'exact') return [];
  return [
    { kind: 'looselyMatched', text: `The model's words for what it replaced fit the file ${rungTexts[loosestMatch]}.` },
  ];
}

interface ImportGraph {
  readonly files: ReadonlyMap<string, ProjectPath>;
  readonly importers: ReadonlyMap<string, ReadonlySet<string>>;
  /** Files that tests import, directly or through others. */
  readonly tested: ReadonlySet<string>;
  readonly testSubjects: ReadonlySet<string>;
  readonly testCount: number;
  readonly isComplete: boolean;
}

function graphReasons(graph: ImportGraph, { path, after, isBinary }: StagedChange): ReviewReason[] {
  const file = graph.files.get(path);
  if (!after || isBinary || file?.isSource !== true) return [];
  const reasons: ReviewReason[] = [];
  const isCovered = file.isTest || graph.tested.has(path) || graph.testSubjects.has(subjectOf(path));
  if (!isCovered) {
    const looked =
      graph.testCount === 0
        ? 'there are no test files'
        : `told by the imports and names of ${graph.testCount} test files`;
    reasons.push({ kind: 'noTest', text: `No test reaches it (${looked}).` });
  }
  const dependents = graph.importers.get(path)?.size ?? 0;
  if (dependents >= MANY_DEPENDENTS) {
    const count = graph.isComplete ? `${dependents}` : `at least ${dependents}`;
    reasons.push({ kind: 'manyDependents', text: `${count} files import it.` });
  }
  return reasons;
}

/** Which file imports which, in the workspace with the changes made. */
async function importGraph(
  changes: readonly StagedChange[],
  project: ReviewedProject,
  signal: AbortSignal,
): Promise<ImportGraph> {
  const breather = new LoopBreather(signal);
  const staged = new Map(changes.map(change => [change.path, change.after]));
  const gone = new Set(changes.flatMap(({ path, previousPath, after }) => (after ? (previousPath ?? []) : path)));
  const names = new Set([...(await project.paths()), ...staged.keys()].filter(path => !gone.has(path)));
  const described = await describePaths([...names].sort(), breather);
  const files = new Map(described.map(file => [file.path, file]));
  const resolver = await ImportResolver.create(described, breather);
  const sources = described.filter(({ path, isSource }) => isSource && languageOf(path) !== '');
  const importers = new Map<string, Set<string>>();
  const imports = new Map<string, string[]>();
  for (const { path } of sources.slice(0, MAX_FILES_READ)) {
    await breather.breathe();
    const version = staged.get(path);
    const text = version ? textOf(version.content) : await project.readText(path);
    const targets = importsOf(path, text ?? '').flatMap(specifier => resolver.resolve(path, specifier) ?? []);
    imports.set(path, targets);
    for (const target of targets) importers.set(target, (importers.get(target) ?? new Set()).add(path));
  }
  const tests = described.filter(({ isTest, isSource }) => isTest && isSource);
  return {
    files,
    importers,
    tested: reachableFrom(tests, imports),
    testSubjects: new Set(
      tests.filter(({ testPattern }) => testPattern !== undefined).map(({ path }) => subjectOf(path)),
    ),
    testCount: tests.length,
    isComplete: sources.length <= MAX_FILES_READ,
  };
}

function textOf(content: Uint8Array): string | undefined {
  const file = decodeText(content);
  return file && plainText(file);
}

function reachableFrom(starts: readonly ProjectPath[], imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const open = starts.map(({ path }) => path);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const target of imports.get(path) ?? []) {
      if (reached.has(target)) continue;
      reached.add(target);
      open.push(target);
    }
  }
  return reached;
}
