import assert from 'node:assert/strict';
import { costOf, publicPrices } from '../../../src/models/prices.ts';

const usage = { inputTokens: 1_000_000, outputTokens: 100_000, cachedInputTokens: 400_000 };
const list = { asOf: '', source: '', prices: { 'openai/x': { input: 2, cachedInput: 0.5, output: 8 } } };

describe('costOf', () => {
  it('counts fresh, cached and written tokens each by its price', () => {
    assert.equal(costOf({ provider: 'openai', model: 'x', billing: 'listed' }, usage, list), 1.2 + 0.2 + 0.8);
  });

  it('finds the price of a dated version under its name', () => {
    const model = 'x-2026-04-14';
    assert.equal(costOf({ provider: 'openai', model, billing: 'listed' }, usage, list), 2.2);
  });

  it('takes an unknown price for unknown and a local model for free', () => {
    assert.equal(costOf({ provider: 'openai', model: 'y', billing: 'listed' }, usage, list), undefined);
    assert.equal(costOf({ provider: 'openai', model: 'x', billing: 'unknown' }, usage, list), undefined);
    assert.equal(costOf({ provider: 'ollama', model: 'y', billing: 'free' }, usage, list), 0);
  });

  it('holds a list with a date, a source and cached input cheaper than fresh', () => {
    assert.match(publicPrices.asOf, /^\d{4}-\d{2}-\d{2}$/);
    assert.match(publicPrices.source, /^https:/);
    for (const price of Object.values(publicPrices.prices)) {
      assert.ok(price.cachedInput < price.input && price.input < price.output);
    }
  });
});
