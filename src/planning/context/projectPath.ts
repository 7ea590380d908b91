// What a path alone tells about a file.
import type { LoopBreather } from '../../base/loopBreather.ts';
import { isProgramLanguage, languageOf } from '../../domain/language.ts';
import { workspacePathProblem } from '../../domain/workspacePath.ts';

export interface ProjectPath {
  readonly path: string;
  readonly name: string;
  /** In the editor's spelling; `''` when the name does not tell. */
  readonly language: string;
  /** 1 for a file at the root. */
  readonly depth: number;
  /** Lock files, bundles, source maps: no person reads or writes them. */
  readonly isMachineMade: boolean;
  /** A program that people write, tests included. */
  readonly isSource: boolean;
  /** A test, or what only tests use. */
  readonly isTest: boolean;
  /** How the names of such tests are made, such as `*.test.ts`; undefined when the name is not that of a test. */
  readonly testPattern: string | undefined;
}

/**
 * Describes each path once. Names with line breaks and the like are left out: a file's name must not be able to speak
 * to a model.
 */
export async function describePaths(paths: readonly string[], breather: LoopBreather): Promise<ProjectPath[]> {
  const described: ProjectPath[] = [];
  for (const path of paths) {
    await breather.breathe();
    if (workspacePathProblem(path) === undefined) described.push(describePath(path));
  }
  return described;
}

export function describePath(path: string): ProjectPath {
  const name = nameOf(path);
  const language = languageOf(path);
  const isMachineMade = machineMadeName.test(name) || machineMadeFolder.test(path);
  const isSource = !isMachineMade && isProgramLanguage(language);
  const testPattern = isSource ? testPatternOf(name) : undefined;
  return {
    path,
    name,
    language,
    depth: path.split('/').length,
    isMachineMade,
    isSource,
    isTest: testPattern !== undefined || testFolder.test(path),
    testPattern,
  };
}

/** `a/b/c.ts` → `a/b`; `''` for a file at the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const machineMadeName =
  /\.min\.[a-z]+$|\.map$|\.lock$|\.snap$|^(?:package-lock\.json|pnpm-lock\.yaml|npm-shrinkwrap\.json|go\.sum)$/i;
const machineMadeFolder = /(?:^|\/)(?:node_modules|dist|build|out|vendor|third_party|coverage|__pycache__|target)\//;
const testFolder = /(?:^|\/)(?:tests?|__tests__|specs?|testing|fixtures)\//i;

function testPatternOf(name: string): string | undefined {
  const suffix = /[._-](?:tests?|spec)\.\w+$/i.exec(name)?.[0];
  if (suffix !== undefined) return `*${suffix}`;
  const prefix = /^test[_-](?=.+\.\w+$)/i.exec(name)?.[0];
  if (prefix !== undefined) return `${prefix}*${name.slice(name.lastIndexOf('.'))}`;
  const camel = /[a-z\d](?:Tests?|Spec)\.(?:java|kt|cs|swift|scala|php|groovy)$/.exec(name)?.[0];
  return camel === undefined ? undefined : `*${camel.slice(1)}`;
}

/** Names that a project may have in every folder: alone they do not tell which file a test is about. */
const commonNames = new Set(
  'index main mod lib __init__ types utils util helpers constants errors common base'.split(' '),
);

/** What a test and the file it tests have in common: `planner.test.ts`, `test_planner.py` and `a/planner.ts` → `planner`. */
export function subjectOf(path: string): string {
  const name = nameOf(path).replace(/\.[^.]*$/, '');
  const subject = name.replace(/[._-](?:tests?|spec)$|^test[_-]|(?<=[a-z\d])(?:Tests?|Spec)$/i, '').toLowerCase();
  return commonNames.has(subject) ? `${nameOf(folderOf(path))}/${subject}` : subject;
}
