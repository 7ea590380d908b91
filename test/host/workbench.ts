// Opens the workbench of a running server in chromium, and the few gestures that every user-interface test needs.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import type { VsCodeServer } from './server.ts';

const paletteLimitMs = 5_000;
const screenshotFolder = path.resolve(import.meta.dirname, '../../out/screenshots');

export interface WorkbenchAddress {
  /** The workspace's folder on this machine. */
  readonly folder: string;
  /** Extensions to run from their sources, beside the installed ones. */
  readonly extensionDevelopmentPaths?: readonly string[];
  /** A CommonJS module whose `run()` the extension host calls once it is up. */
  readonly extensionTestsPath?: string;
}

/** The address of a workbench. */
export function workbenchUrl(server: Pick<VsCodeServer, 'origin' | 'authority'>, address: WorkbenchAddress): string {
  const remote = (file: string) => `vscode-remote://${server.authority}${file}`;
  const payload = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
    ...(address.extensionDevelopmentPaths ?? []).map(folder => ['extensionDevelopmentPath', remote(folder)]),
    ...(address.extensionTestsPath ? [['extensionTestsPath', remote(address.extensionTestsPath)]] : []),
  ];
  const query = new URLSearchParams({ folder: address.folder, payload: JSON.stringify(payload) });
  return `${server.origin}/?${query.toString()}`;
}

/** Opens the workbench in `page` and waits until its parts are restored. */
export async function openWorkbench(page: Page, server: VsCodeServer, address: WorkbenchAddress): Promise<void> {
  await page.goto(workbenchUrl(server, address));
  await page.waitForFunction('globalThis.driver?.whenWorkbenchRestored', undefined, { timeout: 60_000 });
  await page.evaluate('globalThis.driver.whenWorkbenchRestored()');
}

/** Picks the command `title` in the palette, as a user does. */
export async function runCommand(page: Page, title: string): Promise<void> {
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
  // While VS Code starts, a part that takes the focus closes the palette again, so it may have to be opened twice.
  for (let attemptsLeft = 5; ; attemptsLeft -= 1) {
    try {
      await page.keyboard.press('F1');
      await quickInput(page).fill(`>${title}`, { timeout: paletteLimitMs });
      await row.click({ timeout: paletteLimitMs });
      return;
    } catch (error) {
      if (attemptsLeft === 1) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Runs the command `title` without the mouse: the palette, its name, Enter. */
export async function typeCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1');
  await quickInput(page).waitFor();
  await page.keyboard.type(title);
  await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: title }).waitFor();
  await page.keyboard.press('Enter');
  // What the command asks comes in the same widget.
  await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).waitFor({ state: 'hidden' });
}

/** Changes the colour theme to the one called `name`, such as `Dark High Contrast`. */
export async function pickTheme(page: Page, name: string): Promise<void> {
  await runCommand(page, 'Preferences: Color Theme');
  await answerInput(page, name);
}

/** Types `text` into the input box that is open, and presses Enter. */
export async function answerInput(page: Page, text: string): Promise<void> {
  const input = quickInput(page);
  await input.waitFor();
  await input.fill(text);
  await input.press('Enter');
}

function quickInput(page: Page) {
  return page.locator('.quick-input-widget input').first();
}

/** The document of an extension's webview: a frame (VS Code's shell) in whose frame the extension's own page lives. */
export function webviewFrame(page: Page, extensionId: string, kind: 'panel' | 'view'): FrameLocator {
  const purpose = kind === 'view' ? '[src*="purpose=webviewView"]' : ':not([src*="purpose="])';
  return page
    .frameLocator(`iframe.webview.ready[src*="extensionId=${extensionId}"]${purpose}`)
    .frameLocator('#active-frame');
}

/** Keeps a picture of the page in `out/screenshots`, which the build leaves behind for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<string> {
  await mkdir(screenshotFolder, { recursive: true });
  const file = path.join(screenshotFolder, `${name}.png`);
  await page.screenshot({ path: file });
  return file;
}
