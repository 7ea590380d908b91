import type { Browser } from 'playwright-core';
import { launchChromium } from '../host/chromium.ts';

let browser: Promise<Browser> | undefined;

/** One browser for the tests of a file. */
export function openBrowser(): Promise<Browser> {
  browser ??= launchChromium();
  return browser;
}

/** Ends the browser, if there is one. */
export async function closeBrowser(): Promise<void> {
  const opened = await browser;
  browser = undefined;
  await opened?.close();
}
