// The whole path through the user interface of a real VS Code: palette, panel, chat, diff, accept, undo.
import assert from 'node:assert/strict';
import { answerInput, keepScreenshot, pickTheme, runCommand } from '../host/workbench.ts';
import { waitUntil } from '../support/sandbox.ts';
import { EditorSession } from './editorSession.ts';
import { fibonacciSource, projectFiles, request, script } from './fibonacciProject.ts';

describe('the main job in VS Code', () => {
  let session: EditorSession;
  beforeEach(async () => {
    session = await EditorSession.open({ files: projectFiles, script });
  });
  afterEach(function () {
    return session.close(this.currentTest);
  });

  it('goes from a request over plan, question, score and diff to accepted changes, and back', async () => {
    const { page } = session;
    await pickTheme(page, 'Dark Modern');

    await runCommand(page, 'Trellis: Plan & Implement');
    await answerInput(page, request);
    await approveThePlan(session);
    await answerTheQuestion(session);
    await reviewTheChanges(session);
    assert.equal(session.read('src/fibonacci.js'), undefined, 'nothing is applied before it is accepted');

    await runCommand(page, 'Trellis: Accept All and Apply');
    await changesAreThere(session, true);
    assert.equal(session.read('src/fibonacci.js'), fibonacciSource);
    await runCommand(page, 'Trellis: Show Panel');
    await session.panel.getByText('Changes applied').first().waitFor();
    await keepScreenshot(page, 'ui-5-applied');

    await undo(session);
    await changesAreThere(session, false);
    // The editor saves the undone file a moment after it removed the new ones.
    await waitUntil('src/index.js is as it was', () => session.read('src/index.js') === projectFiles['src/index.js']);

    await runCommand(page, 'Trellis: Show Panel');
    await session.panel.getByRole('button', { name: 'Undo' }).click();
    await session.panel.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });
  });
});

async function approveThePlan({ page, panel }: EditorSession): Promise<void> {
  await panel.getByText('Nothing is written until you approve this plan.').waitFor();
  await panel.getByRole('button', { name: /Write fibonacci/ }).click();
  await panel.getByText('fibonacci(10) is 55').waitFor();
  await page.locator('.statusbar-item', { hasText: 'Approve plan' }).waitFor();
  await keepScreenshot(page, 'ui-1-plan');
  await panel.getByRole('button', { name: 'Close details' }).click();
  await panel.getByRole('button', { name: 'Approve' }).click();
}

async function answerTheQuestion({ page, panel, chat }: EditorSession): Promise<void> {
  await panel.getByText('1 question for you').waitFor();
  await panel.getByRole('button', { name: 'Answer in the chat' }).click();
  await chat.getByText('Should fibonacci be iterative or recursive?').waitFor();
  await panel.getByRole('button', { name: /Export fibonacci.*Done/ }).waitFor();
  await keepScreenshot(page, 'ui-2-question');
  await chat.getByRole('button', { name: 'iterative' }).click();
}

async function reviewTheChanges(session: EditorSession): Promise<void> {
  const { page, panel } = session;
  await panel.getByText('Ready for review').first().waitFor({ timeout: 60_000 });
  await panel.getByText('Passed', { exact: true }).waitFor();
  await panel.getByText('2 tests pass.').first().waitFor();
  await session.inEachTheme(theme => keepScreenshot(page, `ui-3-review-${theme}`));
  await panel.getByRole('button', { name: 'Review changes' }).click();
  await page.locator('.multiDiffEditor .view-line', { hasText: 'The nth Fibonacci number' }).first().waitFor();
  await keepScreenshot(page, 'ui-4-diff');
}

/** One undo in any of the changed files takes all of the changes back. */
async function undo(session: EditorSession): Promise<void> {
  const { page } = session;
  await runCommand(page, 'Go to File...');
  await page.keyboard.type('src/index.js');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'index.js' }).first().click();
  const editor = page.locator('.editor-instance .monaco-editor', { hasText: 'fibonacci.js' });
  await editor.waitFor();
  await editor.locator('.view-lines').click();
  await page.keyboard.press('Control+z');
  await waitUntil('the added files are gone', () => session.read('test/fibonacci.test.js') === undefined);
  await editor.waitFor({ state: 'detached' });
  await keepScreenshot(page, 'ui-6-undone');
  await page.keyboard.press('Control+s');
}

async function changesAreThere(session: EditorSession, expected: boolean): Promise<void> {
  await waitUntil(expected ? 'the changes are in the files' : 'the changes are taken back', () => {
    const isExported = session.read('src/index.js')?.includes('fibonacci') === true;
    const areAdded = ['src/fibonacci.js', 'test/fibonacci.test.js'].map(name => session.read(name) !== undefined);
    return [isExported, ...areAdded].every(isThere => isThere === expected);
  });
}
