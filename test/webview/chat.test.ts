import assert from 'node:assert/strict';
import { closeBrowser } from './browser.ts';
import { moments, sampleEvents } from './sampleRun.ts';
import type { ThemeName } from './themes.ts';
import { type HarnessOptions, WebviewHarness } from './webviewHarness.ts';

describe('the chat', () => {
  let chat: WebviewHarness;
  const open = async (options: Omit<HarnessOptions, 'script'> = {}) => {
    chat = await WebviewHarness.open({ script: 'chat', events: sampleEvents, width: 320, height: 700, ...options });
    return chat.page;
  };

  afterEach(() => chat.close());
  after(closeBrowser);

  for (const theme of ['dark', 'light', 'highContrast'] satisfies ThemeName[]) {
    it(`is legible in the theme ${theme}`, async () => {
      await open({ shown: moments.question, theme });
      await chat.picture(`chat-question-${theme}`);
    });
  }

  it('is legible at its narrowest', async () => {
    await open({ shown: moments.question, width: 200 });
    await chat.picture('chat-narrow');
  });

  it('takes a request when nothing is going on, with Enter too', async () => {
    const page = await open({ events: [] });
    await chat.picture('chat-empty');
    const start = page.getByRole('button', { name: 'Plan & Implement' });
    assert.equal(await start.isDisabled(), true);
    await page.getByRole('textbox', { name: 'What should be done?' }).fill('Add a button');
    await page.keyboard.press('Enter');
    assert.deepEqual(await chat.asked('startRun'), { request: 'Add a button' });
  });

  it('answers a question with one of its options', async () => {
    const page = await open({ shown: moments.question });
    await page.getByText('What should fibonacci do').waitFor();
    await page.getByText('worker-2, on “Add fibonacci(n) that returns the nth Fibonacci number”').waitFor();
    await page.getByRole('button', { name: 'Return a BigInt' }).click();
    assert.deepEqual(await chat.asked('answerQuestion'), { questionId: 'q1', text: 'Return a BigInt' });
  });

  it("answers a question in the user's own words", async () => {
    const page = await open({ shown: moments.question });
    await page.getByRole('textbox', { name: 'Or in your own words' }).fill('  Saturate.  ');
    await page.getByRole('button', { name: 'Send' }).click();
    assert.deepEqual(await chat.asked('answerQuestion'), { questionId: 'q1', text: 'Saturate.' });
  });

  it('shows a question as it comes, and its answer in its place', async () => {
    const page = await open({ shown: moments.approval });
    assert.equal(await page.getByText('What should fibonacci do').count(), 0);
    await chat.happen(moments.question - moments.approval);
    await page.getByRole('button', { name: 'Throw a RangeError' }).waitFor();
    await chat.happen();
    await page.getByRole('button', { name: 'Throw a RangeError' }).waitFor({ state: 'detached' });
    await page.getByRole('article').filter({ hasText: 'You' }).getByText('Throw a RangeError').waitFor();
    await chat.picture('chat-answered');
  });

  it('keeps an answer that was begun over a reload', async () => {
    const page = await open({ shown: moments.question });
    const field = page.getByRole('textbox', { name: 'Or in your own words' });
    await field.fill('Half an ans');
    await chat.reload('Half an ans');
    await field.waitFor();
    assert.equal(await field.inputValue(), 'Half an ans');
  });

  it('shows why an answer could not be given, and keeps it', async () => {
    const problem = 'Nobody waits for an answer to this question any more.';
    const page = await open({ shown: moments.question, failures: { answerQuestion: problem } });
    const field = page.getByRole('textbox', { name: 'Or in your own words' });
    await field.fill('Saturate.');
    await field.press('Enter');
    await page.getByRole('alert').getByText(problem).waitFor();
    assert.equal(await field.inputValue(), 'Saturate.');
  });

  it('leads to the plan and to the review', async () => {
    const page = await open({ shown: moments.approval });
    await page.getByRole('button', { name: 'Look at the plan' }).click();
    await chat.asked('showPanel');
    await chat.happen(moments.review - moments.approval);
    await page.getByRole('button', { name: 'Review changes' }).click();
    assert.deepEqual(await chat.asked('reviewChanges'), {});
  });

  it('leads back to a review that the window was closed on', async () => {
    const page = await open({ shown: moments.review, isLive: false });
    await page.getByText('Broken off').waitFor();
    await page.getByRole('button', { name: 'Review changes' }).click();
    assert.deepEqual(await chat.asked('reviewChanges'), {});
  });
});
