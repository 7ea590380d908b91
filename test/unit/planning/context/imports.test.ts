import assert from 'node:assert/strict';
import { LoopBreather } from '../../../../src/base/loopBreather.ts';
import { ImportResolver, importsOf } from '../../../../src/planning/context/imports.ts';
import { describePath } from '../../../../src/planning/context/projectPath.ts';

async function resolved(from: string, text: string, paths: readonly string[]) {
  const breather = new LoopBreather(new AbortController().signal);
  const resolver = await ImportResolver.create(paths.map(describePath), breather);
  return importsOf(from, text).map(specifier => resolver.resolve(from, specifier));
}

describe('imports', () => {
  it('of scripts are found in every spelling', async () => {
    const text = `import a from './a.ts';
import type { B } from "../b.js";
export * from './sub';
const c = require('./c');
const d = await import('./d.mjs');
import './style.ts'; import zod from 'zod';`;
    const paths = ['src/x/a.ts', 'src/b.ts', 'src/x/sub/index.ts', 'src/x/c.js', 'src/x/d.mjs', 'src/x/style.ts'];
    assert.deepEqual(await resolved('src/x/m.ts', text, paths), [
      'src/x/a.ts',
      'src/b.ts',
      'src/x/sub/index.ts',
      'src/x/c.js',
      'src/x/d.mjs',
      'src/x/style.ts',
    ]);
  });

  it('of Python are found by module, relative or not', async () => {
    const text = 'import os\nfrom . import x\nfrom .util import y\nfrom ..core.run import z\nimport app.models\n';
    const paths = ['src/app/util.py', 'src/core/run.py', 'src/app/models/__init__.py', 'src/app/__init__.py'];
    assert.deepEqual(await resolved('src/app/main.py', text, paths), [
      undefined,
      'src/app/__init__.py',
      'src/app/util.py',
      'src/core/run.py',
      'src/app/models/__init__.py',
    ]);
  });

  it('of C are found beside the file', async () => {
    assert.deepEqual(await resolved('src/a.c', '#include "a.h"\n#include <stdio.h>\n', ['src/a.h']), ['src/a.h']);
  });

  it('are bounded', () => {
    const text = Array.from({ length: 10_000 }, (_, index) => `import './${index}';`).join('\n');
    assert.equal(importsOf('a.ts', text).length, 100);
  });
});
