// <<<<<<< SEARCH / ======= / >>>>>>> REPLACE and its variants: five or more signs, other words for the two halves, and
// the rows of dashes and pluses (------- SEARCH / ======= / +++++++ REPLACE).
import { type BlockRead, blockProblem, type ReplyLines, unfinished } from './blockRead.ts';
import { closesFence, type Fence } from './fences.ts';
import { looksLikePath } from './pathLine.ts';

export interface SearchOpener {
  readonly indent: string;
  readonly signCount: number;
  /** A path behind the word SEARCH. */
  readonly path: string | undefined;
}

const OPENER = /^(\s*)(<{5,}|-{5,})\s*(?:SEARCH|ORIGINAL|OLD|BEFORE|FIND)\b\s*:?\s*>?\s*(.*)$/;
const CLOSER = /^(\s*)(>{5,}|\+{5,})\s*(?:REPLACE|REPLACEMENT|UPDATED?|NEW|AFTER|MODIFIED)\b\s*$/;
/** In small letters only the words that no branch or heading is likely to be called. */
const SMALL_OPENER = /^(\s*)(<{5,})\s*(?:search|original)\b\s*:?\s*>?\s*(.*)$/i;
const SMALL_CLOSER = /^(\s*)(>{5,})\s*(?:replace|updated)\s*$/i;
const BARE_OPENER = /^\s*<{5,}\s*$/;
const BARE_CLOSER = /^(\s*)(>{5,})\s*$/;
const CONFLICT_START = /^<{7} \S/;
const CONFLICT_END = /^>{7} \S/;
const DIVIDER = /^(\s*)(={5,})\s*$/;

