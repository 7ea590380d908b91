import type { LoopBreather } from '../../base/loopBreather.ts';
import type { ProjectFiles } from '../planner.ts';
import { ImportResolver } from './imports.ts';
import { type ProjectPath, subjectOf } from './projectPath.ts';
import { type ScannedFile, scanFiles, scorePaths } from './projectScan.ts';
import type { RequestTerms } from './requestTerms.ts';

export interface RankedFile {
  readonly path: string;
  /** 1 for the best match of the request by itself; comparable within one ranking only. */
  readonly score: number;
}

/** Files under this share of the best one's score are noise. */
const scoreFloor = 0.1;
/** So many files of the first ranking lend score to their neighbours. */
const maxSeeds = 12;
/** Commits that change more files than this say nothing about what belongs together. */
const maxCommitSize = 30;

/** Shares of a file's own score. Set by trying them on the history of real projects (test/integration/planning). */
const weights = {
  path: 1,
  content: 1,
  namedPath: 1.5,
  definesIdentifier: 1,
  mentionsIdentifier: 0.3,
  import: 0.6,
  twin: 0.5,
  coChange: 0.3,
};

/**
 * The files that matter for a request, best first: by the words of their paths and of their text (BM25), by paths and
 * identifiers that the request names, then by what stands close to those: imports in both directions, a test and what
 * it tests, and what was changed together. Without any match, those where a reader of the project would begin.
 */
export async function rankFiles(
  files: ProjectFiles,
  paths: readonly ProjectPath[],
  terms: RequestTerms,
  commits: readonly (readonly string[])[],
  breather: LoopBreather,
): Promise<RankedFile[]> {
  const pathScores = await scorePaths(paths, terms, breather);
  const scanned = await scanFiles(files, paths, pathScores, terms, breather);
  const scores = new ScoreTable();
  scores.addNormalized(pathScores, weights.path);
  scores.addNormalized(contentScores(scanned, terms), weights.content);
  await breather.breathe();
  addNamedPaths(scores, paths, terms);
  addIdentifiers(scores, scanned, terms);
  scores.scaleToOne();
  const seeds = scores.ranking().slice(0, maxSeeds);
  await breather.breathe();
  await addImports(scores, seeds, scanned, await ImportResolver.create(paths, breather), breather);
  await addTwins(scores, seeds, paths, breather);
  addCoChanges(scores, seeds, commits, new Set(paths.map(({ path }) => path)));
  scores.applyLifts();
  await breather.breathe();
  const readPaths = new Set(scanned.map(({ path }) => path));
  addPriors(
    scores,
    paths.filter(({ path }) => readPaths.has(path)),
    commits,
  );
  const machineMade = new Set(paths.filter(file => file.isMachineMade).map(({ path }) => path));
  return scores.ranking().filter(({ path }) => !machineMade.has(path));
}

/** Scores by path, added up from several signals. */
class ScoreTable {
  readonly #scores = new Map<string, number>();
  readonly #lifts = new Map<string, { amount: number; ceiling: number }>();

  add(path: string, score: number): void {
    this.#scores.set(path, (this.#scores.get(path) ?? 0) + score);
  }

