import { z } from 'zod';

/** How a project's tests are run. */
export interface TestCommand {
  readonly argv: readonly [string, ...string[]];
  /** As a person would type it, such as `npm test`. */
  readonly display: string;
  /** The runner behind it where that can be seen, such as `mocha`. */
  readonly runner?: string;
  /** Where it was found, such as `package.json`. */
  readonly source: string;
  /** The runner is known, and nothing tells it to report in another way than usual. */
  readonly isReportExpected: boolean;
}

/** The files of the tree that the tests are to run on, as far as finding the command needs them. */
export interface TestCommandFiles {
  paths(): Promise<readonly string[]>;
  readText(path: string): Promise<string | undefined>;
}

const packageSchema = z.looseObject({ scripts: z.record(z.string(), z.string()).optional() });

/** Runners that a script may call, as they stand in it. */
const RUNNERS = /\b(vitest|jest|mocha|ava|tape|tap|jasmine|pytest|unittest|node\s+(?:\S+\s+)*--test)\b/;

/** Options that change what a runner prints, or send it elsewhere. */
const OTHER_REPORT = /\breporter|\boutput|\bsilent|>|(?<!\|)\|(?!\|)/i;

const PYTHON_SETTINGS = ['pyproject.toml', 'setup.cfg', 'tox.ini', 'requirements.txt', 'requirements-dev.txt'];
const PYTEST = 'python3 -m pytest -q -p no:cacheprovider';
/** The arguments are those of unittest. */
const PYTEST_OR_UNITTEST = `if python3 -c 'import pytest' 2>/dev/null; then exec ${PYTEST}; fi
exec python3 -m unittest "$@"`;
/** Test files that are read to see which runner they are written for. */
const TESTS_LOOKED_INTO = 20;

/** What `npm init` writes when there are no tests. */
const NO_TEST_SCRIPT = /no test specified/;

/**
 * The command that runs the project's tests: `override` (the user's setting, a shell command) before anything else,
 * then `npm test`, pytest, unittest, and Node's own runner. A string is one sentence on why there is none, and what to do.
 */
export async function findTestCommand(files: TestCommandFiles, override?: string): Promise<TestCommand | string> {
  if (override !== undefined) return shellCommand(override, override, 'the setting testCommand');
  const manifest = await files.readText('package.json');
  if (manifest !== undefined) {
    const command = npmTestCommand(manifest);
    if (command) return command;
  }
  const paths = await files.paths();
  return (
    (await pythonTestCommand(files, paths)) ??
    (await nodeTestCommand(files, paths)) ??
    noCommand(manifest !== undefined)
  );
}

function noCommand(hasManifest: boolean): string {
  const looked = hasManifest
    ? 'package.json has no test script, and there are no tests of node:test or Python'
    : 'There is no package.json with a test script, and there are no tests of node:test or Python';
  return `${looked}; name the command in testCommand in .trellis/config.yml.`;
}

function npmTestCommand(manifest: string): TestCommand | undefined {
  const parsed = packageSchema.safeParse(parseJson(manifest));
  const scripts = parsed.success ? (parsed.data.scripts ?? {}) : {};
  const { pretest, test } = scripts;
  if (test === undefined || NO_TEST_SCRIPT.test(test)) return undefined;
  // As `npm test` does, without npm, which is slow to start and wants to write to its cache, and without `posttest`:
  // what comes after the tests says nothing of them, and often asks a registry (`npm audit`).
  const script = pretest === undefined ? test : `{ ${pretest}\n} && { ${test}\n}`;
  return shellCommand(script, 'npm test', 'package.json', resolveScript(test, scripts));
}

/** The script with each `npm run x` (or pnpm's, or yarn's) in it replaced by what `x` is, two levels deep. */
function resolveScript(script: string, scripts: Readonly<Record<string, string>>, depth = 2): string {
  if (depth === 0) return script;
  return script.replaceAll(
    /\b(?:npm|pnpm|yarn) (?:run(?:-script)? )?(?:-s |--silent )?([\w:.-]+)/g,
    (whole, name: string) => (scripts[name] === undefined ? whole : resolveScript(scripts[name], scripts, depth - 1)),
  );
}

