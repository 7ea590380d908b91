import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { builtInProviders, editorProvider } from '../../../src/config/configuration.ts';
import { resolveConfiguration } from '../../../src/config/resolveConfiguration.ts';
import { publicPrices } from '../../../src/models/budget/publicPrices.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
const text = readFileSync(path.join(repository, 'docs/models.md'), 'utf8');
const sources = globSync('src/**/*.ts', { cwd: repository })
  .map(file => readFileSync(path.join(repository, file), 'utf8'))
  .join('\n');

describe('docs/models.md', () => {
  it('has examples that are valid', () => {
    const examples = [...text.matchAll(/```yaml\n(.*?)```/gs)]
      .map(match => parseYaml(match[1] ?? '') as Record<string, unknown>)
      .filter(example => !('rules' in example));
    assert.ok(examples.length >= 6);
    const providers = [...builtInProviders, editorProvider];
    for (const content of examples) {
      const file = { name: 'example', content, isTrusted: true, isNamed: true };
      resolveConfiguration({ file, providers, openaiApiKey: 'key', anthropicApiKey: 'key' });
    }
  });

  it('explains messages that there are', () => {
    const [, table = ''] = text.split('## When it does not work');
    const messages = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(match => match[1] ?? '');
    assert.ok(messages.length >= 15);
    // A part between two holes; a hole in the sources may be anything.
    const parts = messages.flatMap(message => message.split('…').map(part => part.trim()));
    assert.deepEqual(
      parts.filter(part => part !== '' && !sources.includes(part)),
      [],
    );
  });

  it('names models of the makers that have a price', () => {
    const named = [...text.matchAll(/provider: (openai|anthropic), model: ((?:gpt|claude)[\w.-]+)/g)];
    assert.ok(named.length >= 4);
    for (const [, provider, model] of named) assert.ok(publicPrices.prices[`${provider}/${model}`], model);
  });
});
