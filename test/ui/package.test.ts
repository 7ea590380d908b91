// The extension as users get it: packaged, installed, and used without the sources around it.
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { repository, runCommand as runProgram } from '../../scripts/command.ts';
import { launchChromium } from '../host/chromium.ts';
import { startServer } from '../host/server.ts';
import { openWorkbench, runCommand } from '../host/workbench.ts';
import { useTemporaryDirectory } from '../support/temporaryDirectory.ts';

describe('the packaged extension', () => {
  const directory = useTemporaryDirectory();
  let browser: Browser;

  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it('installs, and asks for a request when its command is picked', async () => {
    const vsix = path.join(directory(), 'trellis.vsix');
    const packaged = await runProgram('npm', ['run', '-s', 'package', '--', '--out', vsix]);
    if (packaged.exitCode !== 0) throw new Error(packaged.output);
    await using server = await startServer({ vsix: [vsix] });
    const page = await browser.newPage();
    await openWorkbench(page, server, { folder: path.join(repository, 'test/fixtures/host-extension') });
    await runCommand(page, 'Trellis: Plan & Implement');
    await page.getByText('You will see the plan before anything is written.').first().waitFor();
  });
});
