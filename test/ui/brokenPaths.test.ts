// What a person sees in VS Code when a run does not go to its end.
import assert from 'node:assert/strict';
import { answerInput, keepScreenshot, runCommand } from '../host/workbench.ts';
import { EditorSession } from './editorSession.ts';
import { projectFiles, request, script } from './fibonacciProject.ts';

describe('a run in VS Code', () => {
  let session: EditorSession;
  afterEach(function () {
    return session.close(this.currentTest);
  });

  const start = async () => {
    await runCommand(session.page, 'Trellis: Plan & Implement');
    await answerInput(session.page, request);
  };
  const untouched = () => {
    for (const [name, text] of Object.entries(projectFiles)) assert.equal(session.read(name), text, name);
    assert.equal(session.read('src/fibonacci.js'), undefined);
  };

  it('can be cancelled while it waits for an answer, and applies nothing', async () => {
    session = await EditorSession.open({ files: projectFiles, script });
    const { page, panel } = session;
    await start();
    await panel.getByRole('button', { name: 'Approve' }).click();
    await panel.getByText('1 question for you').waitFor();
    await runCommand(page, 'Trellis: Cancel Run');
    await panel.getByText('Cancelled').first().waitFor();
    await panel.getByRole('button', { name: 'Start again' }).waitFor();
    await page.locator('.statusbar-item', { hasText: 'Approve plan' }).waitFor({ state: 'detached' });
    untouched();
  });

  it('is shown again after the window was reloaded, from the journal', async () => {
    session = await EditorSession.open({ files: projectFiles, script });
    const { page, panel } = session;
    await start();
    await panel.getByRole('button', { name: 'Approve' }).click();
    await panel.getByText('1 question for you').waitFor();
    await runCommand(page, 'Developer: Reload Window');
    await panel.getByRole('heading', { name: request }).waitFor({ timeout: 60_000 });
    await panel.getByRole('button', { name: /Write fibonacci.*Not finished/ }).waitFor();
    await panel.getByRole('button', { name: 'Start again' }).waitFor();
    await keepScreenshot(page, 'ui-reloaded');
    untouched();
  });

  it('says in one sentence why it failed', async () => {
    session = await EditorSession.open({ files: projectFiles, script: { rules: [{ replies: [{ status: 401 }] }] } });
    const { page, panel } = session;
    await start();
    await panel.locator('.phase', { hasText: 'Failed' }).waitFor();
    const text = await session.notification('did not accept the key');
    assert.doesNotMatch(text, /\n\s+at /, 'a stack is shown');
    await keepScreenshot(page, 'ui-failed');
    untouched();
  });

  it('is not started in a folder that is not trusted', async () => {
    session = await EditorSession.open({ files: projectFiles, script, asksForTrust: true });
    const { page, panel } = session;
    await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    await runCommand(page, 'Trellis: Show Panel');
    await panel.getByText('Trust this workspace to let Trellis plan and run in it.').waitFor();
    await runCommand(page, 'Trellis: Plan & Implement');
    await session.notification('Trust this workspace');
    assert.deepEqual(session.models.requests, []);
    await keepScreenshot(page, 'ui-untrusted');
  });
});
