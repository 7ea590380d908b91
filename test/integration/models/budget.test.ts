import assert from 'node:assert/strict';
import { Budget } from '../../../src/models/budget/budget.ts';
import { Purse, type SpendingLimits } from '../../../src/models/budget/purse.ts';
import type { ScriptReply } from '../../support/modelServer/modelScript.ts';
import { type Harness, openHarness, outline } from './harness.ts';

/** As the server counts the question of the harness; the answer is 20 tokens by its count. */
const inputTokens = 20;
const answer = 'x'.repeat(72);

for (const protocol of ['openai', 'ollama', 'anthropic'] as const) {
  describe(`what a call to the ${protocol} provider is charged`, () => {
    let harness: Harness;
    let purse: Purse;

    afterEach(() => harness.close());

    async function open(replies: readonly ScriptReply[], limits: SpendingLimits = {}) {
      purse = new Purse(limits);
      const budget = new Budget({ run: purse, onLimit: () => Promise.resolve('stop') });
      const isQuick = JSON.stringify(replies).includes('stall');
      const times = isQuick ? { firstByteTimeoutMs: 250, idleTimeoutMs: 250 } : {};
      harness = await openHarness(protocol, { rules: [{ replies }] }, { budget, limits: { ...times, maxRetries: 1 } });
    }

    it('is what the server counted', async () => {
      await open([answer]);
      await harness.ask();
      assert.equal(purse.spent.tokens, inputTokens + 20);
      // A local model is free; for the others no price is known here, and that is not taken as free.
      assert.equal(purse.spent.usd > 0, protocol !== 'ollama');
    });

    const free: readonly ScriptReply[] = [
      ...[400, 401, 403, 404, 408, 429, 500, 502, 503, 529].map(status => ({ status })),
      { connection: 'reset' },
      { connection: 'stall' },
      { text: '', fault: 'cut' },
    ];
    for (const reply of free) {
      it(`is nothing for ${JSON.stringify(reply)}`, async () => {
        await open([reply]);
        await assert.rejects(harness.ask());
        assert.deepEqual(purse.spent, { tokens: 0, usd: 0 });
        assert.ok(harness.events.every(event => event.type !== 'failed' || event.charge === undefined));
      });
    }

    for (const fault of ['reset', 'stall', 'cut', { error: { message: 'overloaded' } }, { malformed: '{' }] as const) {
      it(`is the prompt and what came of the answer, each time, when it breaks off by ${JSON.stringify(fault)}`, async () => {
        await open([{ text: answer, fault }, answer]);
        await harness.ask();
        assert.deepEqual(outline(harness.events), ['requested', 'retry', 'responded']);
        const failed = harness.events.find(event => event.type === 'failed');
        // By our estimate: the server had no occasion to count.
        assert.deepEqual([failed?.charge?.inputTokens, failed?.charge?.outputTokens], [17, 18]);
        assert.equal(purse.spent.tokens, 17 + 18 + inputTokens + 20);
      });
    }

    it('is what had come of an answer that is cancelled', async () => {
      await open([{ text: answer, fault: 'stall' }]);
      const controller = new AbortController();
      let received = 0;
      const onText = (text: string) => {
        received += text.length;
        if (received === answer.length) controller.abort();
      };
      await assert.rejects(harness.ask({ signal: controller.signal, onText }), { kind: 'abort' });
      assert.equal(purse.spent.tokens, 17 + 18);
    });

    it('never goes beyond the limit, though twenty ask at once; who finds no room is told what to raise', async () => {
      await open([answer], { tokens: 4000 });
      const settle = Array.from({ length: 20 }, async () => {
        for (;;) await harness.ask();
      });
      for (const outcome of await Promise.allSettled(settle)) {
        assert.ok(outcome.status === 'rejected' && outcome.reason instanceof Error);
        assert.match(
          outcome.reason.message,
          /^The budget of the run \(`budget\.runTokens`\) is 4000 tokens: \d+ tokens are spent, and the next call may take 535 tokens\. The run was stopped there; nothing was applied\.$/,
        );
      }
      assert.ok(purse.spent.tokens <= 4000 && purse.spent.tokens > 4000 - 535, `${purse.spent.tokens}`);
      assert.equal(purse.spent.tokens, harness.server.requests.length * (inputTokens + 20));
    });
  });
}
