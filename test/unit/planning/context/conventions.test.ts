import assert from 'node:assert/strict';
import { chooseSamples, describeConventions } from '../../../../src/planning/context/conventions.ts';
import { describePath } from '../../../../src/planning/context/projectPath.ts';

function conventionsOf(texts: Record<string, string>) {
  const samples = Object.entries(texts).map(([path, text]) => ({ path, text }));
  return describeConventions(Object.keys(texts).map(describePath), samples);
}

const code = "import { b } from './other.ts';\nexport function f() {\n  if (b) {\n    return 1;\n  }\n}\n";
const test =
  "import assert from 'node:assert/strict';\nimport { f } from '../../src/f.ts';\ndescribe('f', () => {\n  it('works', () => {\n    assert.ok(f);\n  });\n});\n";

describe('describeConventions', () => {
  it('tells how a TypeScript project is written', () => {
    const texts = {
      'src/fooBar.ts': code,
      'src/barBaz.ts': code,
      'src/bazQux.ts': code,
      'src/one.ts': code,
      'test/unit/fooBar.test.ts': test,
      'test/unit/barBaz.test.ts': test,
    };
    assert.deepEqual(conventionsOf(texts), [
      'Tests are named *.test.ts and lie in test/unit; test/unit/fooBar.test.ts tests src/fooBar.ts.',
      'Tests use describe, it, node:assert/strict.',
      'Files are named in camelCase.',
      'ES modules; relative imports end in .ts.',
      'Indentation by 2 spaces, single quotes, semicolons.',
    ]);
  });

  it('tells how a Python project is written', () => {
    const body = 'import os\n\ndef f():\n    if os:\n        return 1\n    return 2\n';
    const texts = {
      'app/my_module.py': body,
      'app/other_module.py': body,
      'app/third_module.py': body,
      'tests/test_my_module.py': `import pytest\n\ndef test_f():\n    assert True\n    assert 1\n    assert 2\n`,
    };
    assert.deepEqual(conventionsOf(texts), [
      'Tests are named test_*.py and lie in tests; tests/test_my_module.py tests app/my_module.py.',
      'Tests use pytest, plain assert.',
      'Files are named in snake_case.',
      'Indentation by 4 spaces.',
    ]);
  });

  it('knows tests that lie among the sources, and tabs', () => {
    const texts = {
      'pkg/run.go': 'func f() {\n\ta()\n\tb()\n\tc()\n}\n',
      'pkg/run_test.go': 'func g() {\n\ta()\n\tb()\n\tc()\n}\n',
    };
    assert.deepEqual(conventionsOf(texts), [
      'Tests are named *_test.go and lie next to what they test; pkg/run_test.go tests pkg/run.go.',
      'Indentation by tabs.',
    ]);
  });

  it('claims nothing where there is no habit', () => {
    assert.deepEqual(conventionsOf({ 'a.ts': 'let a;' }), []);
    const mixed = { 'aB.ts': "import './b';\n", 'c-d.ts': 'import "./b"\n', 'e_f.ts': "const x = require('./b')\n" };
    assert.deepEqual(conventionsOf(mixed), []);
  });

  it('takes its samples from all over the project', () => {
    const paths = Array.from({ length: 100 }, (_, index) => describePath(`src/d${index}/file.ts`));
    const samples = chooseSamples([...paths, describePath('a.py'), describePath('x.test.ts')], 'typescript');
    assert.equal(samples.length, 13);
    assert.ok(
      samples.includes('src/d0/file.ts') && samples.includes('src/d91/file.ts') && samples.includes('x.test.ts'),
    );
  });
});
