// The VS Code of test/host itself: what every other user-interface test relies on.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { runCommand as runProgram } from '../../scripts/command.ts';
import { launchChromium } from '../host/chromium.ts';
import { startServer } from '../host/server.ts';
import { answerInput, openWorkbench, pickTheme, runCommand, webviewFrame } from '../host/workbench.ts';

const extension = path.resolve(import.meta.dirname, '../fixtures/host-extension');
const extensionId = 'trellis-test.host-extension';

describe('the VS Code of the tests', () => {
  let browser: Browser;
  let folder: string;

  before(async () => {
    browser = await launchChromium();
    folder = mkdtempSync(path.join(tmpdir(), 'trellis-workspace-'));
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is driven through palette, input box, panel and view, changes its theme, and leaves nothing behind', async () => {
    const server = await startServer();
    try {
      const page = await browser.newPage();
      await openWorkbench(page, server, { folder, extensionDevelopmentPaths: [extension] });
      await runCommand(page, 'Host Extension: Greet');
      await answerInput(page, 'Ada');
      await webviewFrame(page, extensionId, 'panel').getByText('Hello, Ada').waitFor();

      await page.getByRole('tab', { name: 'Host Extension', exact: true }).click();
      await webviewFrame(page, extensionId, 'view').getByText('A view').waitFor();

      await pickTheme(page, 'Dark High Contrast');
      await page.locator('.monaco-workbench.hc-black').waitFor();
      await page.close();
    } finally {
      await server.stop();
    }
    assert.equal(existsSync(server.home), false);
  });
});

describe('the stand-in for the `code` executable', () => {
  const run = (env: Record<string, string>) =>
    runProgram(
      path.resolve(import.meta.dirname, '../host/codeShim.ts'),
      [`--extensionDevelopmentPath=${extension}`, `--extensionTestsPath=${path.join(extension, 'suite.cjs')}`],
      { env, limitMs: 90_000 },
    );

  it('runs a suite in the extension host and prints its lines only', async () => {
    const { exitCode, output } = await run({});
    assert.match(output, /^extension host of VS Code \d+\.\d+\.\d+\n$/);
    assert.equal(exitCode, 0);
  });

  it('fails when the suite fails, and shows what VS Code said', async () => {
    const { exitCode, output } = await run({ HOST_SUITE_FAILS: '1' });
    assert.match(output, /said by an extension/);
    assert.equal(exitCode, 1);
  });
});
