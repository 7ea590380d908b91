// Packages the extension as it is published, and holds the package against what may, and what must, be in it.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repository, runCommand } from './command.ts';
import { readZip, type ZipEntry } from './zip.ts';

const packageFile = path.join(repository, 'out/trellis.vsix');
const maximumBytes = 3 * 1024 * 1024;

const required = [
  'extension.vsixmanifest',
  'extension/package.json',
  'extension/readme.md',
  'extension/changelog.md',
  'extension/LICENSE.txt',
  'extension/dist/extension.cjs',
  'extension/dist/cli.cjs',
  'extension/dist/webview/panel.js',
  'extension/dist/webview/chat.js',
  'extension/dist/webview/style.css',
  'extension/prompts/planner.md',
  'extension/api/trellis.d.ts',
];
/** Beside the required ones. */
const allowed = [
  /^\[Content_Types\]\.xml$/,
  /^extension\/dist\/(webview\/)?[\w-]+\.(cjs|js|css)(\.LEGAL\.txt)?$/,
  /^extension\/prompts\/[\w/]+\.md$/,
  /^extension\/media\/[\w/.-]+\.(svg|png|woff2?|md)$/,
];

/** Each returns what is wrong, or nothing. */
const checks: Readonly<Record<string, (entries: readonly ZipEntry[], bytes: number) => string | Promise<string>>> = {
  'holds nothing that does not belong': entries =>
    list(entries.map(({ name }) => name).filter(name => !isAllowed(name))),
  'lacks nothing': entries => list(required.filter(name => !entries.some(entry => entry.name === name))),
  'is small enough': (_entries, bytes) => (bytes <= maximumBytes ? '' : `${bytes} bytes, allowed are ${maximumBytes}`),
  'brings no zod into the webview': entries =>
    list(
      entries
        .filter(entry => entry.name.includes('/webview/') && entry.read().includes('ZodError'))
        .map(({ name }) => name),
    ),
  'has a command line that runs by itself': runsCommandLine,
};

/** Unpacks the package far from any node_modules and asks its command line for its version. */
async function runsCommandLine(entries: readonly ZipEntry[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'trellis-package-'));
  try {
    for (const entry of entries) {
      const file = path.join(folder, entry.name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, entry.read());
    }
    const { exitCode, output } = await runCommand(process.execPath, [
      path.join(folder, 'extension/dist/cli.cjs'),
      '--version',
    ]);
    return exitCode === 0 && /\d+\.\d+\.\d+/.test(output) ? '' : `exit code ${String(exitCode)}: ${output}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isAllowed(name: string): boolean {
  return required.includes(name) || allowed.some(pattern => pattern.test(name));
}

function list(names: readonly string[]): string {
  return names.join(', ');
}

async function main(): Promise<void> {
  await mkdir(path.dirname(packageFile), { recursive: true });
  await rm(packageFile, { force: true });
  const packaged = await runCommand('npm', ['run', '-s', 'package', '--', '--out', packageFile]);
  if (packaged.exitCode !== 0) {
    console.log(`FAILED vsce packages the extension\n${packaged.output}`);
    console.log('0 passed, 1 failed');
    process.exitCode = 1;
    return;
  }
  const archive = await readFile(packageFile);
  const entries = readZip(archive);
  for (const { name } of entries)
    console.log(`  ${name} (${entries.find(entry => entry.name === name)?.read().length ?? 0} bytes)`);
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    const problem = await check(entries, archive.length);
    if (problem !== '') failed += 1;
    console.log(problem === '' ? `ok the package ${name}` : `FAILED the package ${name}: ${problem}`);
  }
  console.log(`the package has ${archive.length} bytes`);
  console.log(`${Object.keys(checks).length - failed + 1} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
