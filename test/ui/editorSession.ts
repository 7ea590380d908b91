import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { launchProfile } from '../host/chromium.ts';
import { machineProcesses } from '../host/processes.ts';
import { startServer, type VsCodeServer } from '../host/server.ts';
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
  /** The extension as a package; by default it runs from its sources. */
  readonly vsix?: string;
}

interface SessionParts {
  readonly folder: string;
  readonly workspace: string;
  readonly models: ModelServer;
  readonly server: VsCodeServer;
  readonly extensionDevelopmentPaths: readonly string[];
  readonly close: () => Promise<void>;
}

/** A person before VS Code with a project, and a model that plays a script. */
export class EditorSession {
  readonly workspace: string;
  readonly models: ModelServer;
  readonly #parts: SessionParts;
  #page: Page;

  private constructor(page: Page, parts: SessionParts) {
    this.workspace = parts.workspace;
    this.models = parts.models;
    this.#parts = parts;
    this.#page = page;
  }

  static async open({ files, script, settings, vsix, asksForTrust = false }: SessionOptions): Promise<EditorSession> {
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
        vsix: vsix === undefined ? [] : [vsix],
        settings: { ...Object.fromEntries(roles), 'security.workspace.trust.enabled': asksForTrust, ...settings },
        env: { TRELLIS_OPENAI_BASE_URL: models.openaiBaseUrl, OPENAI_API_KEY: 'test-key' },
      }),
    );
    const extensionDevelopmentPaths = vsix === undefined ? [repository] : [];
    const kept = resources.move();
    const close = () => kept.disposeAsync();
    const parts = { folder, workspace, models, server, extensionDevelopmentPaths, close };
    try {
      return new EditorSession(await openWindow(parts), parts);
    } catch (error) {
      await close();
      throw error;
    }
  }

  get page(): Page {
    return this.#page;
  }

  /** What VS Code's server and its extensions keep. */
  get home(): string {
    return this.#parts.server.home;
  }

  /** The process that extensions run in: VS Code starts another when it is killed. */
  extensionHost(): readonly number[] {
    const { processGroup } = this.#parts.server;
    return machineProcesses()
      .filter(({ group, command }) => group === processGroup && command.includes('--type=extensionHost'))
      .map(({ id }) => id);
  }

  /** All of VS Code, as `process.kill` takes it: the server with what it started, as a group, and the window. */
  editor(): readonly number[] {
    const profile = profileIn(this.#parts.folder);
    const windows = machineProcesses().filter(({ command }) => command.includes(`--user-data-dir=${profile}`));
    return [-this.#parts.server.processGroup, ...windows.map(({ id }) => id)];
  }

  /** Starts VS Code again after it was killed, on the same folder and with all that it had kept. */
  async reopen(): Promise<void> {
    await this.#page.context().close();
    await this.#parts.server.kill();
    await this.#parts.server.restart();
    this.#page = await openWindow(this.#parts);
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
    const item = this.page.locator('.notification-list-item', { hasText: text }).first();
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
    await this.#page.context().close();
    await this.#parts.close();
  }
}

function profileIn(folder: string): string {
  return path.join(folder, 'profile');
}

async function openWindow({ folder, workspace, server, extensionDevelopmentPaths }: SessionParts): Promise<Page> {
  const context = await launchProfile(profileIn(folder));
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.setViewportSize({ width: 1440, height: 900 });
    await openWorkbench(page, server, { folder: workspace, extensionDevelopmentPaths });
    return page;
  } catch (error) {
    await context.close();
    throw error;
  }
}
