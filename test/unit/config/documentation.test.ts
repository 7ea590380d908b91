import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { resolveConfiguration } from '../../../src/config/resolveConfiguration.ts';
import { configurationTable } from '../../support/configurationTable.ts';

const text = readFileSync(path.resolve(import.meta.dirname, '../../../docs/configuration.md'), 'utf8');

describe('docs/configuration.md', () => {
  it('has the table that follows from the schema', () => {
    const table = configurationTable();
    assert.ok(text.includes(`\n${table}\n`), `the table is not, or no longer, this:\n\n${table}\n`);
  });

  it('has examples that are valid', () => {
    const examples = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(match => match[1] ?? '');
    assert.ok(examples.length > 0);
    for (const example of examples) {
      const file = { name: 'example', content: parseYaml(example) as unknown, isTrusted: true, isNamed: true };
      resolveConfiguration({ file, openaiApiKey: 'key' });
    }
  });
});
