import assert from 'node:assert/strict';
import path from 'node:path';
import { Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import { contracts, forbiddenImport, layers } from '../../eslint.layers.js';

const root = path.resolve(import.meta.dirname, '../..');

/** What the rule says about `code` in the file `name`, relative to the repository. */
function complaints(name: string, code: string): string[] {
  const linter = new Linter({ cwd: root });
  const messages = linter.verify(
    code,
    [
      {
        files: ['**/*.ts', '**/*.tsx'],
        languageOptions: { parser },
        plugins: { trellis: { rules: { layers } } },
        rules: { 'trellis/layers': 'error' },
      },
    ],
    { filename: path.join(root, name) },
  );
  assert.ok(!messages.some(({ fatal }) => fatal), messages[0]?.message);
  return messages.map(({ message }) => message);
}

describe('the layers rule', () => {
  const cases: readonly (readonly [from: string, to: string, reason: RegExp])[] = [
    ['base/logger.ts', 'domain/runState.ts', /base knows nothing/],
    ['domain/runState.ts', 'journal/journal.ts', /domain may import base only/],
    ['agents/coder.ts', 'models/openAiClient.ts', /only models\/modelClient\.ts/],
    ['agents/coder.ts', 'models/modelClient.ts/inner.ts', /only models\/modelClient\.ts/],
    ['agents/coder.ts', 'orchestrator/run.ts', /orchestrator/],
    ['orchestrator/run.ts', 'editor/panel.ts', /composition root/],
    ['orchestrator/run.ts', 'extension.ts', /composition root/],
    ['models/modelClient.ts', 'cli.ts', /composition root/],
    ['journal/journal.ts', 'unheardOf/anything.ts', /\(nothing\)/],
  ];
  for (const [from, to, reason] of cases) {
    it(`forbids ${from} to import ${to}`, () => assert.match(forbiddenImport(from, to) ?? 'allowed', reason));
  }

  const allowed: readonly (readonly [from: string, to: string])[] = [
    ['domain/runState.ts', 'base/assertNever.ts'],
    ['agents/coder.ts', 'agents/agent.ts'],
    ['agents/coder.ts', 'domain/planGraph.ts'],
    ['orchestrator/run.ts', 'agents/coder.ts'],
    ['editor/panel.ts', 'orchestrator/run.ts'],
    ['cli.ts', 'journal/sqliteJournal.ts'],
  ];
  for (const [from, to] of allowed) {
    it(`lets ${from} import ${to}`, () => assert.equal(forbiddenImport(from, to), undefined));
  }

  it('lets every middle folder import the contract of each neighbour', () => {
    for (const from of Object.keys(contracts)) {
      for (const [folder, file] of Object.entries(contracts)) {
        assert.equal(forbiddenImport(`${from}/x.ts`, `${folder}/${file}`), undefined);
      }
    }
  });
});

describe('the layers rule in ESLint', () => {
  it('reports a forbidden import however it is written', () => {
    for (const code of [
      "import { openAi } from '../models/openAiClient.ts';",
      "import type { OpenAi } from '../models/openAiClient.ts';",
      "export { openAi } from '../models/openAiClient.ts';",
      "export * from '../models/openAiClient.ts';",
      "export const late = () => import('../models/openAiClient.ts');",
      "export type Late = import('../models/openAiClient.ts').OpenAi;",
    ]) {
      assert.equal(complaints('src/agents/coder.ts', code).length, 1, code);
    }
  });

  it('keeps vscode inside editor/ and extension.ts', () => {
    const code = "import type { Uri } from 'vscode';\nexport type Link = Uri;";
    assert.match(complaints('src/journal/journal.ts', code).join(), /`vscode` is imported in editor\//);
    assert.deepEqual(complaints('src/editor/panel.ts', code), []);
    assert.deepEqual(complaints('src/extension.ts', code), []);
  });

  it('keeps src from importing what lies outside it', () => {
    assert.match(complaints('src/cli.ts', "import '../test/support/server.ts';").join(), /only src/);
  });

  it('lets the webview see the pure parts of domain, and of the rest not even types', () => {
    assert.deepEqual(complaints('webview/panel.tsx', "import { reduceRun } from '../src/domain/reduceRun.ts';"), []);
    assert.deepEqual(complaints('webview/panel.tsx', "import type { Plan } from '../src/domain/schema/plan.ts';"), []);
    assert.match(complaints('webview/panel.tsx', "import { plan } from '../src/domain/schema/plan.ts';").join(), /zod/);
    assert.match(
      complaints('webview/panel.tsx', "import type { Journal } from '../src/journal/journal.ts';").join(),
      /domain/,
    );
    assert.match(complaints('webview/panel.tsx', "import { z } from 'zod';").join(), /zod/);
  });

  it('has no opinion on tests and package imports', () => {
    assert.deepEqual(complaints('test/unit/x.test.ts', "import '../../src/models/openAiClient.ts';"), []);
    assert.deepEqual(complaints('src/agents/coder.ts', "import path from 'node:path';\nexport { path };"), []);
  });
});
