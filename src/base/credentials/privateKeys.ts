import type { TextFinding } from './textFinding.ts';

const begin = '-----BEGIN ';
const end = '-----END ';
/** Characters; the longest keys in use have some 13,000. */
const longestKey = 20_000;
const header = /^[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
/** A line of the body, also quoted, numbered or escaped as in code. */
const bodyLine = /^[\s"'+#*/|>:\d-]{0,30}[A-Za-z0-9+/=]{16,200}[\s"',+;\\nr]{0,20}$/;
/** What may stand between the header and the body, or end it: nothing, or `Proc-Type: 4,ENCRYPTED`. */
const restOfHeader = /^(?:[\s"',+;\\nr]{0,20}|[A-Za-z-]{1,30}: .{0,100})$/;

/**
 * The bodies of private keys in PEM form, as it comes to them. Of a key that is only partly there, as at the border of
 * an excerpt, the part. Each line is looked at twice at most.
 */
export function* privateKeys(text: string): Generator<TextFinding | undefined, void, undefined> {
  let done = 0;
  let closing = 0;
  for (let at = text.indexOf('-----'); at !== -1; at = text.indexOf('-----', at)) {
    yield;
    const isBegin = text.startsWith(begin, at);
    const bodyStart = isBegin || text.startsWith(end, at) ? endOfHeader(text, at, isBegin ? begin : end) : undefined;
    at += 5;
    if (bodyStart === undefined) continue;
    if (isBegin && closing !== -1 && closing < bodyStart) closing = text.indexOf(end, bodyStart);
    const place = isBegin ? bodyAfter(text, bodyStart, closing) : bodyBefore(text, at - 5, done);
    if (place === undefined) continue;
    yield { kind: 'private-key', ...place };
    done = place.end;
    at = Math.max(at, done + (isBegin ? end.length : 0));
  }
}

interface Place {
  readonly start: number;
  readonly end: number;
}

function endOfHeader(text: string, at: number, mark: string): number | undefined {
  const start = at + mark.length;
  const found = header.exec(text.slice(start, start + 80));
  return found === null ? undefined : start + found[0].length;
}

/** Up to `closing`, where the next key ends; as far as it looks like a body when that is too far away. */
function bodyAfter(text: string, start: number, closing: number): Place | undefined {
  if (closing !== -1 && closing - start <= longestKey) {
    return /[A-Za-z0-9+/]{16}/.test(text.slice(start, closing)) ? { start, end: closing } : undefined;
  }
  let last = start;
  for (let line = start; line < text.length && line - start < longestKey; ) {
    const lineEnd = nextLine(text, line);
    const content = text.slice(line, lineEnd);
    if (bodyLine.test(content)) last = lineEnd;
    else if (!restOfHeader.test(content)) break;
    line = lineEnd + 1;
  }
  return last === start ? undefined : { start, end: last };
}

/** The lines of a body right before `closing`, not further back than `done`. */
function bodyBefore(text: string, closing: number, done: number): Place | undefined {
  let start = text.lastIndexOf('\n', closing) + 1;
  const end = start;
  while (start > done && end - start < longestKey) {
    const lineStart = text.lastIndexOf('\n', start - 2) + 1;
    if (start - lineStart > 300 || !bodyLine.test(text.slice(lineStart, start - 1))) break;
    start = lineStart;
  }
  return start < end ? { start: Math.max(start, done), end } : undefined;
}

/** Where the line ends; a very long one is none of a key, and is not read to its end. */
function nextLine(text: string, from: number): number {
  const at = text.slice(from, from + 300).indexOf('\n');
  return at === -1 ? Math.min(text.length, from + 300) : from + at;
}
