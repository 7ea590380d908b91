// Runs the suite of test/editor inside VS Code; `npm run build` comes first.
//   editorSuite.ts --host=current|floor     in the VS Code server of test/host, which comes from npm
//   editorSuite.ts --download[=VERSION]     in a desktop VS Code, which is downloaded
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { errorMessage } from '../src/base/errors.ts';
import { repository } from './command.ts';

const suiteFolder = path.join(repository, 'out/editor-suite');

/** VS Code of any age loads CommonJS; `vscode` is there only inside it, and mocha must be one instance for all files. */
async function bundleSuite(): Promise<void> {
  rmSync(suiteFolder, { recursive: true, force: true });
  const source = path.join(repository, 'test/editor');
  await build({
    entryPoints: [path.join(source, 'suite.ts'), ...globSync(`${source}/**/*.test.ts`)],
    outbase: source,
    outdir: suiteFolder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}

/** A folder to open. In a browser VS Code saves by itself unless it is told not to, and tests look at what is unsaved. */
function makeWorkspace(): string {
  const workspace = mkdtempSync(path.join(tmpdir(), 'trellis-workspace-'));
  mkdirSync(path.join(workspace, '.vscode'));
  writeFileSync(path.join(workspace, '.vscode/settings.json'), JSON.stringify({ 'files.autoSave': 'off' }));
  return workspace;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { host: { type: 'string' }, download: { type: 'string' } } });
  const workspace = makeWorkspace();
  try {
    await bundleSuite();
    await runTests({
      ...(values.host === undefined
        ? { version: values.download ?? 'stable' }
        : { vscodeExecutablePath: path.join(repository, 'test/host/codeShim.ts') }),
      extensionDevelopmentPath: [repository, path.join(repository, 'test/fixtures/exampleExtension')],
      extensionTestsPath: path.join(suiteFolder, 'suite.cjs'),
      extensionTestsEnv: values.host === undefined ? {} : { TRELLIS_VSCODE: values.host },
      launchArgs: [workspace],
    });
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

await main().catch((error: unknown) => {
  console.error(errorMessage(error));
  process.exitCode = 1;
});
