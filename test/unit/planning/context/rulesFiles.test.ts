import assert from 'node:assert/strict';
import { estimateTokens } from '../../../../src/base/tokenEstimate.ts';
import { describePath } from '../../../../src/planning/context/projectPath.ts';
import { readRules } from '../../../../src/planning/context/rulesFiles.ts';
import { memoryProjectFiles } from '../../../support/memoryProjectFiles.ts';

async function rulesOf(texts: Record<string, string>, relevant: readonly string[] = [], tokens = 1000) {
  const files = memoryProjectFiles(texts);
  return readRules(files, (await files.paths()).map(describePath), relevant, tokens);
}

describe('rules files', () => {
  it('are read under all their names, the nearest to the root first', async () => {
    const rules = await rulesOf(
      {
        'src/AGENTS.md': 'in src',
        'CONVENTIONS.md': 'conventions',
        '.github/copilot-instructions.md': 'copilot',
        'AGENTS.md': 'agents',
        'CLAUDE.md': 'claude',
        'GEMINI.md': 'gemini',
        '.cursorrules': 'cursor',
        '.cursor/rules/a.mdc': 'cursor a',
        'docs/AGENTS.md': 'in docs',
        'src/NOTES.md': 'no rules',
      },
      ['src/a.ts'],
    );
    assert.deepEqual(
      rules.map(({ path }) => path),
      [
        'AGENTS.md',
        'CLAUDE.md',
        'GEMINI.md',
        'CONVENTIONS.md',
        '.cursorrules',
        '.cursor/rules/a.mdc',
        '.github/copilot-instructions.md',
        'src/AGENTS.md',
      ],
    );
  });

  it('count once when one text has several names, and not at all when empty', async () => {
    const rules = await rulesOf({ 'AGENTS.md': 'same\n', 'CLAUDE.md': 'same', 'GEMINI.md': ' ' });
    assert.deepEqual(rules, [{ path: 'AGENTS.md', text: 'same' }]);
  });

  it('are cut at the end of a line, and the cut is shown', async () => {
    const long = Array.from({ length: 100 }, (_, index) => `Rule ${index}: be careful.`).join('\n');
    const [rules, ...more] = await rulesOf({ 'AGENTS.md': long, 'CLAUDE.md': 'never seen' }, [], 50);
    assert.ok(rules !== undefined && more.length === 0);
    assert.ok(estimateTokens(rules.text) <= 50);
    assert.match(rules.text, /^Rule 0: be careful\.\n(?:Rule \d+: be careful\.\n)+\[… cut\]$/);
  });
});