/** The opening row of a block, if `line` is one. */
export function searchOpener(line: string): SearchOpener | undefined {
  const match = OPENER.exec(line) ?? SMALL_OPENER.exec(line);
  if (!match) return undefined;
  const [, indent = '', row = '', rest = ''] = match;
  const path = rest.replace(/^[`"']|[`"']$/g, '').trim();
  if (path !== '' && !looksLikePath(path, true)) return undefined;
  return { indent, signCount: row.length, path: path === '' ? undefined : path };
}

/** Whether `line` is the closing row of a block, which without an opening one is a sign of a broken block. */
export function isSearchCloser(line: string): boolean {
  return closerOf(line) !== null;
}

function closerOf(line: string): RegExpExecArray | null {
  return CLOSER.exec(line) ?? SMALL_CLOSER.exec(line);
}

/** Whether one of `lines` opens or closes a block, or they have the rows of a merge conflict or bare rows, which some write for one. */
export function holdsSearchRow(lines: readonly string[]): boolean {
  for (const [opener, closer] of [
    [CONFLICT_START, CONFLICT_END],
    [BARE_OPENER, BARE_CLOSER],
  ] as const) {
    const start = lines.findIndex(line => opener.test(line));
    if (start !== -1 && lines.some((line, index) => index > start && closer.test(line))) return true;
  }
  return lines.some(line => searchOpener(line) !== undefined || isSearchCloser(line));
}

/**
 * Reads the block whose opening row is at `at`, in `fence` if that is open. Rows of exactly as many signs as the opening one count; rows of another
 * length are text, unless there is no other way to read the block and only one such way. What has no one reading is a
 * problem: an edit is never made of a guess.
 */
export function readSearchReplace(
  reply: ReplyLines,
  at: number,
  { opener, fence, path }: { readonly opener: SearchOpener; readonly fence: Fence | undefined; readonly path: string },
): BlockRead {
  const { lines } = reply;
  let limit = at + 1;
  while (limit < lines.length && searchOpener(lines[limit] ?? '')?.signCount !== opener.signCount) limit++;
  const closer = findCloser(reply, at, limit, opener);
  if (closer === undefined) {
    const reason = 'the search/replace block has no closing row ">>>>>>> REPLACE" of its own';
    return limit === lines.length ? unfinished(reply, [path], reason) : blockProblem(path, reason, limit);
  }
  const dividers = rowsBetween(lines, at + 1, closer, line => DIVIDER.exec(line));
  const exact = dividers.filter(row => row.signCount === opener.signCount && row.indent === opener.indent);
  const [divider] = exact.length > 0 ? exact : dividers;
  const candidates = exact.length > 0 ? exact.length : dividers.length;
  if (!divider || candidates !== 1) {
    const reason =
      candidates === 0
        ? 'the search/replace block has no dividing row "======="'
        : 'the search/replace block has several rows "=======", so it is not clear where the replacement begins; use rows of nine signs where the text has rows of seven';
    return blockProblem(path, reason, closer + 1);
  }
  const search = withoutLineHints(lines.slice(at + 1, divider.at));
  const replace = lines.slice(divider.at + 1, closer);
  if (fence && closesIn(search, fence) % 2 !== closesIn(replace, fence) % 2) {
    const reason = `the fence around the search/replace block is closed within the block; close it below the closing row, or use a longer fence`;
    return blockProblem(path, reason, closer + 1);
  }
  const block = { search: joined(search), replace: joined(replace) };
  return { kind: 'edits', edits: [{ type: 'replaceBlocks', path, blocks: [block] }], end: closer + 1 };
}

function closesIn(lines: readonly string[], fence: Fence): number {
  return lines.filter(line => closesFence(line, fence)).length;
}

interface Row {
  readonly at: number;
  readonly indent: string;
  readonly signCount: number;
}

function rowsBetween(
  lines: readonly string[],
  from: number,
  to: number,
  match: (line: string) => RegExpExecArray | null,
): Row[] {
  const rows: Row[] = [];
  for (let at = from; at < to; at++) {
    const row = match(lines[at] ?? '');
    if (row) rows.push({ at, indent: row[1] ?? '', signCount: row[2]?.length ?? 0 });
  }
  return rows;
}

function findCloser(reply: ReplyLines, at: number, limit: number, opener: SearchOpener): number | undefined {
  const { lines } = reply;
  const rows = rowsBetween(lines, at + 1, limit, closerOf);
  const exact = rows.find(row => row.signCount === opener.signCount);
  if (exact) return hasWholeBlocksOnly(lines.slice(at + 1, exact.at)) ? exact.at : undefined;
  const isSettled = reply.isComplete || limit < lines.length;
  if (!isSettled) return undefined;
  const [only] = rows.length > 0 ? rows : rowsBetween(lines, at + 1, limit, line => BARE_CLOSER.exec(line));
  const isOnlyReading = rows.length <= 1 && !lines.slice(at + 1, only?.at ?? limit).some(line => searchOpener(line));
  return only && isOnlyReading ? only.at : undefined;
}

/** Whether every opening and closing row in the text belongs to a whole block in it, and none to a block that is cut in two. */
export function hasWholeBlocksOnly(lines: readonly string[]): boolean {
  let open: number | undefined;
  for (const line of lines) {
    const opener = searchOpener(line);
    const closing = closerOf(line)?.[2]?.length;
    if (opener) {
      if (open !== undefined) return false;
      open = opener.signCount;
    } else if (closing !== undefined) {
      if (closing !== open) return false;
      open = undefined;
    }
  }
  return open === undefined;
}

/** Leaves out the hints that one family of prompts teaches: `:start_line:12`, then a row of dashes. */
function withoutLineHints(search: readonly string[]): readonly string[] {
  let at = 0;
  while (/^:(?:start|end)_line:\s*\d+\s*$/.test(search[at] ?? '')) at++;
  return at > 0 && /^-{5,}\s*$/.test(search[at] ?? '') ? search.slice(at + 1) : search;
}

function joined(lines: readonly string[]): string {
  return lines.map(line => `${line}\n`).join('');
}
