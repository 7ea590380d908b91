import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { launchChromium } from '../host/chromium.ts';
import { startServer } from '../host/server.ts';
import { keepScreenshot, openWorkbench, pickTheme, runCommand, webviewFrame } from '../host/workbench.ts';
import type { ModelScript } from '../support/modelServer/modelScript.ts';
import { ModelServer } from '../support/modelServer/modelServer.ts';
import { writeProject } from '../support/trellisHarness.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const extensionId = 'trellis.trellis';

export interface SessionOptions {
  readonly files: Readonly<Record<string, string>>;
  readonly script: ModelScript;
  readonly asksForTrust?: boolean;
  /** Of the user's, over those that choose the models. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A person before VS Code with a project, and a model that plays a script. */
export class EditorSession {
  readonly page: Page;
  readonly workspace: string;
  readonly models: ModelServer;
  readonly #close: () => Promise<void>;

  private constructor(page: Page, workspace: string, models: ModelServer, close: () => Promise<void>) {
    this.page = page;
    this.workspace = workspace;
    this.models = models;
    this.#close = close;
  }

  static async open({ files, script, settings, asksForTrust = false }: SessionOptions): Promise<EditorSession> {
    await using resources = new AsyncDisposableStack();
    const folder = mkdtempSync(path.join(tmpdir(), 'trellis-ui-'));
    resources.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
    const workspace = path.join(folder, 'numbers');
    mkdirSync(workspace);
    writeProject(workspace, files);
    const models = resources.adopt(await ModelServer.start(script), server => server.close());
    const roles = ['planner', 'executor', 'judge'].flatMap(role => [
      [`trellis.${role}.provider`, 'openai'],
      [`trellis.${role}.model`, 'scripted'],
    ]);
    const server = resources.use(
      await startServer({
        asksForTrust,
        settings: { ...Object.fromEntries(roles), 'security.workspace.trust.enabled': asksForTrust, ...settings },
        env: { TRELLIS_OPENAI_BASE_URL: models.openaiBaseUrl, OPENAI_API_KEY: 'test-key' },
      }),
    );
    const browser = resources.adopt(await launchChromium(), opened => opened.close());
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await openWorkbench(page, server, { folder: workspace, extensionDevelopmentPaths: [repository] });
    const kept = resources.move();
    return new EditorSession(page, workspace, models, () => kept.disposeAsync());
  }

  get panel(): FrameLocator {
    return webviewFrame(this.page, extensionId, 'panel');
  }

  get chat(): FrameLocator {
    return webviewFrame(this.page, extensionId, 'view');
  }

  /** Light, high contrast and dark, each once `views`, which have to be open, show it. */
  async inEachTheme(look: (name: string) => Promise<unknown>, views = [this.panel, this.chat]): Promise<void> {
    for (const [name, label, kind] of [
      ['light', 'Light Modern', 'vscode-light'],
      ['highContrast', 'Dark High Contrast', 'vscode-high-contrast'],
      ['dark', 'Dark Modern', 'vscode-dark'],
    ] as const) {
      await pickTheme(this.page, label);
      await Promise.all(views.map(view => view.locator(`body.${kind}`).waitFor()));
      await look(name);
    }
  }

  /** Waits for a notification with `text` in it and returns all that it says. The centre has to be opened: under the driver VS Code shows no toasts. */
  async notification(text: string): Promise<string> {
    const item = this.page.locator('.notification-list-item', { hasText: text });
    // Without any notification yet, the centre does not open.
    for (let attemptsLeft = 10; ; attemptsLeft -= 1) {
      await runCommand(this.page, 'Notifications: Show Notifications');
      try {
        await item.waitFor({ timeout: 3_000 });
        break;
      } catch (error) {
        if (attemptsLeft === 1) throw error;
      }
    }
    return item.innerText();
  }

  /** The text of a file of the project; undefined when there is none. */
  read(name: string): string | undefined {
    try {
      return readFileSync(path.join(this.workspace, name), 'utf8');
    } catch {
      return undefined;
    }
  }

  /** Ends everything that belongs to the session; of a test that failed, a picture stays. */
  async close(test: Mocha.Test | undefined): Promise<void> {
    if (test?.state === 'failed') await keepScreenshot(this.page, `failed-${test.title.replaceAll(/\W+/g, '-')}`);
    await this.#close();
  }
}
