import assert from 'node:assert/strict';
import { Budget } from '../../../src/models/budget/budget.ts';
import { Purse, type SpendingLimits } from '../../../src/models/budget/purse.ts';
import type { ScriptReply } from '../../support/modelServer/modelScript.ts';
import { type Harness, openHarness } from './harness.ts';

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
      harness = await openHarness(protocol, { rules: [{ replies }] }, { budget });
    }

    it('is what the server counted', async () => {
      await open([answer]);
      await harness.ask();
      assert.equal(purse.spent.tokens, inputTokens + 20);
      // A local model is free; for the others no price is known here, and that is not taken as free.
      assert.equal(purse.spent.usd > 0, protocol !== 'ollama');
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
          /^The budget of the run \(`budget\.runTokens`\) is 4000 tokens: \d+ tokens are spent, and the next call may take 535 tokens\. The run was stopped there, and nothing was applied; raise the limit and run it again\.$/,
        );
      }
      assert.ok(purse.spent.tokens <= 4000 && purse.spent.tokens > 4000 - 535, `${purse.spent.tokens}`);
      assert.equal(purse.spent.tokens, harness.server.requests.length * (inputTokens + 20));
    });
  });
}
