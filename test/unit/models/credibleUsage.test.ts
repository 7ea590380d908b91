import assert from 'node:assert/strict';
import type { TokenUsage } from '../../../src/domain/schema/model.ts';
import { credibleUsage } from '../../../src/models/credibleUsage.ts';
import { buildRequest } from './fakes.ts';

/** Prompt of 12 bytes, answers of at most 100 tokens. */
const request = buildRequest();
const usage = (changes: Partial<TokenUsage>): TokenUsage => ({
  inputTokens: 10,
  outputTokens: 2,
  cachedInputTokens: 0,
  ...changes,
});

describe('credibleUsage', () => {
  const credible: readonly (readonly [string, TokenUsage, string])[] = [
    ['a usual count', usage({}), 'hello'],
    ['a prompt with what the server adds to it', usage({ inputTokens: 15_000 }), 'hello'],
    ['thoughts beyond what was asked for', usage({ outputTokens: 1500 }), 'hello'],
    ['no output for no answer', usage({ outputTokens: 0 }), ''],
    ['a prompt that came from the cache whole', usage({ cachedInputTokens: 10 }), 'hello'],
  ];
  for (const [name, counted, text] of credible) {
    it(`believes ${name}`, () => assert.equal(credibleUsage(counted, request, text), counted));
  }

  const wrong: readonly (readonly [string, TokenUsage | undefined, string])[] = [
    ['no count', undefined, 'hello'],
    ['no input', usage({ inputTokens: 0 }), 'hello'],
    ['no output for an answer', usage({ outputTokens: 0 }), 'hello'],
    ['more input than the prompt has bytes, by far', usage({ inputTokens: 30_000 }), 'hello'],
    ['more output than there can be', usage({ outputTokens: 100_000 }), 'hello'],
    ['more from the cache than there was', usage({ cachedInputTokens: 8, cacheWriteTokens: 8 }), 'hello'],
  ];
  for (const [name, counted, text] of wrong) {
    it(`does not believe ${name}`, () => assert.equal(credibleUsage(counted, request, text), undefined));
  }
});
