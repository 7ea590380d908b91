import { ValidationError } from '../../base/errors.ts';
import { LoopBreather } from '../../base/loopBreather.ts';
import { estimateTokens } from '../../base/tokenEstimate.ts';
import { isProgramLanguage } from '../../domain/language.ts';
import type { ContextCollector, ProjectContext, ProjectFiles } from '../planner.ts';
import { chooseSamples, describeConventions, type Sample } from './conventions.ts';
import { excerptOf } from './excerpt.ts';
import { findFrameworks } from './frameworks.ts';
import type { ChangeHistory } from './gitHistory.ts';
import { renderLayout } from './layoutTree.ts';
import { describePath, describePaths, type ProjectPath } from './projectPath.ts';
import { type RankedFile, rankFiles } from './relevance.ts';
import { parseRequest, type RequestTerms } from './requestTerms.ts';
import { isRulesPath, readRules } from './rulesFiles.ts';

export interface ContextCollectorDependencies {
  readonly files: ProjectFiles;
  /** The command that runs the project's tests; undefined when none was found. */
  readonly testCommand: () => Promise<string | undefined>;
  /** What changed together in the past; left out where the workspace is not trusted or has no history. */
  readonly history?: ChangeHistory;
  /** False in a workspace that the user does not trust: what its rules files say is then not passed on. */
  readonly areRulesTrusted: boolean;
}

const maxLanguages = 5;
const maxFrameworks = 12;
const maxRelevantFiles = 20;
const maxExcerpts = 8;
/** Tests show how tests are written here, and that is soon seen. */
const maxTestExcerpts = 2;
/** In tokens. A file's outline says enough for a plan; its agent reads the rest. */
const maxExcerptTokens = 300;
const minExcerptTokens = 40;

/** Parts of the token budget that rules and layout may take; relevant files get what is left. */
const rulesShare = 0.3;
const layoutShare = 0.25;
/** Of what is left for relevant files, what their names may take. */
const namesShare = 0.2;

/**
 * Looks at a project through its files alone: no model, no network, nothing run but `testCommand` and `history`. Reads
 * a bounded number of files, however large the project is, and lets the event loop turn meanwhile.
 */
export function createContextCollector(dependencies: ContextCollectorDependencies): ContextCollector {
  const tolerant = { ...dependencies, files: withoutUnreadable(dependencies.files) };
  return { collect: (request, options) => collect(tolerant, request, options) };
}

/** One file that is too large, or that the user may not read, says nothing about the project and must not stop a run. */
function withoutUnreadable(files: ProjectFiles): ProjectFiles {
  return {
    paths: () => files.paths(),
    kindOf: path => files.kindOf(path),
    readText: async path => {
      try {
        return await files.readText(path);
      } catch (error) {
        if (error instanceof ValidationError) return undefined;
        throw error;
      }
    },
  };
}

async function collect(
  { files, testCommand, history, areRulesTrusted }: ContextCollectorDependencies,
  request: string,
  { tokenBudget, signal }: { readonly tokenBudget: number; readonly signal: AbortSignal },
): Promise<ProjectContext> {
  signal.throwIfAborted();
  const breather = new LoopBreather(signal);
  const paths = await describePaths(await files.paths(), breather);
  const terms = parseRequest(request);
  const commits = (await history?.recentCommits({ signal })) ?? [];
  const ranking = await rankFiles(files, paths, terms, commits, breather);
  // Rules are passed on as rules, or not at all.
  const relevant = ranking.filter(file => !isRulesPath(file.path)).slice(0, maxRelevantFiles);

  const languages = languagesOf(paths);
  const command = await testCommand();
  const known = {
    languages,
    frameworks: (await findFrameworks(files, paths)).slice(0, maxFrameworks),
    conventions: await conventionsOf(files, paths, languages[0], breather),
    ...(command === undefined ? {} : { testCommand: command }),
  };
  let left = tokenBudget - estimateTokens(JSON.stringify(known));
  const relevantPaths = relevant.map(file => file.path);
  const rules = areRulesTrusted
    ? await readRules(files, paths, relevantPaths, Math.min(left, tokenBudget * rulesShare))
    : [];
  left -= rules.reduce((sum, { path, text }) => sum + estimateTokens(path + text), 0);
  const scores = new Map(relevant.map(({ path, score }) => [path, score]));
  const layout = await renderLayout(paths, scores, Math.min(left, tokenBudget * layoutShare), breather);
  left -= estimateTokens(layout);
  return { ...known, rules, layout, relevantFiles: await withExcerpts(files, relevant, terms, left, breather) };
}

/** Program languages by their number of files, and what else there is when there is no program. */
function languagesOf(paths: readonly ProjectPath[]): string[] {
  const counts = new Map<string, number>();
  for (const { language, isMachineMade } of paths) {
    if (language !== '' && !isMachineMade) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const ranked = [...counts].sort(([, a], [, b]) => b - a).map(([language]) => language);
  const programs = ranked.filter(isProgramLanguage);
  return (programs.length > 0 ? programs : ranked).slice(0, maxLanguages);
}

async function conventionsOf(
  files: ProjectFiles,
  paths: readonly ProjectPath[],
  mainLanguage: string | undefined,
  breather: LoopBreather,
): Promise<string[]> {
  if (mainLanguage === undefined) return [];
  const samples: Sample[] = [];
  for (const path of chooseSamples(paths, mainLanguage)) {
    const text = await files.readText(path);
    if (text !== undefined) samples.push({ path, text: text.slice(0, 20_000) });
    await breather.breathe();
  }
  return describeConventions(paths, samples);
}

/** Names the files that matter and shows of the first ones what fits into `tokenBudget`. */
async function withExcerpts(
  files: ProjectFiles,
  relevant: readonly RankedFile[],
  terms: RequestTerms,
  tokenBudget: number,
  breather: LoopBreather,
): Promise<ProjectContext['relevantFiles']> {
  const named = withinBudget(relevant, tokenBudget * namesShare);
  let left = tokenBudget - named.reduce((sum, { path }) => sum + costOfName(path), 0);
  const shown: { path: string; excerpt?: string }[] = [];
  let tests = 0;
  for (const [index, { path }] of named.entries()) {
    const { isTest } = describePath(path);
    if (isTest) tests += 1;
    const isShown = index < maxExcerpts && left >= minExcerptTokens && (!isTest || tests <= maxTestExcerpts);
    const text = isShown ? await files.readText(path) : undefined;
    const excerpt = text === undefined ? '' : excerptOf(path, text, terms, Math.min(maxExcerptTokens, left));
    await breather.breathe();
    left -= estimateTokens(excerpt);
    shown.push(excerpt === '' ? { path } : { path, excerpt });
  }
  return shown;
}

function withinBudget(files: readonly RankedFile[], tokenBudget: number): RankedFile[] {
  let left = tokenBudget;
  return files.filter(({ path }) => {
    left -= costOfName(path);
    return left >= 0;
  });
}

function costOfName(path: string): number {
  return estimateTokens(`${path}, `);
}
