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
}

/** The files of the tree that the tests are to run on, as far as finding the command needs them. */
export interface TestCommandFiles {
  paths(): Promise<readonly string[]>;
  readText(path: string): Promise<string | undefined>;
}

const packageSchema = z.looseObject({ scripts: z.record(z.string(), z.string()).optional() });

/** Runners that a script may call, as they stand in it. */
const RUNNERS = /\b(vitest|jest|mocha|ava|tape|tap|jasmine|pytest|unittest|node\s+(?:\S+\s+)*--test)\b/;

/** What `npm init` writes when there are no tests. */
const NO_TEST_SCRIPT = /no test specified/;

/**
 * The command that runs the project's tests: `override` (the user's setting, a shell command) before anything else,
 * then `npm test`, pytest, unittest. A string is one sentence on why there is none, and what to do.
 */
export async function findTestCommand(files: TestCommandFiles, override?: string): Promise<TestCommand | string> {
  if (override !== undefined) return shellCommand(override, override, 'the setting testCommand');
  const manifest = await files.readText('package.json');
  if (manifest !== undefined) {
    const command = npmTestCommand(manifest);
    if (command) return command;
  }
  const paths = await files.paths();
  return (await pythonTestCommand(files, paths)) ?? noCommand(manifest !== undefined);
}

function noCommand(hasManifest: boolean): string {
  const looked = hasManifest
    ? 'package.json has no test script, and there are no Python tests'
    : 'There is no package.json with a test script and there are no Python tests';
  return `${looked}; name the command in testCommand in .trellis/config.yml.`;
}

function npmTestCommand(manifest: string): TestCommand | undefined {
  const parsed = packageSchema.safeParse(parseJson(manifest));
  const scripts = parsed.success ? (parsed.data.scripts ?? {}) : {};
  const { pretest, test, posttest } = scripts;
  if (test === undefined || NO_TEST_SCRIPT.test(test)) return undefined;
  // As `npm test` does, without npm: it is slow to start, and wants to write to its cache and to ask its registry.
  const script = [pretest, test, posttest]
    .filter(part => part !== undefined)
    .map(part => `{ ${part}\n}`)
    .join(' && ');
  return shellCommand(script, 'npm test', 'package.json', resolveScript(test, scripts));
}

/** The script with each `npm run x` in it replaced by what `x` is, two levels deep. */
function resolveScript(script: string, scripts: Readonly<Record<string, string>>, depth = 2): string {
  if (depth === 0) return script;
  return script.replaceAll(/\bnpm (?:run(?:-script)? )?(?:-s |--silent )?([\w:.-]+)/g, (whole, name: string) =>
    scripts[name] === undefined ? whole : resolveScript(scripts[name], scripts, depth - 1),
  );
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
  const isConfigured = paths.some(
    path => path === 'pytest.ini' || path === 'conftest.py' || path.endsWith('/conftest.py'),
  );
  const settings = `${(await files.readText('pyproject.toml')) ?? ''}${(await files.readText('setup.cfg')) ?? ''}${(await files.readText('requirements.txt')) ?? ''}`;
  const texts = await Promise.all(tests.slice(0, 20).map(path => files.readText(path)));
  const usesUnittest = texts.some(text => /\bimport unittest\b|\bfrom unittest\b/.test(text ?? ''));
  const usesPytest =
    isConfigured || /\bpytest\b/.test(settings) || texts.some(text => /\bpytest\b|^def test_/m.test(text ?? ''));
  if (usesUnittest && !usesPytest) {
    const argv = ['python3', '-m', 'unittest', 'discover', '-v', ...unittestRoot(tests)] as const;
    return { argv, display: argv.join(' '), runner: 'unittest', source: 'the test files' };
  }
  const argv = ['python3', '-m', 'pytest', '-q', '-p', 'no:cacheprovider'] as const;
  return {
    argv,
    display: 'python3 -m pytest',
    runner: 'pytest',
    source: isConfigured ? 'the pytest settings' : 'the test files',
  };
}

/** Discovery does not enter folders that are no packages: it starts where the tests are when they are all in one. */
function unittestRoot(tests: readonly string[]): readonly string[] {
  const folders = new Set(tests.map(path => path.slice(0, path.lastIndexOf('/') + 1)));
  const [folder] = folders;
  return folders.size === 1 && folder ? ['-s', folder, '-t', '.'] : [];
}

function shellCommand(script: string, display: string, source: string, resolved = script): TestCommand {
  const runner = RUNNERS.exec(resolved)?.[1]?.replace(/^node\b.*/, 'node --test');
  return { argv: ['sh', '-c', script], display, source, ...(runner === undefined ? {} : { runner }) };
}
