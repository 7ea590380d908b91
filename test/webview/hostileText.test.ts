import assert from 'node:assert/strict';
import type { RunEventPayload } from '../../src/domain/schema/events.ts';
import { asItemId, buildEvents, buildItem, buildPlan } from '../support/builders.ts';
import { startedPayload } from '../support/journalEvents.ts';
import { closeBrowser } from './browser.ts';
import { WebviewHarness } from './webviewHarness.ts';

/** What models and files may put wherever text is shown. */
const hostile = [
  '<script>globalThis.pwned = 1</script>',
  '<img src=x onerror="globalThis.pwned = 1">',
  '"><svg onload=globalThis.pwned=1>',
  'javascript:globalThis.pwned=1',
  '{{constructor.constructor("globalThis.pwned = 1")()}}',
  '\u001b[31mred\u001b[0m',
  '\u202egnirts desrever\u202c',
  'Z̷̡̢͔̟a̶l̸g̵o̷ 👩‍👩‍👧‍👦',
  'x'.repeat(5000),
  'line\n'.repeat(200),
].join(' ');

const payloads: RunEventPayload[] = [
  {
    ...startedPayload('x'),
    task: { id: 't', title: hostile, description: hostile, type: 'feature', priority: 'normal' },
  } as RunEventPayload,
  {
    type: 'plan.proposed',
    plan: buildPlan(
      [
        buildItem('a', {
          description: hostile,
          filePath: `src/<img src=x onerror=alert(1)>/${'y'.repeat(300)}.ts`,
          context: hostile,
          acceptance: [hostile],
        }),
        buildItem('b', { description: hostile, dependencies: ['a'] }),
      ],
      { summary: hostile },
    ),
  },
  { type: 'plan.approved', by: 'human' },
  { type: 'worker.registered', workerId: hostile, capabilities: [] },
  {
    type: 'question.asked',
    asker: { kind: 'worker', workerId: hostile, itemId: asItemId('a') },
    question: { id: 'q', text: hostile, options: [hostile, 'fine'], defaultAnswer: hostile },
  },
  { type: 'chat.posted', messageId: 'm', sender: 'worker', senderId: hostile, text: hostile },
  {
    type: 'result.staged',
    treeHash: 't',
    changes: [{ path: hostile, kind: 'added', isBinary: false, isExecutable: false, additions: 1, deletions: 0 }],
  },
  {
    type: 'tests.finished',
    scope: 'final',
    treeHash: 't',
    tier: hostile,
    report: {
      outcome: 'failed',
      isParsed: true,
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: [{ name: hostile, message: hostile, file: hostile, line: 1 }],
      durationMs: 1,
      outputTail: hostile,
    },
  },
  { type: 'evidence.collected', evidence: { kind: 'judge', verdict: 'fails', summary: hostile } },
  { type: 'run.warned', message: hostile },
];

describe('hostile text', () => {
  let harness: WebviewHarness;
  afterEach(() => harness.close());
  after(closeBrowser);

  for (const script of ['panel', 'chat'] as const) {
    it(`shows as text in the ${script}, runs nothing and breaks no layout`, async () => {
      harness = await WebviewHarness.open({
        script,
        events: buildEvents(payloads),
        width: script === 'chat' ? 300 : 1000,
      });
      const { page } = harness;
      if (script === 'panel')
        await page
          .getByRole('button', { name: /src\/<img/ })
          .first()
          .click();
      await page.getByText('<script>globalThis.pwned = 1</script>').first().waitFor();
      await harness.picture(`hostile-${script}`);
      assert.equal(await page.evaluate('globalThis.pwned'), undefined);
      assert.equal(await page.locator('#root script, #root img, #root svg[onload], #root a').count(), 0);
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.equal(overflow, 0);
    });
  }

  it('from the editor state of another version is no trouble', async () => {
    harness = await WebviewHarness.open({ script: 'panel', state: { runId: 7, junk: hostile } });
    await harness.page.getByText('Nothing is running').waitFor();
    assert.deepEqual(harness.complaints, []);
  });
});
