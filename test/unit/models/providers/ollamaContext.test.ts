import assert from 'node:assert/strict';
import { contextThatCut, estimatePromptTokens, ollamaUrl } from '../../../../src/models/providers/ollamaContext.ts';

describe('contextThatCut', () => {
  it('does not suspect a prompt that was counted as expected, within what an estimate is good for', () => {
    for (const factor of [0.7, 1, 1.4]) assert.equal(contextThatCut(2000, 2000 * factor, 8192), undefined);
    assert.equal(contextThatCut(7000, 5600, 8192), undefined);
    assert.equal(contextThatCut(2300, 2050, 32_768), undefined);
  });

  it('does not suspect a short prompt of which the server counts little, as some do for what they had cached', () => {
    assert.equal(contextThatCut(1000, 12, 8192), undefined);
  });

  it('knows the numbers that are left of a prompt that was cut', () => {
    for (const [estimated, counted] of [
      [8000, 4098],
      [6000, 4098],
      [8000, 8192],
      [8000, 3000],
    ] as const) {
      assert.equal(contextThatCut(estimated, counted, 8192), 8192);
    }
  });

  it('knows them of a context that is smaller than the one that was asked for', () => {
    assert.equal(contextThatCut(8000, 2050, 32_768), 4096);
    assert.equal(contextThatCut(8000, 4096, 32_768), 4096);
    assert.equal(contextThatCut(3000, 1026, 32_768), 2048);
  });
});

describe('estimatePromptTokens', () => {
  it('adds something for each message', () => {
    const message = { role: 'user', content: 'abcdefgh' } as const;
    assert.equal(estimatePromptTokens([message, message]), 14);
  });
});

describe('ollamaUrl', () => {
  it('fills in what OLLAMA_HOST may leave out', () => {
    const expected: Record<string, string> = {
      '127.0.0.1:11434': 'http://127.0.0.1:11434',
      localhost: 'http://localhost:11434',
      ':8080': 'http://127.0.0.1:8080',
      '0.0.0.0': 'http://127.0.0.1:11434',
      'http://0.0.0.0:1234/': 'http://127.0.0.1:1234',
      'https://ollama.com': 'https://ollama.com',
      'http://gateway/ollama/': 'http://gateway/ollama',
    };
    for (const [host, url] of Object.entries(expected)) assert.equal(ollamaUrl(host), url);
  });
});
