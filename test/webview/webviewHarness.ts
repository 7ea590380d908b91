import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page, Route } from 'playwright-core';
import type {
  PanelHostMessage,
  PanelRequestMessage,
  PanelRequestName,
  PanelSnapshot,
} from '../../src/domain/panelProtocol.ts';
import { reduceAll } from '../../src/domain/reduceRun.ts';
import type { RunEvent } from '../../src/domain/schema/events.ts';
import { parseEnvelope } from '../../src/editor/panel/panelMessages.ts';
import { webviewHtml } from '../../src/editor/panel/webviewHtml.ts';
import { openBrowser } from './browser.ts';
import { type ThemeName, themes } from './themes.ts';

const origin = 'https://webview.test';
const bundle = path.resolve('dist/webview');
const screenshots = path.resolve('out/screenshots');

export interface HarnessOptions {
  readonly script: 'panel' | 'chat';
  /** The run's events; none for an editor without a run. */
  readonly events?: readonly RunEvent[];
  /** How many of them have happened when the webview opens; all, unless told. */
  readonly shown?: number;
  readonly isLive?: boolean;
  readonly canUndo?: boolean;
  readonly problem?: string;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** What the webview kept from before a reload. */
  readonly state?: unknown;
  /** Requests that fail, with the sentence that says why. */
  readonly failures?: Partial<Record<PanelRequestName, string>>;
}

/**
 * The built webview in a real browser, under the page and policy that the extension gives it. The host's side is
 * replayed from a list of events.
 */
export class WebviewHarness {
  readonly page: Page;
  /** Everything that the webview asked for, in order. */
  readonly requests: PanelRequestMessage[] = [];
  /** Anything that went wrong in the page: errors, and what the policy kept from loading. */
  readonly complaints: string[] = [];
  readonly #options: HarnessOptions;
  readonly #incoming = new EventEmitter();
  #shown: number;

  private constructor(page: Page, options: HarnessOptions) {
    this.page = page;
    this.#options = options;
    this.#shown = options.shown ?? options.events?.length ?? 0;
  }

  /** Opens the page and waits until something is drawn. */
  static async open(options: HarnessOptions): Promise<WebviewHarness> {
    const browser = await openBrowser();
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1200, height: options.height ?? 900 },
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    const harness = new WebviewHarness(await context.newPage(), options);
    await harness.#load();
    return harness;
  }

  /** The next events happen. */
  async happen(count = 1): Promise<void> {
    const events = this.#options.events?.slice(this.#shown, this.#shown + count) ?? [];
    assert.equal(events.length, count, 'The list has no more events.');
    this.#shown += count;
    await this.send({ kind: 'notification', name: 'runEvents', params: { runId: events[0]!.runId, events } });
  }

  /** Sends a message as the host. */
  async send(message: PanelHostMessage): Promise<void> {
    await this.page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`);
  }

  /** Waits until the webview has asked for something, and returns the last such request's parameters. */
  async asked(name: PanelRequestName): Promise<unknown> {
    for (;;) {
      const found = this.requests.findLast(request => request.name === name);
      if (found) return found.params;
      await once(this.#incoming, 'request');
    }
  }

  /** Reloads the page with what it kept, once `kept` is part of that. */
  async reload(kept: string): Promise<void> {
    // As a string: it runs in the page, whose globals the tests' types do not know.
    await this.page.waitForFunction(`sessionStorage.state?.includes(${JSON.stringify(kept)})`);
    await this.page.reload();
    await this.page.locator('#root > *').first().waitFor();
  }

  /** Keeps a picture of the page in out/screenshots, and checks that it has complained of nothing. */
  async picture(name: string): Promise<void> {
    await mkdir(screenshots, { recursive: true });
    await this.page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage: true });
    assert.deepEqual(this.complaints, []);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  async #load(): Promise<void> {
    const { page } = this;
    page.on('pageerror', error => this.complaints.push(error.message));
    page.on('console', message => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    await page.exposeFunction('harnessPost', (message: unknown) => this.#receive(message));
    await page.addInitScript(editorApiScript(this.#options.state));
    await page.route(`${origin}/**`, route => this.#serve(route));
    await page.goto(`${origin}/`);
    await page.locator('#root > *').first().waitFor();
  }

  async #serve(route: Route): Promise<void> {
    const { script, theme = 'dark' } = this.#options;
    const { bodyClass, variables } = themes[theme];
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '') {
      const html = webviewHtml({
        cspSource: origin,
        nonce: 'dGVzdA==',
        scriptUri: `${origin}/${script}.js`,
        styleUri: `${origin}/style.css`,
        title: 'Trellis',
      });
      const body = html.replace('<body>', `<body class="${bodyClass}">`);
      await route.fulfill({ contentType: 'text/html', body });
    } else if (name === 'favicon.ico') {
      await route.fulfill({ status: 204 });
    } else {
      const file = await readFile(path.join(bundle, name), 'utf8');
      if (name.endsWith('.css')) await route.fulfill({ contentType: 'text/css', body: themeCss(variables) + file });
      else await route.fulfill({ contentType: 'text/javascript', body: file });
    }
  }

  async #receive(message: unknown): Promise<void> {
    const request = parseEnvelope(message);
    assert.ok(request, `The webview sent ${JSON.stringify(message)}, which is no request.`);
    this.requests.push(message as PanelRequestMessage);
    this.#incoming.emit('request');
    const problem = this.#options.failures?.[request.name];
    if (problem !== undefined) await this.send({ kind: 'failure', id: request.id, problem });
    else {
      const result = request.name === 'getSnapshot' ? this.#snapshot() : null;
      await this.send({ kind: 'response', id: request.id, result });
    }
  }

  #snapshot(): PanelSnapshot {
    const { events = [], isLive = true, canUndo = false, problem } = this.#options;
    const happened = events.slice(0, this.#shown);
    const last = happened.at(-1);
    return {
      run: last ? reduceAll(last.runId, happened) : null,
      isLive: last !== undefined && isLive,
      canUndo,
      // Four and a half seconds after the last event, so that running clocks show something.
      now: (last?.at ?? 0) + 4500,
      ...(problem === undefined ? {} : { problem }),
    };
  }
}

/** What the editor gives to a webview's script; what the script keeps outlives a reload of the page. */
function editorApiScript(state: unknown): string {
  const literal = state === undefined ? 'undefined' : JSON.stringify(state);
  return `
    const initial = ${literal};
    if (initial !== undefined && sessionStorage.state === undefined) sessionStorage.state = JSON.stringify(initial);
    globalThis.acquireVsCodeApi = () => ({
      postMessage: message => globalThis.harnessPost(message),
      getState: () => (sessionStorage.state === undefined ? undefined : JSON.parse(sessionStorage.state)),
      setState: kept => { sessionStorage.state = JSON.stringify(kept); },
    });`;
}

/** The theme's variables, and the background that the editor draws behind a webview. */
function themeCss(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value};`);
  return `html { ${lines.join(' ')} } body { background: var(--vscode-editor-background); }\n`;
}
