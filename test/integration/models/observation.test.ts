import assert from 'node:assert/strict';
import { ModelError } from '../../../src/base/errors.ts';
import { type LogEntry, RedactingLogger } from '../../../src/base/redactingLogger.ts';
import type { Protocol, ScriptReply } from '../../support/modelServer/modelScript.ts';
import { apiKey, type Harness, openHarness } from './harness.ts';

const limits = { 'x-ratelimit-remaining-requests': '59', 'anthropic-ratelimit-tokens-remaining': '40000' };

for (const protocol of ['openai', 'ollama', 'anthropic'] satisfies Protocol[]) {
  describe(`what is told of a call to ${protocol}`, () => {
    let harness: Harness | undefined;
    let entries: LogEntry[];
    beforeEach(() => {
      process.env['OLLAMA_API_KEY'] = apiKey;
    });
    afterEach(() => {
      delete process.env['OLLAMA_API_KEY'];
      return harness?.close();
    });

    async function open(...replies: ScriptReply[]): Promise<Harness> {
      entries = [];
      const logger = new RedactingLogger(
        entry => void entries.push(entry),
        () => [apiKey],
      );
      harness = await openHarness(protocol, { rules: [{ replies }] }, { logger });
      return harness;
    }

    it('is a line with model, parameters, times, end, tokens and the limits of the server', async () => {
      const { ask, events } = await open({ text: 'hello', headers: { ...limits, 'x-other': '1' } });
      const reply = await ask();
      assert.deepEqual(reply.rateLimits, limits);
      const [line, ...others] = entries;
      assert.equal(others.length, 0);
      assert.deepEqual([line?.level, line?.message], ['info', 'A model call was answered.']);
      const { latencyMs, totalMs, timeToFirstTokenMs, inputTokens, outputTokens, cachedInputTokens, ...fields } =
        line?.fields ?? {};
      for (const number of [latencyMs, totalMs, timeToFirstTokenMs, inputTokens, outputTokens, cachedInputTokens]) {
        assert.equal(typeof number, 'number');
      }
      const { costUsd: _, ...facts } = fields;
      assert.deepEqual(facts, {
        correlationId: 'exchange_1',
        role: 'coder',
        provider: protocol,
        model: 'scripted',
        temperature: 0.25,
        maxOutputTokens: 512,
        messages: 2,
        characters: 27,
        finishReason: 'stop',
        isCached: false,
        rateLimits: limits,
      });
      const responded = events.at(-1);
      assert.ok(responded?.type === 'responded');
      assert.deepEqual(responded.reply.rateLimits, limits);
    });

    it('has the limits and the wait of a try that was refused, and shows no key that the server quotes', async () => {
      const refusal = {
        status: 429,
        headers: { ...limits, 'retry-after': '2' },
        body: { error: `slow down, ${apiKey}` },
      };
      const { ask, events } = await open(refusal, 'hello');
      await ask();
      const failed = events.find(event => event.type === 'failed');
      assert.ok(failed?.type === 'failed');
      assert.deepEqual([failed.status, failed.willRetry, failed.rateLimits], [429, true, limits]);
      assert.ok((failed.delayMs ?? 0) >= 2000);
      assert.ok(!JSON.stringify([entries, failed.message]).includes(apiKey));
      assert.deepEqual(
        entries.map(({ level, fields }) => [level, fields['correlationId'], fields['rateLimits']]),
        [
          ['warn', 'exchange_1', limits],
          ['warn', 'exchange_1', limits],
          ['info', 'exchange_1', undefined],
        ],
        'the pace, the retry and the answer',
      );
    });

    it('is a line for a call that failed, without the key', async () => {
      const { ask } = await open({ status: 401, body: { error: { message: `Incorrect API key: ${apiKey}` } } });
      await assert.rejects(ask(), (error: unknown) => error instanceof ModelError && !error.message.includes(apiKey));
      assert.deepEqual(
        entries.map(({ message, fields }) => [message, fields['status']]),
        [['A model call failed.', 401]],
      );
      assert.ok(!JSON.stringify(entries).includes(apiKey));
    });
  });
}
