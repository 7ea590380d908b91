import { type ParserOptions, type ParserPlugin, parse } from '@babel/parser';
import { errorMessage } from '../base/errors.ts';
import type { SandboxSession } from '../sandbox/sandbox.ts';

export interface SourceFile {
  readonly path: string;
  readonly content: Uint8Array;
}

export interface SyntaxResult {
  readonly path: string;
  /** True too for a file that was not checked. */
  readonly ok: boolean;
  /** False when nobody could tell: a language without a parser here, or no sandbox for one that needs it. */
  readonly isChecked: boolean;
  readonly message?: string;
  /** 1-based. */
  readonly line?: number;
}

/** Files over this many bytes are not parsed: they are generated, and would stall the caller. */
const SIZE_LIMIT = 500_000;

/**
 * Whether each file parses. JavaScript, TypeScript and JSON are parsed here, one file per turn of the event loop, and
 * never run. Python is parsed by its own `ast` module in the sandbox; without `session` it stays unchecked.
 */
export async function checkSyntax(
  files: readonly SourceFile[],
  session: SandboxSession | undefined,
  options: { readonly signal: AbortSignal },
): Promise<readonly SyntaxResult[]> {
  const results: SyntaxResult[] = [];
  const python: SourceFile[] = [];
  for (const file of files) {
    options.signal.throwIfAborted();
    if (file.content.length > SIZE_LIMIT) results.push(unchecked(file.path));
    else if (isCheckedInSandbox(file.path)) python.push(file);
    else results.push(checkHere(file));
    await new Promise(resolve => setImmediate(resolve));
  }
  return [...results, ...(await checkPython(python, session, options))];
}

/** Whether a file like that is parsed in the sandbox and not here. */
export function isCheckedInSandbox(path: string): boolean {
  return /\.pyi?$/.test(path);
}

function unchecked(path: string): SyntaxResult {
  return { path, ok: true, isChecked: false };
}

function checkHere({ path, content }: SourceFile): SyntaxResult {
  const check = checkerFor(path);
  if (!check) return unchecked(path);
  try {
    check(new TextDecoder().decode(content));
    return { path, ok: true, isChecked: true };
  } catch (error) {
    const line = lineOf(error);
    return { path, ok: false, isChecked: true, message: errorMessage(error), ...(line === undefined ? {} : { line }) };
  }
}

/** Parses or throws; undefined for a language that is not parsed here. */
function checkerFor(path: string): ((text: string) => void) | undefined {
  const extension = /\.([cm]?[jt]sx?|json)$/.exec(path)?.[1];
  if (extension === undefined) return undefined;
  // Tools read these with comments and trailing commas in them.
  if (extension === 'json')
    return /(^|\/)(tsconfig[^/]*|\.vscode\/[^/]*)\.json$/.test(path) ? undefined : text => void JSON.parse(text);
  return text => void parse(text, parserOptions(extension, path));
}

function parserOptions(extension: string, path: string): ParserOptions {
  const isTypeScript = extension.includes('ts');
  const plugins: ParserPlugin[] = ['decorators', 'decoratorAutoAccessors', 'explicitResourceManagement'];
  if (isTypeScript) plugins.push(['typescript', { dts: path.endsWith('.d.ts') }]);
  if (!isTypeScript || extension === 'tsx') plugins.push('jsx');
  return {
    sourceType: extension.startsWith('m') ? 'module' : 'unambiguous',
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowUndeclaredExports: true,
    plugins,
  };
}

function lineOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('loc' in error)) return undefined;
  const { loc } = error;
  return typeof loc === 'object' && loc !== null && 'line' in loc && typeof loc.line === 'number'
    ? loc.line
    : undefined;
}

/** Reads paths as arguments; prints a JSON line `[path, line, message]` for each file that does not parse. */
const PYTHON_CHECK = `
import ast, json, sys
for path in sys.argv[1:]:
    try:
        with open(path, "rb") as file:
            ast.parse(file.read(), path)
    except (SyntaxError, ValueError) as error:
        print(json.dumps([path, getattr(error, "lineno", None), str(error)]))
`;

async function checkPython(
  files: readonly SourceFile[],
  session: SandboxSession | undefined,
  options: { readonly signal: AbortSignal },
): Promise<readonly SyntaxResult[]> {
  if (files.length === 0) return [];
  if (!session) return files.map(file => unchecked(file.path));
  const paths = files.map(file => `./${file.path}`);
  const result = await session.run({ argv: ['python3', '-B', '-c', PYTHON_CHECK, ...paths] }, options);
  if (result.exitCode !== 0) return files.map(file => unchecked(file.path));
  const problems = new Map(result.stdout.split('\n').flatMap(pythonProblem));
  return files.map(({ path }) => problems.get(path) ?? { path, ok: true, isChecked: true });
}

function pythonProblem(line: string): [string, SyntaxResult][] {
  if (line.trim() === '') return [];
  const [given, lineNumber, message] = JSON.parse(line) as [string, number | null, string];
  const path = given.slice(2);
  const place = lineNumber === null || lineNumber < 1 ? {} : { line: lineNumber };
  return [[path, { path, ok: false, isChecked: true, message, ...place }]];
}
