import assert from 'node:assert/strict';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { ModelError } from '../../../src/base/errors.ts';
import { Budget } from '../../../src/models/budget/budget.ts';
import { type Amount, Purse } from '../../../src/models/budget/purse.ts';
import type { ModelExchangeEvent } from '../../../src/models/recordingMiddleware.ts';
import type { Protocol, ScriptReply } from '../../support/modelServer/modelScript.ts';
import { faults, wholeAnswerFaults } from './answerTable.ts';
import type { Fault } from './fault.ts';
import { apiKey, type Harness, type HarnessOptions, openHarness, outline } from './harness.ts';

const ok = 'export const hello = 1;';
const maxRetries = 3;

const protocols = ['openai', 'ollama', 'anthropic'] as const;
const tables: readonly { name: string; protocol: Protocol; rows: readonly Fault[]; options?: HarnessOptions }[] = [
  ...protocols.map(protocol => ({ name: `${protocol} provider`, protocol, rows: faults })),
  {
    name: 'openai provider without streaming',
    protocol: 'openai',
    rows: wholeAnswerFaults,
    options: { openai: { streaming: false } },
  },
];

for (const { name: provider, protocol, rows, options } of tables) {
  describe(`the ${provider}, when the server does wrong`, () => {
    let harness: Harness;
    let purse: Purse;

    afterEach(() => harness.close());

    async function open({ reply, limits = {} }: Pick<Fault, 'reply' | 'limits'>, ...later: readonly ScriptReply[]) {
      purse = new Purse({});
      const budget = new Budget({ run: purse, onLimit: () => Promise.resolve('stop') });
      const replies = reply === undefined ? [] : [reply, ...later];
      const settings = { ...options, budget, limits: { ...limits, maxRetries } };
      harness = await openHarness(protocol, { rules: [{ replies }] }, settings);
      if (reply === undefined) await harness.server.close();
    }

    function assertCharged(tokens: number): void {
      assert.equal(purse.spent.tokens, tokens);
      // A local model is free. For the others no price is known here, which is not taken as free.
      assert.equal(purse.spent.usd > 0, tokens > 0 && protocol !== 'ollama');
      assert.deepEqual(recordedTokens(harness.events), tokens, 'the journal tells what the budget was charged');
    }

    for (const fault of rows.filter(({ protocols }) => protocols?.includes(protocol) ?? true)) {
      const { name, outcome, charged } = fault;
      if (!('fails' in outcome)) {
        it(`${name}: answered`, async () => {
          await open(fault);
          const reply = await harness.ask();
          assert.deepEqual([reply.text, reply.finishReason], [outcome.text, outcome.finishReason ?? 'stop']);
          assert.equal(reply.isUsageEstimated, outcome.isUsageEstimated);
          assert.equal(harness.server.requests.length, 1);
          assert.deepEqual(outline(harness.events), ['requested', 'responded']);
          assertCharged(charged);
        });
        continue;
      }
      const tries = outcome.retried ? 1 + maxRetries : 1;
      it(`${name}: ${outcome.retried ? 'retried' : 'not retried'}, charged ${charged} tokens each time`, async () => {
        await open(fault);
        const error = await harness.ask().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        assert.ok(error instanceof ModelError, String(error));
        assert.match(error.message, outcome.fails);
        assert.doesNotMatch(error.message, /\n/);
        assert.equal(error.status, outcome.status);
        const asked = fault.reply === undefined ? harness.delaysMs.length + 1 : harness.server.requests.length;
        assert.equal(asked, tries);
        assert.deepEqual(outline(harness.events), [
          'requested',
          ...Array.from({ length: tries - 1 }, () => 'retry'),
          'failed',
        ]);
        assertCharged(charged * tries);
        const recorded = JSON.stringify(harness.events.map(event => (event.type === 'failed' ? event.message : '')));
        assert.doesNotMatch(recorded, /sk-abcd/);
        assert.ok(protocol === 'ollama' || !recorded.includes(apiKey), 'no key is in the journal');
        if (outcome.retried) {
          const [least, most] = outcome.firstWaitMs ?? [250, 250];
          const [waitedMs = 0] = harness.delaysMs;
          assert.ok(waitedMs >= least && waitedMs <= most, `waited ${waitedMs} ms`);
        }
        // Connections are given up with the call; a server that is still sending would wait for ever.
        await harness.server.waitUntilIdle();
      });

      if (!outcome.retried || fault.reply === undefined) continue;
      it(`${name}: recovered from, once the server has`, async () => {
        await open(fault, ok);
        const received: string[] = [];
        const reply = await harness.ask({
          onText: delta => received.push(delta),
          onRestart: () => received.splice(0),
        });
        assert.deepEqual([reply.text, received.join('')], [ok, ok]);
        assert.deepEqual(outline(harness.events), ['requested', 'retry', 'responded']);
        assertCharged(charged + 20 + 7);
      });
    }
  });
}

for (const protocol of protocols) {
  describe(`the ${protocol} provider, when a call is cancelled`, () => {
    let harness: Harness;

    afterEach(() => harness.close());

    it('ends at once and without a retry, before and in the middle of an answer', async () => {
      const purse = new Purse({});
      const budget = new Budget({ run: purse, onLimit: () => Promise.resolve('stop') });
      const replies: ScriptReply[] = [{ connection: 'stall' }, { text: 'export const', fault: 'stall' }];
      harness = await openHarness(protocol, { rules: [{ replies }] }, { budget });
      const early = new AbortController();
      const first = harness.ask({ signal: early.signal });
      await harness.server.waitForRequests(1);
      early.abort();
      await assert.rejects(first, { name: 'AbortError', kind: 'abort' });
      assert.equal(recordedTokens(harness.events), 0);

      const late = new AbortController();
      const second = harness.ask({ signal: late.signal, onText: () => late.abort() });
      await assert.rejects(second, { name: 'AbortError', kind: 'abort' });
      assert.equal(harness.server.requests.length, 2);
      assert.deepEqual(outline(harness.events), ['requested', 'failed', 'requested', 'failed']);
      assert.deepEqual([purse.spent.tokens, recordedTokens(harness.events)], [20, 20]);
      // The connections are gone, not merely forgotten.
      await harness.server.waitUntilIdle();
    });

    it('ends while it waits for the next try', async () => {
      const controller = new AbortController();
      const sleep: Clock['sleep'] = (_ms, signal) => {
        const sleeping = systemClock.sleep(60_000, signal);
        controller.abort();
        return sleeping;
      };
      harness = await openHarness(protocol, { rules: [{ replies: [{ status: 500 }] }] }, { sleep });
      await assert.rejects(harness.ask({ signal: controller.signal }), { name: 'AbortError', kind: 'abort' });
      assert.equal(harness.server.requests.length, 1);
      assert.deepEqual(outline(harness.events), ['requested', 'retry', 'failed']);
    });
  });
}

/** What the journal is told that calls took. */
function recordedTokens(events: readonly ModelExchangeEvent[]): Amount['tokens'] {
  return events
    .map(event => (event.type === 'responded' ? event.reply.usage : event.type === 'failed' ? event.charge : undefined))
    .reduce((sum, usage) => sum + (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0), 0);
}
