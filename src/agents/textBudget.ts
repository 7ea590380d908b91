import type { LineRange } from './protocol/attributes.ts';

/** `text` cut to about `limit` characters, its middle left out: both ends of a log or a report say the most. */
export function cutMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = Math.ceil(limit * 0.6);
  const tail = limit - head;
  const left = text.length - head - tail;
  return `${text.slice(0, head).trimEnd()}\n… ${left} characters left out …\n${text.slice(-tail).trimStart()}`;
}

/** `text` on one line, cut to `limit` characters. */
export function oneLine(text: string, limit: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1).trimEnd()}…`;
}

/** Some lines of a text, and which they are. */
export interface LineExcerpt {
  readonly text: string;
  /** 1-based and inclusive; `end` is `start - 1` when there are none. */
  readonly start: number;
  readonly end: number;
  readonly total: number;
}

/** The lines `range` of `text` (all by default), as many of them from the first one as fit into `limit` characters. */
export function excerptLines(text: string, limit: number, range: LineRange = { start: 1 }): LineExcerpt {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const last = Math.min(range.end ?? lines.length, lines.length);
  const taken: string[] = [];
  let length = 0;
  for (const line of lines.slice(range.start - 1, last)) {
    length += line.length + 1;
    if (length > limit && taken.length > 0) break;
    // A single line that is longer than the budget is shown in part; it could not be shown at all otherwise.
    taken.push(line.slice(0, limit));
    if (length > limit) break;
  }
  return { text: taken.join('\n'), start: range.start, end: range.start + taken.length - 1, total: lines.length };
}

/** `lines 3-9 of 20`, or `20 lines` when that is all of it. */
export function describeExcerpt({ start, end, total }: LineExcerpt): string {
  if (start === 1 && end === total) return total === 1 ? '1 line' : `${total} lines`;
  return `lines ${start}-${end} of ${total}`;
}
