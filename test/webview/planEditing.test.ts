import assert from 'node:assert/strict';
import { planSchema } from '../../src/domain/schema/plan.ts';
import { closeBrowser } from './browser.ts';
import { moments, sampleEvents, samplePlan } from './sampleRun.ts';
import { WebviewHarness } from './webviewHarness.ts';

describe('editing the plan in the panel', () => {
  let panel: WebviewHarness;
  const button = (name: string | RegExp) => panel.page.getByRole('button', { name });
  const field = (name: string) => panel.page.getByRole('textbox', { name });
  const approved = async () => {
    await button('Approve edited plan').click();
    const { plan } = (await panel.asked('approvePlan')) as { plan: unknown };
    return planSchema.parse(plan);
  };

  beforeEach(async () => {
    panel = await WebviewHarness.open({ script: 'panel', events: sampleEvents, shown: moments.approval });
    await button('Edit').click();
  });
  afterEach(async () => {
    assert.deepEqual(panel.complaints, []);
    await panel.close();
  });
  after(closeBrowser);

  it('approves the plan as it was when nothing was changed', async () => {
    assert.deepEqual(await approved(), samplePlan);
  });

  it('changes a description and a priority', async () => {
    await button(/Add fibonacci/).click();
    await field('Description').fill('Add fibonacci as a generator');
    await panel.page.getByRole('combobox', { name: 'Priority' }).click();
    await panel.page.getByRole('option', { name: 'High' }).click();
    const item = (await approved()).items.find(({ id }) => id === 'item_2');
    assert.deepEqual([item?.description, item?.priority], ['Add fibonacci as a generator', 'high']);
  });

  it('rewires dependencies, and offers none that would close a circle', async () => {
    await button(/Describe fibonacci/).click();
    const choices = panel.page.getByRole('group', { name: 'Starts after' });
    assert.equal(await choices.getByRole('checkbox', { name: 'Run all tests' }).count(), 0);
    await choices.getByRole('checkbox', { name: 'Find out how' }).click();
    await choices.getByRole('checkbox', { name: 'Test fibonacci' }).click();
    const item = (await approved()).items.find(({ id }) => id === 'item_5');
    assert.deepEqual(item?.dependencies, ['item_4']);
  });

  it('drops an item and closes the gap', async () => {
    await button(/Export fibonacci/).click();
    await button('Remove item').click();
    const plan = await approved();
    assert.equal(
      plan.items.some(({ id }) => id === 'item_3'),
      false,
    );
    assert.deepEqual(plan.items.at(-1)?.dependencies, ['item_4', 'item_5', 'item_2']);
  });

  it('adds an item, and says what it lacks until it has it', async () => {
    await button('Add item').click();
    await panel.page.getByRole('alert').getByText('Item "item_7" needs a description.').waitFor();
    assert.equal(await button('Approve edited plan').isDisabled(), true);
    await field('Description').fill('Mention fibonacci in the change log');
    await field('File').fill('../outside.md');
    await panel.page.getByText('The file of item "item_7" leads out of the workspace.').waitFor();
    await panel.picture('panel-edit-problem');
    await field('File').fill('CHANGELOG.md');
    const plan = await approved();
    assert.deepEqual(
      [plan.items.length, plan.items[6]?.description, plan.items[6]?.filePath],
      [7, 'Mention fibonacci in the change log', 'CHANGELOG.md'],
    );
  });

  it('keeps the draft over a reload', async () => {
    await button(/Add fibonacci/).click();
    await field('Description').fill('Half a thou');
    await panel.reload('Half a thou');
    await field('Description').waitFor();
    assert.equal(await field('Description').inputValue(), 'Half a thou');
  });

  it('goes back to the plan as it was', async () => {
    await button(/Export fibonacci/).click();
    await button('Remove item').click();
    await button('Discard edits').click();
    await button(/Export fibonacci/).waitFor();
    await button('Approve').click();
    assert.deepEqual(await panel.asked('approvePlan'), { plan: samplePlan });
  });
});
