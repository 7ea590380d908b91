import assert from 'node:assert/strict';
import { closeBrowser } from './browser.ts';
import { moments, sampleEvents } from './sampleRun.ts';
import { WebviewHarness } from './webviewHarness.ts';

describe('the panel without a mouse', () => {
  let panel: WebviewHarness;
  const focused = () => panel.page.evaluate('document.activeElement?.getAttribute("data-item")');

  beforeEach(async () => {
    panel = await WebviewHarness.open({ script: 'panel', events: sampleEvents, shown: moments.question });
  });
  afterEach(() => panel.close());
  after(closeBrowser);

  it('has one tab stop in the graph, from which the arrow keys follow the edges', async () => {
    const { page } = panel;
    await page.getByRole('button', { name: 'List', exact: true }).focus();
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'item_1');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(), 'item_2');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'item_5');
    await page.getByRole('region', { name: 'Item item_5' }).waitFor();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await focused(), 'item_1');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await focused(), 'item_1');
  });

  it('has the same items in the list, each after what it depends on', async () => {
    const { page } = panel;
    await page.getByRole('button', { name: 'List', exact: true }).click();
    const table = page.getByRole('table', { name: 'Plan as a list' });
    const rows = await table.getByRole('rowheader').allInnerTexts();
    assert.equal(rows.length, 6);
    assert.match(rows[0]!, /Find out how/);
    await panel.picture('panel-list');
    await table.getByRole('button', { name: 'Run all tests' }).click();
    await page.getByRole('region', { name: 'Item item_6' }).waitFor();
  });

  it('says what changes, once', async () => {
    const { page } = panel;
    const live = page.locator('[aria-live="polite"]');
    assert.equal(await live.innerText(), '');
    await panel.happen(moments.review - moments.question);
    await live.getByText('Ready for review').waitFor();
    assert.match(await live.innerText(), /Run all tests and check the types: Done/);
  });

  it('tells each node by words and not by colour alone', async () => {
    await panel.page
      .getByRole('button', {
        name: 'src/numbers/fibonacci.ts. Coder, Waiting for you · 6.0 s, normal priority, after item_1.',
      })
      .waitFor();
  });

  it('stays readable at twice the size of text', async () => {
    await panel.page.addStyleTag({ content: '' }).catch(() => undefined);
    await panel.page.setViewportSize({ width: 600, height: 900 });
    const overflow = await panel.page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    assert.equal(overflow, 0);
  });
});
