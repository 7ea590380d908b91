import assert from 'node:assert/strict';
import { closeBrowser } from './browser.ts';
import { arrivingEvents, cancelledEvents, missedEvents, moments, sampleEvents, samplePlan } from './sampleRun.ts';
import type { ThemeName } from './themes.ts';
import { type HarnessOptions, WebviewHarness } from './webviewHarness.ts';

describe('the panel', () => {
  let panel: WebviewHarness;
  const open = async (options: Omit<HarnessOptions, 'script'> = {}) => {
    panel = await WebviewHarness.open({ script: 'panel', events: sampleEvents, ...options });
    return panel.page;
  };
  const button = (name: string | RegExp) => panel.page.getByRole('button', { name });

  afterEach(() => panel.close());
  after(closeBrowser);

  for (const theme of ['dark', 'light', 'highContrast'] satisfies ThemeName[]) {
    describe(`in the theme ${theme}`, () => {
      for (const [moment, shown] of Object.entries(moments)) {
        it(`is legible at the moment ${moment}`, async () => {
          await open({ shown, theme, isLive: moment !== 'end', canUndo: moment === 'end' });
          await panel.picture(`panel-${moment}-${theme}`);
        });
      }

      it('is legible while a plan is edited', async () => {
        await open({ shown: moments.approval, theme });
        await button('Edit').click();
        await button(/Add fibonacci/).click();
        await panel.picture(`panel-edit-${theme}`);
      });

      it('is legible after a failure', async () => {
        const page = await open({ events: missedEvents, theme, isLive: false });
        await page.getByText('Tests of the whole result').click();
        await panel.picture(`panel-missed-${theme}`);
      });
    });
  }

  it('is legible in a narrow editor', async () => {
    await open({ shown: moments.question, width: 420 });
    await button(/Add fibonacci/).click();
    await panel.picture('panel-narrow');
  });

  it('shows what to do when there is no run', async () => {
    await open({ events: [], theme: 'light' });
    await panel.picture('panel-empty');
    await button('Plan & Implement…').click();
    assert.deepEqual(await panel.asked('startRun'), { request: '' });
  });

  it('says why nothing can be started', async () => {
    const page = await open({ events: [], problem: 'Trust this workspace to let Trellis plan and run in it.' });
    await page.getByText('Trust this workspace').waitFor();
    assert.equal(await button('Plan & Implement…').isDisabled(), true);
  });

  it('approves the plan as it is', async () => {
    await open({ shown: moments.approval });
    await button('Approve').click();
    assert.deepEqual(await panel.asked('approvePlan'), { plan: samplePlan });
  });

  it('follows the run as events come in', async () => {
    const page = await open({ shown: moments.approval });
    await page.getByText('Waiting for your approval').first().waitFor();
    await panel.happen(moments.question - moments.approval);
    await page.getByText('1 question for you').waitFor();
    await button(/Add fibonacci.*Waiting for you/).waitFor();
    await panel.happen(moments.end - moments.question);
    await page.getByText('Changes applied').first().waitFor();
    assert.deepEqual(panel.complaints, []);
  });

  it('shows which file a worker writes while its reply arrives, and that the reply is of no use', async () => {
    const page = await open({ events: arrivingEvents, shown: moments.question });
    const work = page.getByRole('region', { name: 'Workers' });
    await panel.happen();
    await work.getByText('Writing docs/helpers.md', { exact: true }).waitFor();
    await panel.happen();
    await work.getByText('Writing src/numbers/index.ts (2 files so far)', { exact: true }).waitFor();
    await button(/Describe fibonacci/)
      .first()
      .click();
    await panel.picture('panel-arriving');
    await panel.happen();
    await work.getByText('Writing ../\u202etxt.<b>passwd</b> (3 files so far)', { exact: true }).waitFor();
    await panel.picture('panel-arriving-hostile');
    await panel.happen();
    await work.getByText(/could not be used: A path leads out of the workspace: /).waitFor();
    await panel.picture('panel-arriving-unusable');
  });

  it('pulls again when an event went missing', async () => {
    const page = await open({ shown: moments.approval });
    await panel.happen();
    const lost = sampleEvents[moments.end - 1]!;
    await panel.send({ kind: 'notification', name: 'runEvents', params: { runId: lost.runId, events: [lost] } });
    await page.waitForFunction('true');
    assert.equal(panel.requests.filter(request => request.name === 'getSnapshot').length >= 2, true);
  });

  it('cancels the run', async () => {
    await open({ shown: moments.question });
    await button('Cancel run').click();
    assert.deepEqual(await panel.asked('cancelRun'), {});
  });

  it('offers to start a cancelled run again, and to do nothing else with it', async () => {
    await open({ events: cancelledEvents, isLive: false });
    assert.equal(await button('Cancel run').count(), 0);
    await button('Start again').click();
    assert.deepEqual(await panel.asked('startRun'), {
      request: 'Add a function that calculates the nth Fibonacci number, with tests',
    });
  });

  it('says of a run that was broken off what it is', async () => {
    const page = await open({ shown: moments.question, isLive: false });
    await page.getByText('This run was broken off').waitFor();
    await panel.picture('panel-broken-off');
  });

  it('reviews, accepts and refuses changes', async () => {
    await open({ shown: moments.review });
    await button('Review changes').click();
    assert.deepEqual(await panel.asked('reviewChanges'), {});
    await button(/fibonacci\.ts.*\+18/).click();
    await button('Accept all').click();
    await panel.asked('acceptChanges');
    await button('Refuse').click();
    await panel.asked('refuseChanges');
    assert.deepEqual(await panel.asked('reviewChanges'), { path: 'src/numbers/fibonacci.ts' });
  });

  it('shows why the host could not do what was asked', async () => {
    const problem = 'src/numbers/index.ts has changed since the run read it.';
    const page = await open({ shown: moments.review, failures: { acceptChanges: problem } });
    await button('Accept all').click();
    await page.getByRole('alert').getByText(problem).waitFor();
  });

  it('undoes what was accepted', async () => {
    await open({ isLive: false, canUndo: true });
    await button('Undo').click();
    await panel.asked('undoAccept');
  });

  it('shows the facts behind the score', async () => {
    const page = await open({ shown: moments.review });
    const quality = page.getByRole('region', { name: 'Quality' });
    await quality.getByText('94 %').waitFor();
    await quality.getByText('143 tests passed on the staged tree').waitFor();
    await quality.getByText('Tests of the whole result').click();
    await quality.getByText('# pass 143').waitFor();
  });
});
