import { LoopBreather } from '../../base/loopBreather.ts';
import type { StagedChange } from '../../changes/stagedFiles.ts';
import { decodeText, plainText } from '../../changes/textFile.ts';
import { languageOf } from '../../domain/language.ts';
import type { RunState } from '../../domain/runState.ts';
import type { MatchRung } from '../../domain/schema/changes.ts';
import type { ChangeCoverage } from '../../domain/schema/coverage.ts';
import { ImportResolver, importsOf } from '../../planning/context/imports.ts';
import { describePaths, type ProjectPath, subjectOf } from '../../planning/context/projectPath.ts';
import { measuredCoverage } from './changeCoverage.ts';
import { uncoveredInFile } from './uncoveredLines.ts';

/** Why a file, or a hunk of it, deserves a closer look than others. */
export interface ReviewReason {
  readonly kind: 'failingTests' | 'unproven' | 'looselyMatched' | 'noTest' | 'uncovered' | 'manyDependents';
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
 * The reasons to look at each changed file, by its path. Whether a test covers a file is measured where it can be. Of other
 * files it is told by imports: a test file that imports it, directly or through others, or that is named after it;
 * imports that are put together while a program runs are not seen.
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
      [...proofReasons(state, change), ...matchReasons(change), ...coverageReasons(state, graph, change)],
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

function coverageReasons(state: RunState, graph: ImportGraph, change: StagedChange): ReviewReason[] {
  const file = graph.files.get(change.path);
  if (!change.after || change.isBinary || file?.isSource !== true) return [];
  const measured = measuredCoverage(state, file.path);
  return [...(measured ? uncoveredReasons(measured) : importReasons(graph, file)), ...dependentReasons(graph, file)];
}

function uncoveredReasons(coverage: ChangeCoverage): ReviewReason[] {
  const text = uncoveredInFile(coverage);
  return text === undefined ? [] : [{ kind: 'uncovered', text }];
}

function importReasons(graph: ImportGraph, { path, isTest }: ProjectPath): ReviewReason[] {
  if (isTest || graph.tested.has(path) || graph.testSubjects.has(subjectOf(path))) return [];
  const looked =
    graph.testCount === 0
      ? 'there are no test files'
      : `told by the imports and names of ${graph.testCount} test files`;
  return [{ kind: 'noTest', text: `No test reaches it (${looked}).` }];
}

function dependentReasons(graph: ImportGraph, { path }: ProjectPath): ReviewReason[] {
  const dependents = graph.importers.get(path)?.size ?? 0;
  if (dependents < MANY_DEPENDENTS) return [];
  const count = graph.isComplete ? `${dependents}` : `at least ${dependents}`;
  return [{ kind: 'manyDependents', text: `${count} files import it.` }];
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
