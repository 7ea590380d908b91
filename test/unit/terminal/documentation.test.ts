import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { exitCode } from '../../../src/terminal/exitCode.ts';
import { helpText } from '../../../src/terminal/helpText.ts';

const text = readFileSync(path.resolve(import.meta.dirname, '../../../docs/cli.md'), 'utf8');
const topics = [undefined, 'run', 'plan', 'review', 'revert', 'history', 'show', 'replay'];

describe('docs/cli.md', () => {
  it('has every option that the help has, and the help every option of it', () => {
    const optionsIn = (part: string) => new Set(part.match(/--[a-z][a-z-]+/g));
    const documented = optionsIn(/## Options\n(.*?)\n## /s.exec(text)?.[1] ?? '');
    assert.deepEqual(
      documented,
      optionsIn([...documented].filter(option => topics.some(topic => helpText(topic).includes(option))).join()),
    );
    for (const option of topics.flatMap(topic => [...optionsIn(helpText(topic))]))
      assert.ok(documented.has(option), option);
  });

  it('has every exit code, and so has the help', () => {
    for (const code of Object.values(exitCode)) {
      assert.match(text, new RegExp(`^\\| ${code} \\| `, 'm'));
      assert.match(helpText(), new RegExp(`^ {2}${code} {2}`, 'm'));
    }
  });
});
