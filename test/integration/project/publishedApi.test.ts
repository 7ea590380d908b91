import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const repository = path.resolve(import.meta.dirname, '../../..');

/** What the compiler says of these files, checked as strictly as it can, with nothing of ours around them. */
function complaints(...files: string[]): string[] {
  const program = ts.createProgram(
    files.map(file => path.join(repository, file)),
    {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      allowJs: true,
      checkJs: true,
      skipLibCheck: false,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
      module: ts.ModuleKind.Preserve,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      types: ['node'],
      typeRoots: [path.join(repository, 'node_modules/@types')],
    },
  );
  const seen = program.getSourceFiles().map(({ fileName }) => fileName);
  for (const file of files) assert.ok(seen.includes(path.join(repository, file)), `${file} was not read`);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText, file }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
}

describe('what is published for other extensions', () => {
  it('stands alone, and is what the example extension is written against', () => {
    const published = 'api/trellis.d.ts';
    const text = readFileSync(path.join(repository, published), 'utf8');
    assert.doesNotMatch(text, /^\s*import|\bfrom '|import\(/m);
    const example = 'test/fixtures/exampleExtension';
    // The last one is wrong, so that a compiler that looks at nothing is noticed.
    const wrong = 'test/fixtures/wrongExtension/extension.cjs';
    const said = complaints(published, `${example}/extension.cjs`, `${example}/editorModel.cjs`, wrong);
    assert.equal(said.length, 1, said.join('\n'));
    assert.match(said[0]!, /wrongExtension.*Property 'createModel' is missing/);
  });
});
