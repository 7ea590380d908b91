import assert from 'node:assert/strict';
import { costAtMost, costOf, withOwnPrices } from '../../../../src/models/budget/prices.ts';
import { publicPrices } from '../../../../src/models/budget/publicPrices.ts';

const usage = { inputTokens: 1_000_000, outputTokens: 100_000, cachedInputTokens: 400_000 };
const list = { sources: [], prices: { 'openai/x': { input: 2, cachedInput: 0.5, output: 8 } } };

describe('costOf', () => {
  it('counts fresh, cached and written tokens each by its price', () => {
    assert.equal(costOf({ provider: 'openai', model: 'x', billing: 'listed' }, usage, list), 1.2 + 0.2 + 0.8);
  });

  it('finds the price of a dated version under its name', () => {
    for (const model of ['x-2026-04-14', 'x-20260414']) {
      assert.equal(costOf({ provider: 'openai', model, billing: 'listed' }, usage, list), 2.2);
    }
  });

  it('takes an unknown price for unknown and a local model for free', () => {
    assert.equal(costOf({ provider: 'openai', model: 'y', billing: 'listed' }, usage, list), undefined);
    assert.equal(costOf({ provider: 'openai', model: 'x', billing: 'unknown' }, usage, list), undefined);
    assert.equal(costOf({ provider: 'ollama', model: 'y', billing: 'free' }, usage, list), 0);
  });

  it('takes the prices of the user before all others, on any server', () => {
    const own = withOwnPrices(list, {
      'openai/x': { input: 1, output: 0 },
      'example/m': { input: 1, cachedInput: 0, output: 1 },
    });
    assert.equal(costOf({ provider: 'openai', model: 'x', billing: 'listed' }, usage, own), 1);
    assert.equal(costOf({ provider: 'openai', model: 'x', billing: 'unknown' }, usage, own), 1);
    assert.equal(costOf({ provider: 'example', model: 'm-2026-04-14', billing: 'unknown' }, usage, own), 0.7);
    assert.equal(costOf({ provider: 'openai', model: 'y', billing: 'unknown' }, usage, own), undefined);
  });

  it('counts a model without a price at the dearest, those of the user included', () => {
    const unknown = { provider: 'openai', model: 'y', billing: 'unknown' } as const;
    assert.equal(costAtMost(unknown, usage, list), 2.8);
    assert.equal(costAtMost(unknown, usage, withOwnPrices(list, { 'a/b': { input: 10, output: 0 } })), 10);
  });

  it('counts what was written to the cache of the provider by its own price, where it has one', () => {
    const written = { ...usage, cacheWriteTokens: 200_000 };
    const priced = { provider: 'openai', model: 'x', billing: 'listed' } as const;
    assert.equal(costOf(priced, written, list), 2.2);
    const prices = { 'openai/x': { input: 2, cachedInput: 0.5, cacheWrite: 2.5, output: 8 } };
    assert.equal(costOf(priced, written, { ...list, prices }), 2.3);
  });

  it('counts the whole call at the price for long prompts when its prompt is one', () => {
    const longPrompt = { overTokens: 999_999, input: 4, cachedInput: 1, output: 16 };
    const prices = { 'openai/x': { input: 2, cachedInput: 0.5, output: 8, longPrompt } };
    const priced = { provider: 'openai', model: 'x', billing: 'listed' } as const;
    assert.equal(costOf(priced, usage, { ...list, prices }), 4.4);
    assert.equal(costOf(priced, { ...usage, inputTokens: 500_000 }, { ...list, prices }), 1.2);
  });

  it('holds a list with a date, a source and cached input cheaper than fresh', () => {
    assert.equal(publicPrices.sources.length, 2);
    for (const { address, asOf } of publicPrices.sources) {
      assert.match(address, /^https:/);
      assert.match(asOf, /^\d{4}-\d{2}-\d{2}$/);
    }
    for (const price of Object.values(publicPrices.prices)) {
      assert.ok(price.cachedInput < price.input && price.input < price.output);
    }
  });
});
