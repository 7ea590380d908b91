import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** No sandbox, since the tests may run as root and show only pages of their own; nothing that calls home. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
];

/** The browser named by `TRELLIS_CHROMIUM`, else the first known one on the path; undefined when there is none. */
export function findChromium(): string | undefined {
  const named = process.env['TRELLIS_CHROMIUM'];
  if (named) return named;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter(folder => folder !== '');
  return names.flatMap(name => folders.map(folder => path.join(folder, name))).find(file => existsSync(file));
}

/** A headless browser; who launches it closes it. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch(launchOptions());
}

/** The same with all that pages keep (and so what VS Code keeps of unsaved text) in a folder, where the next one finds it. */
export async function launchProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, launchOptions());
}

function launchOptions() {
  const executablePath = findChromium();
  if (!executablePath)
    throw new Error('No chromium found: install the package `chromium`, or name one in TRELLIS_CHROMIUM.');
  return { executablePath, headless: true, args: flags };
}