/** Tests for Node's own runner need neither a script nor a package; it finds them by their names. */
async function nodeTestCommand(files: TestCommandFiles, paths: readonly string[]): Promise<TestCommand | undefined> {
  const tests = paths.filter(path => /[._-]test\.[cm]?js$/.test(path)).slice(0, TESTS_LOOKED_INTO);
  const texts = await Promise.all(tests.map(path => files.readText(path)));
  if (!texts.some(text => /['"]node:test['"]/.test(text ?? ''))) return undefined;
  const display = 'node --test';
  return { argv: ['node', '--test'], display, runner: display, source: 'the test files', isReportExpected: true };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A package.json that does not parse has no script that could be run.
    return undefined;
  }
}

async function pythonTestCommand(files: TestCommandFiles, paths: readonly string[]): Promise<TestCommand | undefined> {
  const tests = paths.filter(path => /(^|\/)(test_[^/]*|[^/]*_test)\.py$/.test(path));
  if (tests.length === 0) return undefined;
  const isConfigured = paths.some(path => /(^|\/)(pytest\.ini|conftest\.py)$/.test(path));
  const settings = await Promise.all(PYTHON_SETTINGS.map(path => files.readText(path)));
  const texts = await Promise.all(tests.slice(0, TESTS_LOOKED_INTO).map(path => files.readText(path)));
  const needsPytest = texts.some(text => /\bpytest\b|^(?:async )?def test_/m.test(text ?? ''));
  const usesUnittest = texts.some(text => /\bimport unittest\b|\bfrom unittest\b/.test(text ?? ''));
  const usesPytest = isConfigured || needsPytest || settings.some(text => /\bpytest\b/.test(text ?? ''));
  const unittest = unittestArguments(tests, paths);
  if (usesUnittest && !usesPytest) {
    return pythonCommand(['python3', '-m', 'unittest', ...unittest], 'unittest', 'the test files');
  }
  const source = isConfigured ? 'the pytest settings' : 'the test files';
  // Tests in unittest's style run without pytest too, where that is not installed.
  if (usesUnittest && !needsPytest) {
    return pythonCommand(['sh', '-c', PYTEST_OR_UNITTEST, 'sh', ...unittest], 'pytest', source);
  }
  return pythonCommand(['sh', '-c', `exec ${PYTEST}`], 'pytest', source);
}

function pythonCommand(argv: TestCommand['argv'], runner: string, source: string): TestCommand {
  return { argv, display: `python3 -m ${runner}`, runner, source, isReportExpected: true };
}

/**
 * Discovery enters packages only. It starts in the folder that holds all tests, as part of the project when that folder is a package;
 * tests in several folders that are no packages are named one by one.
 */
function unittestArguments(tests: readonly string[], paths: readonly string[]): readonly string[] {
  const all = new Set(paths);
  const folders = [...new Set(tests.map(path => path.split('/').slice(0, -1).join('/')))];
  const isPackage = (folder: string) => all.has(`${folder}/__init__.py`);
  const [top = ''] = folders.map(folder => folder.split('/')[0] ?? '');
  if (folders.every(folder => folder === '')) return ['discover', '-v', '-p', patternOf(tests)];
  if (folders.every(folder => isPackage(folder) && folder.split('/')[0] === top) && isPackage(top)) {
    return ['discover', '-v', '-s', top, '-t', '.', '-p', patternOf(tests)];
  }
  const [folder = ''] = folders;
  return folders.length === 1 ? ['discover', '-v', '-s', folder, '-p', patternOf(tests)] : ['-v', ...tests];
}

/** unittest looks for `test*.py` unless told otherwise. */
function patternOf(tests: readonly string[]): string {
  return tests.every(path => /(^|\/)test_[^/]*$/.test(path)) ? 'test_*.py' : '*test*.py';
}

function shellCommand(script: string, display: string, source: string, resolved = script): TestCommand {
  const runner = RUNNERS.exec(resolved)?.[1]?.replace(/^node\b.*/, 'node --test');
  return {
    argv: ['sh', '-c', script],
    display,
    source,
    ...(runner === undefined ? {} : { runner }),
    isReportExpected: runner !== undefined && !OTHER_REPORT.test(resolved),
  };
}
