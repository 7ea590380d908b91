// The whole path through the user interface of a real VS Code: palette, panel, chat, diff, accept, undo.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { launchChromium } from '../host/chromium.ts';
import { startServer, type VsCodeServer } from '../host/server.ts';
import { answerInput, keepScreenshot, openWorkbench, pickTheme, runCommand, webviewFrame } from '../host/workbench.ts';
import { ModelServer } from '../support/modelServer/modelServer.ts';
import { waitUntil } from '../support/sandbox.ts';
import { useTemporaryDirectory } from '../support/temporaryDirectory.ts';
import { writeProject } from '../support/trellisHarness.ts';
import { fibonacciSource, projectFiles, request, script } from './fibonacciProject.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const extensionId = 'trellis.trellis';
const role = { provider: 'openai', model: 'scripted' };

describe('the main job in VS Code', () => {
  const directory = useTemporaryDirectory();
  let browser: Browser;
  let models: ModelServer;
  let server: VsCodeServer;
  let page: Page;
  let workspace: string;

  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  beforeEach(async () => {
    workspace = path.join(directory(), 'numbers');
    mkdirSync(workspace);
    writeProject(workspace, projectFiles);
    models = await ModelServer.start(script);
    server = await startServer({
      settings: Object.fromEntries(
        ['planner', 'executor', 'judge'].flatMap(name =>
          Object.entries(role).map(([key, value]) => [`trellis.${name}.${key}`, value]),
        ),
      ),
      env: { TRELLIS_OPENAI_BASE_URL: models.openaiBaseUrl, OPENAI_API_KEY: 'test-key' },
    });
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await openWorkbench(page, server, { folder: workspace, extensionDevelopmentPaths: [repository] });
  });
  afterEach(async () => {
    await page.close();
    await server.stop();
    await models.close();
  });

  const panel = (): FrameLocator => webviewFrame(page, extensionId, 'panel');
  const chat = (): FrameLocator => webviewFrame(page, extensionId, 'view');
  const read = (name: string) => readFileSync(path.join(workspace, name), 'utf8');

  it('goes from a request over plan, question, score and diff to accepted changes, and back', async () => {
    await runCommand(page, 'Trellis: Plan & Implement');
    await answerInput(page, request);
    await panel().getByText('Nothing is written until you approve this plan.').waitFor();
    await panel()
      .getByRole('button', { name: /Write fibonacci/ })
      .click();
    await panel().getByText('fibonacci(10) is 55').waitFor();
    await page.locator('.statusbar-item', { hasText: 'Approve plan' }).waitFor();
    await keepScreenshot(page, 'ui-1-plan');
    await panel().getByRole('button', { name: 'Approve' }).click();

    await panel().getByText('1 question for you').waitFor();
    await panel().getByRole('button', { name: 'Answer in the chat' }).click();
    await chat().getByText('Should fibonacci be iterative or recursive?').waitFor();
    await keepScreenshot(page, 'ui-2-question');
    await chat().getByRole('button', { name: 'iterative' }).click();

    await panel().getByText('Ready for review').first().waitFor({ timeout: 60_000 });
    await panel().getByText('Passed', { exact: true }).waitFor();
    for (const [theme, name, kind] of [
      ['Light Modern', 'light', 'vscode-light'],
      ['Dark High Contrast', 'highContrast', 'vscode-high-contrast'],
      ['Dark Modern', 'dark', 'vscode-dark'],
    ] as const) {
      await pickTheme(page, theme);
      await Promise.all([panel(), chat()].map(view => view.locator(`body.${kind}`).waitFor()));
      await keepScreenshot(page, `ui-3-review-${name}`);
    }
    assert.equal(
      existsSync(path.join(workspace, 'src/fibonacci.js')),
      false,
      'nothing is applied before it is accepted',
    );

    await panel().getByRole('button', { name: 'Review changes' }).click();
    await page.locator('.multiDiffEditor .view-line', { hasText: 'The nth Fibonacci number' }).first().waitFor();
    await keepScreenshot(page, 'ui-4-diff');
    await runCommand(page, 'Trellis: Accept All Changes');
    await waitUntil('the changes are in the files', () => read('src/index.js').includes('fibonacci'));
    assert.equal(read('src/fibonacci.js'), fibonacciSource);
    assert.equal(existsSync(path.join(workspace, 'test/fibonacci.test.js')), true);

    await runCommand(page, 'Trellis: Show Panel');
    await panel().getByText('Changes applied').first().waitFor();
    await keepScreenshot(page, 'ui-5-applied');
  });
});
