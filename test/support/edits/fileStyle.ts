// The ways in which the same lines are kept in a file: an edit must leave them as they were.
import { Buffer } from 'node:buffer';

export type FileStyle = 'plain' | 'crlf' | 'cr' | 'byteOrderMark' | 'noFinalNewline' | 'utf16';

export const fileStyles: readonly FileStyle[] = ['plain', 'crlf', 'cr', 'byteOrderMark', 'noFinalNewline', 'utf16'];

/** The bytes of a file with those lines. */
export function encodeLines(lines: readonly string[], style: FileStyle): Buffer {
  const end = style === 'crlf' ? '\r\n' : style === 'cr' ? '\r' : '\n';
  const isOpen = style === 'noFinalNewline' && lines.at(-1) !== '';
  const text = lines.join(end) + (lines.length === 0 || isOpen ? '' : end);
  if (style === 'utf16') return Buffer.from(`\ufeff${text}`, 'utf16le');
  return Buffer.from(style === 'byteOrderMark' ? `\ufeff${text}` : text);
}
