// Bytes to lines and back without losing anything: encoding, byte order mark, each line's own end, final newline.
import { Buffer } from 'node:buffer';

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1';

export type LineEnd = '\n' | '\r\n' | '\r' | '';

/** A text file taken apart. `ends[i]` closes `lines[i]`; only the last may be `''`. An empty file has no lines. */
export interface TextFile {
  readonly encoding: TextEncoding;
  readonly hasByteOrderMark: boolean;
  readonly lines: readonly string[];
  readonly ends: readonly LineEnd[];
}

/** How new text is written when there is no file yet to follow. */
export const emptyTextFile: TextFile = { encoding: 'utf-8', hasByteOrderMark: false, lines: [], ends: [] };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of `content`, or undefined when it is binary or cannot be turned back into the same bytes. */
export function decodeText(content: Uint8Array): TextFile | undefined {
  const decoded = decode(content);
  return decoded && { ...decoded, ...splitLines(decoded.text) };
}

/** Whether `content` cannot be shown, diffed and edited as text. */
export function isBinary(content: Uint8Array): boolean {
  return decode(content) === undefined;
}

interface Decoded {
  readonly text: string;
  readonly encoding: TextEncoding;
  readonly hasByteOrderMark: boolean;
}

function decode(content: Uint8Array): Decoded | undefined {
  if (content[0] === 0xff && content[1] === 0xfe) return decodeUtf16(content, 'utf-16le');
  if (content[0] === 0xfe && content[1] === 0xff) return decodeUtf16(content, 'utf-16be');
  if (content.includes(0)) return undefined;
  const hasByteOrderMark = content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf;
  const body = hasByteOrderMark ? content.subarray(3) : content;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  try {
    return { text: utf8.decode(body), encoding: 'utf-8', hasByteOrderMark };
  } catch {
    // Not UTF-8. Every byte is one character of latin1, so what is not edited stays as it was whatever it stood for.
    return hasByteOrderMark
      ? undefined
      : { text: bytes.toString('latin1'), encoding: 'latin1', hasByteOrderMark: false };
  }
}

function decodeUtf16(content: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): Decoded | undefined {
  if (content.length % 2 !== 0) return undefined;
  const bytes = Buffer.from(content.subarray(2));
  const text = (encoding === 'utf-16be' ? bytes.swap16() : bytes).toString('utf16le');
  return text.isWellFormed() && !text.includes('\0') ? { text, encoding, hasByteOrderMark: true } : undefined;
}

/** Splits at `\n` and `\r\n`; at `\r` only in a file that has no `\n` at all, elsewhere a lone `\r` is part of its line. */
export function splitLines(text: string): { readonly lines: string[]; readonly ends: LineEnd[] } {
  const lines: string[] = [];
  const ends: LineEnd[] = [];
  const separator = text.includes('\n') || !text.includes('\r') ? '\n' : '\r';
  let start = 0;
  while (start < text.length) {
    const at = text.indexOf(separator, start);
    if (at === -1) {
      lines.push(text.slice(start));
      ends.push('');
      break;
    }
    const hasReturn = separator === '\n' && at > start && text[at - 1] === '\r';
    lines.push(text.slice(start, hasReturn ? at - 1 : at));
    ends.push(hasReturn ? '\r\n' : separator);
    start = at + 1;
  }
  return { lines, ends };
}

/** The lines of text that came from outside, whatever its line ends; a final line end opens no further line. */
export function textLines(text: string): string[] {
  return splitLines(text.replaceAll('\r\n', '\n')).lines;
}

/** The file with `\n` for every line end, as it is shown to a model and to a diff. */
export function plainText(file: TextFile): string {
  return file.lines.map((line, index) => line + (file.ends[index] === '' ? '' : '\n')).join('');
}

/** The line end that most lines have; `\n` when there is none to go by. */
export function dominantLineEnd(file: TextFile): LineEnd {
  const counts = new Map<LineEnd, number>();
  for (const end of file.ends) if (end !== '') counts.set(end, (counts.get(end) ?? 0) + 1);
  let best: LineEnd = '\n';
  for (const [end, count] of counts) if (count > (counts.get(best) ?? 0)) best = end;
  return best;
}

/** The bytes, or undefined when the encoding has no such character, or there is half of one. */
export function encodeText(file: TextFile): Uint8Array | undefined {
  const text = file.lines.map((line, index) => line + (file.ends[index] ?? '')).join('');
  if (!text.isWellFormed()) return undefined;
  switch (file.encoding) {
    case 'utf-8':
      return Buffer.from(`${file.hasByteOrderMark ? '\ufeff' : ''}${text}`, 'utf8');
    case 'latin1':
      return /^[\u0000-\u00ff]*$/.test(text) ? Buffer.from(text, 'latin1') : undefined;
    case 'utf-16le':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'utf-16be':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  }
}
