// The review in VS Code, walked once by keyboard alone and once by mouse.
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { answerInput, keepScreenshot, runCommand, typeCommand } from '../host/workbench.ts';
import { waitUntil } from '../support/sandbox.ts';
import { EditorSession } from './editorSession.ts';
import { discountLine, projectFiles, remark, request, roundedLine, script, shownLine } from './shopProject.ts';

const settings = { 'trellis.autoApprove': true, 'files.autoSave': 'off' };

describe('the review in VS Code', () => {
  let session: EditorSession;
  beforeEach(async () => {
    session = await EditorSession.open({ files: projectFiles, script, settings });
    await runCommand(session.page, 'Trellis: Plan & Implement');
    await answerInput(session.page, request);
    await session.panel.getByText('Ready for review').first().waitFor({ timeout: 60_000 });
  });
  afterEach(function () {
    return session.close(this.currentTest);
  });

  it('is done by keyboard alone: look, edit, reject, hear what the tests need, apply, revert', async () => {
    const { page } = session;
    const { keyboard } = page;
    await typeCommand(page, 'Trellis: Review Changes');
    await overviewWith(page, 'toFixed').waitFor();
    await session.chat.getByText(request).waitFor({ timeout: 60_000 });
    await typeCommand(page, 'Focus on Review View');
    await keyboard.press('Home');
    for (const label of [/^Item Take a tenth/, /^File src\/price\.js/, /^Hunk, 3:/]) {
      await focusedRow(page, label).waitFor();
      await keyboard.press('ArrowDown');
    }
    await chooseInMenu(page, 'Reject Hunk');
    await row(page, /^Hunk, 16:.*rejected/).waitFor();
    await keyboard.press('Space');
    await focusedRow(page, /^Hunk, 16:.*accepted/).waitFor();
    await keyboard.press('Alt+n');
    await focusedRow(page, /^Hunk, 16:.*rejected/).waitFor();
    await keyboard.press('Alt+y');
    await focusedRow(page, /^Hunk, 16:.*accepted/).waitFor();
    await keyboard.press('Enter');
    await staged(page, 'toFixed').waitFor();
    await cursorIsAt(page, 16);

    await keyboard.press('Alt+,');
    await cursorIsAt(page, 3);
    await keyboard.press('Alt+n');
    await row(page, /^Hunk, 3:.*rejected/).waitFor();
    await cursorIsAt(page, 16);
    await row(page, /^Hunk, 16:/)
      .and(page.locator('.selected'))
      .waitFor();
    await keyboard.press('End');
    await keyboard.type(' // two digits');
    await keyboard.press('Control+s');
    await row(page, /^File src\/price\.js.*edited by you/).waitFor();
    await keepScreenshot(page, 'review-keyboard-decided');
    assert.deepEqual(changedFiles(session), []);

    await keyboard.press('Shift+Alt+Enter');
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.getByText('They pass together with what you rejected here: src/price.js, line 3.').waitFor();
    await keepScreenshot(page, 'review-keyboard-needed');
    assert.deepEqual(changedFiles(session), []);
    await keyboard.press('Enter');
    await waitUntil(
      'the changes are in the files',
      () => session.read('src/price.js')?.includes(discountLine) === true,
    );
    assert.ok(session.read('src/price.js')?.includes(`${shownLine} // two digits\n`));
    await tabsAre(page, ['Trellis']);

    await typeCommand(page, 'Trellis: Revert Run');
    await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: request }).waitFor();
    await keyboard.press('Enter');
    await waitUntil('the run is reverted', () => changedFiles(session).length === 0);
  });

  it('goes on after the window was reloaded, and with a comment from the history after it was refused', async () => {
    const { page, panel } = session;
    await panel.getByRole('button', { name: 'Review changes' }).click();
    await overviewWith(page, 'toFixed').waitFor();
    await row(page, /^Hunk, 16:/)
      .locator('.monaco-checkbox, .monaco-custom-toggle')
      .click();
    await row(page, /^Hunk, 16:.*rejected/).waitFor();
    await runCommand(page, 'Developer: Reload Window');
    await runCommand(page, 'Trellis: Show History');
    await answerInput(page, request);
    await panel.getByText('This run was broken off').waitFor({ timeout: 60_000 });
    await panel.getByRole('button', { name: 'Review changes' }).click();
    await row(page, /^Hunk, 16:.*rejected/).waitFor();
    await runCommand(page, 'Trellis: Refuse Changes');
    await runCommand(page, 'Trellis: Show Panel');
    await panel.getByText('You refused the changes').first().waitFor();
    await panel.getByRole('button', { name: 'Review changes' }).click();
    await row(page, /^Hunk, 3:/).click();
    await staged(page, discountLine.trim()).waitFor();
    await commentOn(page, discountLine.trim(), remark);
    await session.notification('The agents changed 1 file after your comments.');
    await row(page, /^File src\/price\.js.*changed since your comments/).waitFor();
    await runCommand(page, 'Trellis: Apply Accepted Changes');
    await waitUntil('the changes are in the files', () => session.read('src/price.js')?.includes(roundedLine) === true);
    assert.equal(session.read('src/price.js')?.includes('toFixed'), false, 'what was rejected was applied');
    await tabsAre(page, ['Trellis']);
  });

  it('is done by mouse: check boxes, diff, a comment that comes back as a new attempt, apply', async () => {
    const { page, panel } = session;
    await panel.getByRole('button', { name: 'Review changes' }).click();
    await overviewWith(page, 'toFixed').waitFor();
    await session.chat.getByText(request).waitFor({ timeout: 60_000 });
    await session.inEachTheme(theme => keepScreenshot(page, `review-overview-${theme}`), [session.chat]);
    await row(page, /^File src\/price\.js/).click();
    await staged(page, 'toFixed').waitFor();
    await row(page, /^Hunk, 16:/)
      .locator('.monaco-checkbox, .monaco-custom-toggle')
      .click();
    await row(page, /^Hunk, 16:.*rejected/).waitFor();
    await session.inEachTheme(theme => keepScreenshot(page, `review-diff-${theme}`), [session.chat]);

    await commentOn(page, discountLine.trim(), remark);
    await session.notification('The agents changed 1 file after your comments.');
    await page.getByRole('button', { name: 'Show What Changed' }).click();
    await page.locator('.multiDiffEditor .view-line', { hasText: 'Math.round' }).first().waitFor();
    await row(page, /^File src\/price\.js.*changed since your comments/).waitFor();
    await keepScreenshot(page, 'review-since-comments');

    await row(page, /^Hunk, 3:/).click();
    await staged(page, 'Math.round').waitFor();
    await page.locator('.editor-actions').getByRole('button', { name: 'Apply Accepted Changes' }).first().click();
    await waitUntil('the changes are in the files', () => session.read('src/price.js')?.includes(roundedLine) === true);
    assert.equal(session.read('src/price.js')?.includes('toFixed'), false, 'what was rejected was applied');
    await tabsAre(page, ['Trellis']);
  });
});

