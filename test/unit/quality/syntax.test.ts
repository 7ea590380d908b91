import assert from 'node:assert/strict';
import { checkSyntax } from '../../../src/quality/syntax.ts';

const check = async (path: string, text: string) => {
  const options = { signal: new AbortController().signal };
  const [result] = await checkSyntax([{ path, content: new TextEncoder().encode(text) }], undefined, options);
  assert.ok(result);
  return result;
};

describe('checking syntax', () => {
  const good: [string, string][] = [
    ['a.js', 'const x = 1;\nmodule.exports = { x };'],
    ['a.js', '#!/usr/bin/env node\nimport x from "./x.js";\nexport default await x;'],
    ['a.cjs', 'if (done) return;\nrequire("x");'],
    ['a.mjs', 'export const x = <T,>(y) => y'.replace('<T,>', '')],
    ['a.jsx', 'export const View = () => <p className="x">{text}</p>;'],
    ['a.ts', 'enum A { B }\nexport const x = <T>(y: T): T => y as T satisfies unknown;'],
    ['a.ts', '@sealed class A { accessor x = 1; constructor(private readonly y: string) {} }'],
    ['a.ts', 'using file = open();'],
    ['a.tsx', 'export const View = <T,>({ x }: { x: T }) => <p>{String(x)}</p>;'],
    ['a.d.ts', 'declare module "x";\nexport function f(): void;'],
    ['a.json', '{"a":1}'],
    ['tsconfig.json', '{ // comment\n "a": 1, }'],
  ];
  for (const [path, text] of good) {
    it(`finds nothing wrong with ${path}: ${text.slice(0, 40)}`, async () =>
      assert.equal((await check(path, text)).ok, true));
  }

  it('names the line of an error', async () => {
    for (const path of ['a.js', 'a.ts', 'a.tsx', 'a.jsx', 'a.mjs']) {
      const result = await check(path, 'const a = 1;\nfunction broken( {\n');
      assert.deepEqual([result.ok, result.isChecked], [false, true], path);
      assert.ok((result.line ?? 0) >= 2, path);
    }
    assert.equal((await check('a.json', '{"a":')).ok, false);
  });

  it('says that it did not check what it cannot parse', async () => {
    for (const path of ['a.py', 'a.rs', 'README.md', 'Makefile']) {
      assert.deepEqual(await check(path, 'def f(:'), { path, ok: true, isChecked: false });
    }
  });
});
