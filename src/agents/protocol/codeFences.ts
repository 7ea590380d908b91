import { rangeAt, type TextRange } from './textRange.ts';

/** A fenced block of code, from the start of its opening line to the end of its closing one. */
export interface CodeFence extends TextRange {
  /** What stands after the opening fence, such as `python`. */
  readonly info: string;
  /** Columns before the opening fence. */
  readonly indentation: number;
  /** The lines between the fences, each with its line end. */
  readonly content: string;
  readonly isClosed: boolean;
}

const openingPattern = /^([ \t]*)(`{3,}|~{3,})[ \t]*([^\n]*)$/;

/** What may stand behind a closing fence: the end of a block that models put on the same line. */
const closingRest = /^\s*$|^<\/(?:run|ask|done)\s*>/i;

/**
 * The fenced blocks of `text`, by the rule of CommonMark (a fence is closed by one of the same sign that is at least as
 * long and has nothing after it), except that a fence may be indented by any amount and a closing tag may follow it. One that is never closed reaches to
 * the end of the text.
 */
export function findCodeFences(text: string): CodeFence[] {
  const fences: CodeFence[] = [];
  let open: { start: number; contentStart: number; sign: string; info: string; indentation: number } | undefined;
  for (const line of linesOf(text)) {
    const match = openingPattern.exec(line.text);
    if (match === null) continue;
    const [, indentation = '', sign = '', info = ''] = match;
    if (open === undefined) {
      // A backtick after the opening ones makes it inline code, such as ```code```.
      if (sign.startsWith('`') && info.includes('`')) continue;
      open = {
        start: line.start,
        contentStart: Math.min(line.end + 1, text.length),
        sign,
        info: info.trim(),
        indentation: indentation.length,
      };
    } else if (sign.startsWith(open.sign) && closingRest.test(info)) {
      const end = line.end - info.length;
      fences.push(fenceFrom(open, text.slice(open.contentStart, line.start), end, true));
      open = undefined;
    }
  }
  if (open !== undefined) fences.push(fenceFrom(open, text.slice(open.contentStart), text.length, false));
  return fences;
}

/** The inline code spans of `text` outside of `fences`: one or more backticks, closed by as many on the same line. */
export function findInlineCode(text: string, fences: readonly TextRange[]): TextRange[] {
  const spans: TextRange[] = [];
  for (const line of linesOf(text)) {
    if (rangeAt(fences, line.start) !== undefined) continue;
    const runs = [...line.text.matchAll(/`+/g)];
    const closings = indexesOfNextWithSameLength(runs.map(run => run[0].length));
    for (let index = 0; index < runs.length; index += 1) {
      const opening = runs[index];
      const closing = closings[index];
      const end = closing === undefined ? undefined : runs[closing];
      if (opening === undefined || closing === undefined || end === undefined) continue;
      spans.push({ start: line.start + opening.index, end: line.start + end.index + end[0].length });
      index = closing;
    }
  }
  return spans;
}

function indexesOfNextWithSameLength(lengths: readonly number[]): (number | undefined)[] {
  const next: (number | undefined)[] = [];
  const latest = new Map<number, number>();
  for (let index = lengths.length - 1; index >= 0; index -= 1) {
    const length = lengths[index] ?? 0;
    next[index] = latest.get(length);
    latest.set(length, index);
  }
  return next;
}

function fenceFrom(
  open: { start: number; info: string; indentation: number },
  content: string,
  end: number,
  isClosed: boolean,
): CodeFence {
  return { start: open.start, end, info: open.info, indentation: open.indentation, content, isClosed };
}

/** Lines without their line ends; `end` is where the line end stands. */
function* linesOf(text: string): Generator<TextRange & { readonly text: string }> {
  let start = 0;
  while (start <= text.length) {
    const lineEnd = text.indexOf('\n', start);
    const end = lineEnd === -1 ? text.length : lineEnd;
    yield { start, end, text: text.slice(start, end) };
    start = end + 1;
  }
}
