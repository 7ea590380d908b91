import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { decodeText, dominantLineEnd, encodeText, isBinary, plainText } from '../../../src/changes/textFile.ts';

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

describe('text files', () => {
  const kept: [name: string, content: Uint8Array][] = [
    ['an empty file', bytes()],
    ['line feeds', bytes('a\nb\n')],
    ['no final newline', bytes('a\nb')],
    ['carriage return and line feed', bytes('a\r\nb\r\n')],
    ['mixed line ends', bytes('a\r\nb\nc\r\n\nd')],
    ['lone carriage returns', bytes('a\rb\rc')],
    ['a carriage return inside a line', bytes('a\rb\nc\n')],
    ['two carriage returns before a line feed', bytes('a\r\r\nb\n')],
    ['a byte order mark', bytes([0xef, 0xbb, 0xbf], 'a\n')],
    ['latin-1', bytes([0x63, 0x61, 0x66, 0xe9, 0x0a])],
    ['UTF-16 little endian', Buffer.from('\ufeffaé\r\n\u{1f600}', 'utf16le')],
    ['UTF-16 big endian', Buffer.from('\ufeffaé\r\n\u{1f600}', 'utf16le').swap16()],
    ['a byte order mark inside the text', bytes('a\ufeffb\n')],
  ];
  for (const [name, content] of kept) {
    it(`keeps ${name} byte by byte`, () => {
      const file = decodeText(content);
      assert.ok(file);
      assert.deepEqual(Buffer.from(encodeText(file) ?? []), Buffer.from(content));
      assert.equal(file.lines.length, file.ends.length);
    });
  }

  it('splits at every kind of line end that the file uses', () => {
    assert.deepEqual(decodeText(bytes('a\r\nb\nc'))?.lines, ['a', 'b', 'c']);
    assert.deepEqual(decodeText(bytes('a\rb'))?.lines, ['a', 'b']);
    assert.deepEqual(decodeText(bytes('a\rb\nc'))?.lines, ['a\rb', 'c']);
    assert.equal(plainText(decodeText(bytes('a\r\nb\nc'))!), 'a\nb\nc');
  });

  it('takes what has NUL bytes, lone surrogates or half a character for binary', () => {
    assert.ok(isBinary(bytes('a\u0000b')));
    assert.ok(isBinary(bytes([0xff, 0xfe, 0x00, 0xd8])));
    assert.ok(isBinary(bytes([0xff, 0xfe, 0x61])));
    assert.ok(isBinary(bytes([0xef, 0xbb, 0xbf, 0xff])));
    assert.ok(!isBinary(bytes('text')));
  });

  it('finds the line end that most lines have', () => {
    assert.equal(dominantLineEnd(decodeText(bytes('a\r\nb\nc\r\n'))!), '\r\n');
    assert.equal(dominantLineEnd(decodeText(bytes('a'))!), '\n');
  });

  it('refuses to write a character that the encoding does not have', () => {
    const file = decodeText(bytes([0xe9, 0x0a]))!;
    assert.equal(encodeText({ ...file, lines: ['→'] }), undefined);
  });
});