/** Of the review nothing is left open, and nothing else was opened. */
async function tabsAre(page: Page, names: readonly string[]): Promise<void> {
  await waitUntil('the tabs are as before', async () => {
    return String(await page.locator('.tab').allInnerTexts()) === String(names);
  });
}

/** A row of the tree, by what a screen reader says of it. */
function row(page: Page, label: RegExp): Locator {
  return page.locator('.pane-body').getByRole('treeitem', { name: label });
}

function focusedRow(page: Page, label: RegExp): Locator {
  return row(page, label).and(page.locator('.focused'));
}

/** Opens the menu of the focused row by its key, and goes through it with the arrows. */
async function chooseInMenu(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Shift+F10');
  const entry = page.locator('.monaco-menu .action-item.focused', { hasText: name });
  await page.locator('.monaco-menu .action-item', { hasText: name }).waitFor();
  for (let steps = 0; steps < 10 && !(await entry.isVisible()); steps++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
}

function overviewWith(page: Page, text: string): Locator {
  return page.locator('.multiDiffEditor .view-line', { hasText: text }).first();
}

/** A line of the right side of the diff in front. */
function staged(page: Page, text: string): Locator {
  return page.locator('.editor-instance .monaco-diff-editor .modified .view-line', { hasText: text }).first();
}

async function cursorIsAt(page: Page, line: number): Promise<void> {
  await page.locator('.statusbar-item', { hasText: `Ln ${line}, Col` }).waitFor();
}

/** Writes a comment on a line of the right side, and sends it. */
async function commentOn(page: Page, line: string, text: string): Promise<void> {
  await staged(page, line).hover();
  await page.locator('.modified .comment-range-glyph.line-hover').first().click();
  const form = page.locator('.review-widget');
  await form.locator('.view-lines').click();
  await page.keyboard.type(text);
  await keepScreenshot(page, 'review-comment');
  await form.getByRole('button', { name: 'Comment and Request Changes' }).click();
}

/** Files of the project that are not as the run found them. */
function changedFiles(session: EditorSession): string[] {
  const names = Object.entries(projectFiles).filter(([name, text]) => session.read(name) !== text);
  return names.map(([name]) => name);
}
