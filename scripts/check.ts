// `npm run check`: what can be said of the sources without running them, then the unit tests.
//   check.ts [--fresh] [types|format|lint|dead|unit …]      (default: all)
// ESLint looks again only at files that changed, which misses what a change elsewhere does to them; `--fresh` forgets.
// A checker that looked at nothing reports nothing; so each must show that it read every source file.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type CommandResult, repository, runCommand, runTool, seconds } from './command.ts';

interface Verdict {
  readonly isClean: boolean;
  /** What the user needs to see; empty when clean. */
  readonly report: string;
}

type Check = (sources: readonly string[]) => Promise<Verdict>;

const names = process.argv.slice(2).filter(name => name !== '--fresh');
const isFresh = process.argv.includes('--fresh');

const checks: Readonly<Record<string, Check>> = { types, lint, format, dead, unit };

async function types(sources: readonly string[]): Promise<Verdict> {
  const results = await Promise.all(
    ['.', 'webview'].map(project => {
      const memory = `.cache/types-${project === '.' ? 'root' : project}.json`;
      return runTool('tsc', ['-p', project, '--listFiles', '--incremental', '--tsBuildInfoFile', memory]);
    }),
  );
  const lines = results.flatMap(({ output }) => output.split('\n'));
  const isListedFile = (line: string) => path.isAbsolute(line);
  return verdict(
    results,
    lines.filter(line => !isListedFile(line)).join('\n'),
    missing(sources, lines.filter(isListedFile)),
  );
}

async function lint(sources: readonly string[]): Promise<Verdict> {
  const args = [
    '--max-warnings',
    '0',
    '--format',
    'json',
    '--cache',
    '--cache-location',
    lintMemory(),
    ...folders(sources),
  ];
  const result = await runTool('eslint', args);
  if (!result.output.startsWith('[')) return { isClean: false, report: result.output };
  const files = JSON.parse(result.output) as LintedFile[];
  const report = files.flatMap(({ filePath, messages }) =>
    messages.map(({ line, column, message, ruleId }) => {
      return `${path.relative(repository, filePath)}:${line ?? 0}:${column ?? 0} ${message} (${ruleId ?? 'eslint'})`;
    }),
  );
  return verdict(
    [result],
    report.join('\n'),
    missing(
      sources,
      files.map(({ filePath }) => filePath),
    ),
  );
}

/** ESLint's cache does not notice a changed rule of our own, or a changed plugin, so its name does. */
function lintMemory(): string {
  const hash = createHash('sha256');
  for (const file of [
    'eslint.config.js',
    'eslint.layers.js',
    'tsconfig.json',
    'node_modules/typescript-eslint/package.json',
  ]) {
    hash.update(readFileSync(path.join(repository, file)));
  }
  const memory = path.join(repository, `.cache/eslint-${hash.digest('hex').slice(0, 12)}.json`);
  if (isFresh) rmSync(memory, { force: true });
  return memory;
}

interface LintedFile {
  readonly filePath: string;
  readonly messages: readonly {
    readonly line?: number;
    readonly column?: number;
    readonly message: string;
    readonly ruleId: string | null;
  }[];
}

async function format(sources: readonly string[]): Promise<Verdict> {
  const result = await runTool('biome', ['check', '--error-on-warnings', '--colors=off', '.']);
  return verdict([result], result.output, tooFew(sources, /Checked (\d+) files/.exec(result.output)));
}

async function dead(sources: readonly string[]): Promise<Verdict> {
  const reporters = ['--reporter', 'symbols', '--reporter', './scripts/knipCount.ts'];
  const result = await runTool('knip', ['--no-progress', '--treat-config-hints-as-errors', ...reporters]);
  return verdict([result], result.output, tooFew(sources, /knip read (\d+) files/.exec(result.output)));
}

async function unit(): Promise<Verdict> {
  const result = await runCommand('npm', ['run', '-s', 'test:unit', '--', '--reporter', 'dot']);
  return verdict([result], result.output, undefined);
}

function verdict(results: readonly CommandResult[], report: string, unread: string | undefined): Verdict {
  if (unread !== undefined) return { isClean: false, report: `${report}\n${unread}` };
  const isClean = results.every(({ exitCode }) => exitCode === 0);
  return { isClean, report: isClean ? '' : report };
}

/** A complaint when `read` lacks some of the sources. */
function missing(sources: readonly string[], read: readonly string[]): string | undefined {
  const known = new Set(read.map(file => path.resolve(repository, file)));
  const unread = sources.filter(file => !known.has(path.join(repository, file)));
  return unread.length === 0 && sources.length > 0
    ? undefined
    : `Not read by this checker: ${unread.join(', ') || 'anything'}`;
}

/** A complaint when the checker counted fewer files than there are sources. */
function tooFew(sources: readonly string[], counted: RegExpExecArray | null): string | undefined {
  const count = Number(counted?.[1] ?? 0);
  return count >= sources.length && count > 0
    ? undefined
    : `This checker read ${count} of ${sources.length} source files.`;
}

function folders(sources: readonly string[]): string[] {
  return [...new Set(sources.map(file => file.split('/')[0] ?? ''))];
}

/** Every TypeScript source that is or will be in the repository, with `/`, relative to its root. */
async function sourceFiles(): Promise<string[]> {
  const places = ['src', 'webview', 'test', 'scripts', 'bench', ':!test/fixtures', ':!test/webview/app', ':!*.d.ts'];
  const listed = await runCommand('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...places]);
  const existing = listed.output
    .split('\n')
    .filter(file => /\.tsx?$/.test(file) && existsSync(path.join(repository, file)));
  return [...new Set(existing)];
}

async function main(): Promise<void> {
  const chosen = names.length > 0 ? names : Object.keys(checks);
  const sources = await sourceFiles();
  let failed = 0;
  const runOne = async (name: string) => {
    const startedAt = performance.now();
    const check = checks[name];
    const { isClean, report } = check
      ? await check(sources)
      : { isClean: false, report: `There is no check ${name}; there are ${Object.keys(checks).join(', ')}.` };
    if (!isClean) failed += 1;
    console.log(`${isClean ? 'clean ' : 'FAILED'} ${name} (${seconds(performance.now() - startedAt)})`);
    if (report.trim() !== '') console.log(report.trim());
  };
  await Promise.all(chosen.map(runOne));
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
