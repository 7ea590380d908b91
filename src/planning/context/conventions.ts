import { languageOf } from '../../domain/language.ts';
import { describePath, folderOf, nameOf, type ProjectPath, subjectOf } from './projectPath.ts';

/** A file that was read to see how code is written here. */
export interface Sample {
  readonly path: string;
  readonly text: string;
}

const samplesOfEachKind = 12;
/** So many paths, from all over the project, show its habits as well as all of them. */
const maxPaths = 1_000;
/** A habit is what so large a share of the files follow. */
const habitShare = 0.7;

/** Files of the main language from all over the project, sources and tests, to be read and given to `describeConventions`. */
export function chooseSamples(paths: readonly ProjectPath[], mainLanguage: string): string[] {
  const candidates = paths.filter(file => file.isSource && file.language === mainLanguage);
  const sources = candidates.filter(file => !file.isTest);
  const tests = candidates.filter(file => file.testPattern !== undefined);
  return [...spread(sources, samplesOfEachKind), ...spread(tests, samplesOfEachKind)].map(({ path }) => path);
}

/** How tests and code look here, in short sentences; nothing where the project is too small or has no habit. */
export function describeConventions(paths: readonly ProjectPath[], samples: readonly Sample[]): string[] {
  const sources = paths.filter(file => file.isSource);
  const tests = spread(
    sources.filter(file => file.testPattern !== undefined),
    maxPaths,
  );
  const programs = spread(
    sources.filter(file => !file.isTest),
    maxPaths,
  ).map(({ path }) => path);
  return [
    whereTestsAre(tests, programs),
    howTestsLook(samples.filter(({ path }) => describePath(path).testPattern !== undefined)),
    howFilesAreNamed(programs),
    howModulesLook(samples),
    howCodeIsSet(samples),
  ].filter(sentence => sentence !== '');
}

function spread<T>(values: readonly T[], count: number): T[] {
  if (values.length <= count) return [...values];
  return Array.from({ length: count }, (_, index) => values[Math.floor((index * values.length) / count)]).filter(
    value => value !== undefined,
  );
}

function whereTestsAre(tests: readonly ProjectPath[], programs: readonly string[]): string {
  if (tests.length === 0) return '';
  const pattern = mostCommon(tests.map(test => test.testPattern ?? ''));
  const paths = tests.map(({ path }) => path);
  const folders = commonFolders(paths);
  const example = exampleOf(
    paths.filter(path => path.startsWith(folders[0] ?? '')),
    programs,
  );
  const place = folders.length === 0 ? 'lie next to what they test' : `lie in ${folders.join(' and ')}`;
  return `Tests are named ${pattern} and ${place}${example === '' ? '' : `; ${example}`}.`;
}

/** A test with the file it tests, so that the next one is put in the right place. */
function exampleOf(tests: readonly string[], programs: readonly string[]): string {
  const bySubject = new Map(programs.map(path => [subjectOf(path), path]));
  for (const test of tests) {
    const source = bySubject.get(subjectOf(test));
    if (source !== undefined) return `${test} tests ${source}`;
  }
  return '';
}

/** The folders that hold most tests, two levels deep at most: `test/unit`, `test/integration`; none when they lie among the sources. */
function commonFolders(tests: readonly string[]): string[] {
  const roots = tests.map(path => {
    const segments = folderOf(path).split('/');
    const at = segments.findIndex(segment => /^(?:tests?|__tests__|specs?)$/i.test(segment));
    return at === -1 ? '' : segments.slice(0, at + 2).join('/');
  });
  const counts = countsOf(roots);
  return [...counts]
    .filter(([, count]) => count >= tests.length * 0.2)
    .sort(([, a], [, b]) => b - a)
    .map(([folder]) => folder)
    .filter(folder => folder !== '')
    .slice(0, 3);
}