  /** Lets `path` have a share of what stands close to it; it never gets ahead of its best neighbour by that. */
  lift(path: string, neighbour: RankedFile, share: number): void {
    const { amount, ceiling } = this.#lifts.get(path) ?? { amount: 0, ceiling: 0 };
    this.#lifts.set(path, {
      amount: amount + neighbour.score * share,
      ceiling: Math.max(ceiling, neighbour.score * 0.95),
    });
  }

  /** Turns the lifts into scores. */
  applyLifts(): void {
    for (const [path, { amount, ceiling }] of this.#lifts) {
      const own = this.#scores.get(path) ?? 0;
      this.#scores.set(path, Math.max(own, Math.min(own + amount, ceiling)));
    }
    this.#lifts.clear();
  }

  /** Adds a signal so that its best file gets `weight`. */
  addNormalized(signal: ReadonlyMap<string, number>, weight: number): void {
    const best = maximum(signal.values());
    if (best === 0) return;
    for (const [path, score] of signal) this.add(path, (score / best) * weight);
  }

  scaleToOne(): void {
    const best = maximum(this.#scores.values());
    if (best === 0) return;
    for (const [path, score] of this.#scores) this.#scores.set(path, score / best);
  }

  /** Best first, without what is far from the best one. */
  ranking(): RankedFile[] {
    const floor = maximum(this.#scores.values()) * scoreFloor;
    return [...this.#scores]
      .filter(([, score]) => score >= floor)
      .map(([path, score]) => ({ path, score }))
      .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
  }
}

function maximum(values: Iterable<number>): number {
  let best = 0;
  for (const value of values) best = Math.max(best, value);
  return best;
}

/** BM25 over the request's stems (Robertson and Zaragoza, 2009), with k1 = 1.2 and b = 0.5: long files are not bad files. */
function contentScores(scanned: readonly ScannedFile[], terms: RequestTerms): ReadonlyMap<string, number> {
  const averageLength = scanned.reduce((sum, file) => sum + file.length, 0) / Math.max(1, scanned.length);
  const rarity = terms.stems.map((_stem, index) => {
    const documents = scanned.filter(file => (file.counts[index] ?? 0) > 0).length;
    return Math.log(1 + (scanned.length - documents + 0.5) / (documents + 0.5));
  });
  const scores = new Map<string, number>();
  for (const file of scanned) {
    const norm = 1.2 * (0.5 + (0.5 * file.length) / Math.max(1, averageLength));
    const score = file.counts.reduce(
      (sum, count, index) => sum + ((rarity[index] ?? 0) * count * 2.2) / (count + norm),
      0,
    );
    if (score > 0) scores.set(file.path, score);
  }
  return scores;
}

function addNamedPaths(scores: ScoreTable, paths: readonly ProjectPath[], terms: RequestTerms): void {
  for (const named of terms.paths) {
    const found = paths.filter(({ path }) => path.endsWith(named) && (path === named || path.endsWith(`/${named}`)));
    for (const { path } of found) scores.add(path, weights.namedPath / Math.sqrt(found.length));
  }
}

function addIdentifiers(scores: ScoreTable, scanned: readonly ScannedFile[], terms: RequestTerms): void {
  for (const file of scanned) {
    const share = weights.definesIdentifier * file.defines.length + weights.mentionsIdentifier * file.mentions.length;
    if (share > 0) scores.add(file.path, share / Math.sqrt(terms.identifiers.length));
  }
}

async function addImports(
  scores: ScoreTable,
  seeds: readonly RankedFile[],
  scanned: readonly ScannedFile[],
  resolver: ImportResolver,
  breather: LoopBreather,
): Promise<void> {
  const neighbours = new Map<string, Set<string>>(seeds.map(seed => [seed.path, new Set<string>()]));
  for (const file of scanned) {
    await breather.breathe();
    for (const specifier of file.imports) {
      const target = resolver.resolve(file.path, specifier);
      if (target === undefined || target === file.path) continue;
      neighbours.get(file.path)?.add(target);
      neighbours.get(target)?.add(file.path);
    }
  }
  for (const seed of seeds) {
    const found = neighbours.get(seed.path) ?? new Set<string>();
    // What half of the project imports is close to everything, and so to nothing.
    for (const path of found) scores.lift(path, seed, weights.import / Math.sqrt(found.size));
  }
}

/** The tests of what matters matter too, and the other way round. */
async function addTwins(
  scores: ScoreTable,
  seeds: readonly RankedFile[],
  paths: readonly ProjectPath[],
  breather: LoopBreather,
): Promise<void> {
  // The best seed last, so that it is the one that is kept of several with one subject.
  const bySubject = new Map(seeds.toReversed().map(seed => [subjectOf(seed.path), seed]));
  const tests = new Set(paths.filter(file => file.isTest).map(({ path }) => path));
  for (const { path, isTest, isSource } of paths) {
    await breather.breathe();
    const seed = isSource ? bySubject.get(subjectOf(path)) : undefined;
    if (seed === undefined || tests.has(seed.path) === isTest) continue;
    scores.lift(path, seed, weights.twin);
  }
}

function addCoChanges(
  scores: ScoreTable,
  seeds: readonly RankedFile[],
  commits: readonly (readonly string[])[],
  paths: ReadonlySet<string>,
): void {
  const small = commits.filter(commit => commit.length > 1 && commit.length <= maxCommitSize);
  for (const seed of seeds) {
    const together = small.filter(commit => commit.includes(seed.path));
    const counts = new Map<string, number>();
    for (const path of together.flat()) {
      if (path !== seed.path && paths.has(path)) counts.set(path, (counts.get(path) ?? 0) + 1);
    }
    // One more in the denominator: once together in one commit is no habit yet.
    for (const [path, count] of counts) scores.lift(path, seed, (weights.coChange * count) / (together.length + 1));
  }
}

/** So little that it only decides between files that are equal otherwise, or where nothing matches at all. */
function addPriors(scores: ScoreTable, paths: readonly ProjectPath[], commits: readonly (readonly string[])[]): void {
  const recent = new Set(commits.slice(0, 20).flat());
  for (const { path, name, depth, isSource, isTest } of paths) {
    if (!isSource || isTest) continue;
    const isEntry = /^(?:index|main|app|cli|server|extension|lib|mod|__init__)\.\w+$/i.test(name);
    scores.add(path, 0.02 + (isEntry ? 0.01 : 0) + (recent.has(path) ? 0.01 : 0) - Math.min(depth, 10) * 0.001);
  }
}
