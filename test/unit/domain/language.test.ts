import assert from 'node:assert/strict';
import { isProgramLanguage, languageOf } from '../../../src/domain/language.ts';

describe('languageOf', () => {
  for (const [path, language] of [
    ['src/a.ts', 'typescript'],
    ['src/A.Test.TSX', 'typescript'],
    ['lib/x.mjs', 'javascript'],
    ['hello.py', 'python'],
    ['docs/README.md', 'markdown'],
    ['Dockerfile', 'dockerfile'],
    ['sub/Makefile', 'makefile'],
    ['.ts', ''],
    ['a.constructor', ''],
    ['no-extension', ''],
    ['archive.tar.unknown', ''],
  ] as const) {
    it(`says "${language}" for ${path}`, () => assert.equal(languageOf(path), language));
  }

  it('tells code from documents and data', () => {
    assert.equal(isProgramLanguage('python'), true);
    assert.equal(isProgramLanguage('markdown'), false);
    assert.equal(isProgramLanguage(''), false);
  });
});