const testStyles: readonly (readonly [RegExp, string])[] = [
  [/from ['"]vitest['"]/, 'vitest'],
  [/from ['"]@jest\/globals['"]/, '@jest/globals'],
  [/from ['"]node:test['"]|require\(['"]node:test['"]\)/, 'node:test'],
  [/from ['"]bun:test['"]/, 'bun:test'],
  [/\bdescribe\(/, 'describe'],
  [/^\s*it\(/m, 'it'],
  [/^\s*test\(/m, 'test'],
  [/['"](?:node:)?assert\/strict['"]/, 'node:assert/strict'],
  [/['"](?:node:)?assert['"]/, 'node:assert'],
  [/\bexpect\(/, 'expect'],
  [/unittest\.TestCase/, 'unittest.TestCase'],
  [/^import pytest|^from pytest/m, 'pytest'],
  [/^\s*assert [^(]/m, 'plain assert'],
];

function howTestsLook(tests: readonly Sample[]): string {
  if (tests.length === 0) return '';
  const styles = testStyles
    .filter(([pattern]) => tests.filter(({ text }) => pattern.test(text)).length >= tests.length / 2)
    .map(([, name]) => name);
  return styles.length === 0 ? '' : `Tests use ${styles.join(', ')}.`;
}

const namingStyles: readonly (readonly [RegExp, string])[] = [
  [/^[a-z][a-z\d]*(?:[A-Z][a-z\d]*)+$/, 'camelCase'],
  [/^(?:[A-Z][a-z\d]+){2,}$/, 'PascalCase'],
  [/^[a-z\d]+(?:-[a-z\d]+)+$/, 'kebab-case'],
  [/^[a-z\d]+(?:_[a-z\d]+)+$/, 'snake_case'],
];

function howFilesAreNamed(programs: readonly string[]): string {
  const names = programs.map(path => nameOf(path).replace(/\..*$/, ''));
  const styles = names.flatMap(name => namingStyles.find(([pattern]) => pattern.test(name))?.[1] ?? []);
  const habit = habitOf(styles, 3);
  return habit === '' ? '' : `Files are named in ${habit}.`;
}

function howModulesLook(samples: readonly Sample[]): string {
  const scripts = samples.filter(({ path }) => ['typescript', 'javascript'].includes(languageOf(path)));
  const systems = scripts.flatMap(({ text }) => {
    if (/^import\s|^export\s/m.test(text)) return ['ES modules'];
    return /\brequire\(|\bmodule\.exports\b/.test(text) ? ['CommonJS modules'] : [];
  });
  const system = habitOf(systems, 2);
  if (system === '') return '';
  const endings = scripts.flatMap(({ text }) =>
    [...text.matchAll(/(?:from|require\()\s*['"]\.{1,2}\/[^'"\n]*?(\.[cm]?[jt]sx?)?['"]/g)].map(
      match => match[1] ?? 'no extension',
    ),
  );
  const ending = habitOf(endings, 3);
  return ending === '' ? `${system}.` : `${system}; relative imports end in ${ending}.`;
}

function howCodeIsSet(samples: readonly Sample[]): string {
  const indents = samples.flatMap(({ text }) => indentOf(text));
  const imports = samples
    .filter(({ path }) => ['typescript', 'javascript'].includes(languageOf(path)))
    .flatMap(({ text }) => text.match(/^(?:import|export)\b.*['"];?$|^.*\brequire\(.*\);?$/gm) ?? []);
  const parts = [
    habitOf(indents, 2),
    habitOf(
      imports.map(line => (line.includes("'") ? 'single quotes' : 'double quotes')),
      3,
    ),
    habitOf(
      imports.map(line => (line.endsWith(';') ? 'semicolons' : 'no semicolons')),
      3,
    ),
  ].filter(part => part !== '');
  const [first = '', ...rest] = parts;
  return first === '' ? '' : `${[first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(', ')}.`;
}

function indentOf(text: string): string[] {
  const widths = [...text.matchAll(/^( +|\t+)\S/gm)].map(match => match[1] ?? '').filter(indent => indent !== ' ');
  if (widths.length < 3) return [];
  const share = (isSuch: (indent: string) => boolean) => widths.filter(isSuch).length / widths.length;
  if (share(indent => indent.startsWith('\t')) > 0.5) return ['indentation by tabs'];
  if (share(indent => indent.length % 4 === 0) > 0.9) return ['indentation by 4 spaces'];
  return share(indent => indent.length % 2 === 0) > 0.9 ? ['indentation by 2 spaces'] : [];
}

function countsOf(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function mostCommon(values: readonly string[]): string {
  return [...countsOf(values)].reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['', 0])[0];
}

/** The value that most of at least `minimum` values share; `''` when there is none. */
function habitOf(values: readonly string[], minimum: number): string {
  if (values.length < minimum) return '';
  const [value, count] = [...countsOf(values)].reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['', 0]);
  return count >= values.length * habitShare ? value : '';
}
