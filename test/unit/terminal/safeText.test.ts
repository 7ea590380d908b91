import assert from 'node:assert/strict';
import { safeLine, safeText } from '../../../src/terminal/safeText.ts';

describe('safeText', () => {
  const cases: readonly (readonly [name: string, text: string, safe: string])[] = [
    ['colours and cursor moves', '\u001b[31mred\u001b[2J', '␛[31mred␛[2J'],
    ['a link or a window title', '\u001b]0;title\u0007', '␛]0;title␇'],
    ['one-byte controls', 'a\u009b31mb\u0085c', 'a�31mb�c'],
    ['a carriage return that overwrites', 'rm -rf /\rls', 'rm -rf /␍ls'],
    ['backspace, delete and null', 'a\bb\u007fc\0d', 'a␈b␡c␀d'],
    ['text turned around', 'user\u202etxt.exe\u2066', 'user�txt.exe�'],
    ['text that hides', 'a\u200bb\ufeffc\u2028d', 'a�b�c�d'],
  ];
  for (const [name, text, safe] of cases) it(`shows ${name} as symbols`, () => assert.equal(safeText(text), safe));

  it('keeps line ends, tabs, and scripts of all kinds', () => {
    assert.equal(safeText('a\r\n\tb\nc'), 'a\n\tb\nc');
    const text = 'häßlich 日本語 عربي 👩‍💻 e\u0301';
    assert.equal(safeText(text), text);
  });
});

describe('safeLine', () => {
  it('is one line, cut to the limit', () => {
    assert.equal(safeLine('a\n  b\tc  '), 'a b c');
    assert.equal(safeLine('x'.repeat(30), 10), `${'x'.repeat(9)}…`);
  });
});
