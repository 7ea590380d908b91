#!/usr/bin/env node
// Stands in for the `code` executable: runs a suite inside the extension host of the VS Code server. It takes VS Code's
// own arguments, so `@vscode/test-electron` drives it as it drives a desktop VS Code; the exit code is the suite's.
//   codeShim.ts [folder] --extensionDevelopmentPath=DIR --extensionTestsPath=FILE      (others are ignored)
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { testLineMark } from '../support/stageReporter.ts';
import { launchChromium } from './chromium.ts';
import type { HostVariant } from './installation.ts';
import { startServer } from './server.ts';
import { workbenchUrl } from './workbench.ts';

const limitMs = Number(process.env['TRELLIS_EDITOR_LIMIT_MS'] ?? 600_000);
const shownOnFailure = 200;

/** Everything that VS Code and its extensions printed, apart from the suite's own lines, which go straight out. */
const editorLines: string[] = [];

/** Resolves with the suite's exit code, which VS Code's test driver reports by calling functions of the page. */
async function suiteEnd(page: Page): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const timer = setTimeout(() => reject(new Error(`The suite did not end within ${limitMs} ms.`)), limitMs);
  page.once('crash', () => reject(new Error('The workbench page crashed.')));
  await page.exposeFunction('codeAutomationExit', resolve);
  await page.exposeFunction('codeAutomationLog', (_type: string, values: readonly unknown[]) => {
    const line = values.map(String).join(' ');
    if (line.startsWith(testLineMark)) process.stdout.write(`${line.slice(testLineMark.length)}\n`);
    else editorLines.push(line);
  });
  return promise.finally(() => clearTimeout(timer));
}

function pathOptions(name: string): string[] {
  const prefix = `--${name}=`;
  return process.argv.filter(value => value.startsWith(prefix)).map(value => path.resolve(value.slice(prefix.length)));
}

async function main(): Promise<number> {
  const [extensionTestsPath] = pathOptions('extensionTestsPath');
  if (!extensionTestsPath) throw new Error('--extensionTestsPath is missing.');
  // A workbench in a browser takes one extension from its sources; the others are put where installed ones are.
  const [developed, ...extensionFolders] = pathOptions('extensionDevelopmentPath');
  const extensionDevelopmentPaths = developed === undefined ? [] : [developed];
  const named = process.argv.slice(2).find(value => !value.startsWith('-'));
  const folder = named === undefined ? mkdtempSync(path.join(tmpdir(), 'workspace-')) : path.resolve(named);
  if (named === undefined) process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

  const variant = (process.env['TRELLIS_VSCODE'] ?? 'current') as HostVariant;
  await using server = await startServer({ variant, extensionFolders });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const end = suiteEnd(page);
    await page.goto(workbenchUrl(server, { folder, extensionDevelopmentPaths, extensionTestsPath }));
    return await end;
  } catch (error) {
    process.stderr.write(`${String(error)}\n${server.log()}\n`);
    return 1;
  } finally {
    await browser.close();
  }
}

const exitCode = await main();
if (exitCode !== 0) process.stderr.write(`VS Code said:\n${editorLines.slice(-shownOnFailure).join('\n')}\n`);
process.exit(exitCode);
