// A path line, then a fence with the whole of the file.
import { type BlockRead, blockProblem, type ReplyLines, unfinished } from './blockRead.ts';
import { closesFence, type Fence, fenceOf } from './fences.ts';
import { pathFromLine } from './pathLine.ts';
import { hasWholeBlocksOnly, holdsSearchRow } from './searchReplace.ts';

/** A fence of this length is taken at its word: whatever stands inside is text. */
const DELIBERATE_FENCE_LENGTH = 4;
const MARKDOWN = /\.(?:md|mdx|markdown|rst|txt|qmd|rmd)$/i;
const SHELL = /^(?:bash|sh|zsh|shell|console|shell-session|powershell|output)\b/i;
const SHELL_FILE = /\.(?:sh|bash|zsh|ps1|psm1|bats|command|env|profile|bashrc|zshrc|md|mdx|txt|rst)$/i;
const HINT = 'put the whole file into a fence that is longer than any fence in it';

/**
 * Reads the file whose fence opens at `at`. A short fence may hold fences of its own as long as those say what they hold
 * when they open; where the end of the file is not certain that is a problem, since a file that ends too early would
 * lose its rest.
 */
export function readWholeFile(reply: ReplyLines, at: number, fence: Fence, path: string): BlockRead {
  const { lines } = reply;
  if (SHELL.test(fence.info) && /\.\w+$/.test(path) && !SHELL_FILE.test(path)) {
    const reason = `the fence below the path is marked "${fence.info}", so it is not clear that it is the file`;
    return blockProblem(path, reason, at + 1);
  }
  const end = closingLine(lines, at, fence);
  if (end === undefined)
    return unfinished(reply, [path], 'the fence is never closed, so the end of the file is missing');
  const body = lines.slice(at + 1, end);
  const isDeliberate = fence.length >= DELIBERATE_FENCE_LENGTH;
  const doubt = isDeliberate ? doubtAboutRows(body) : doubtAbout(lines, body, end, path);
  if (doubt !== undefined) return blockProblem(path, doubt, end + 1);
  const content = withoutIndent(body, fence.indent)
    .map(line => `${line}\n`)
    .join('');
  return { kind: 'edits', edits: [{ type: 'writeFile', path, content, mustBeNew: false }], end: end + 1 };
}

/** A fence that is a part of a list is indented with all that it holds. */
function withoutIndent(lines: readonly string[], indent: number): readonly string[] {
  const isIndented = lines.every(line => line.trim() === '' || line.search(/\S/) >= indent);
  return indent > 0 && isIndented ? lines.map(line => line.slice(indent)) : lines;
}

/** The index of the line that closes the fence opened at `at`, past fences that open and close inside. */
function closingLine(lines: readonly string[], at: number, fence: Fence): number | undefined {
  let depth = 0;
  for (let index = at + 1; index < lines.length; index++) {
    const other = fenceOf(lines[index] ?? '');
    if (other?.sign !== fence.sign) continue;
    if (fence.length < DELIBERATE_FENCE_LENGTH && other.info !== '' && /^[\w+#.-]+(?:\s|$)/.test(other.info)) depth++;
    else if (other.info === '' && depth > 0) depth--;
    else if (closesFence(lines[index] ?? '', fence)) return index;
  }
  return undefined;
}

/** Why even a long fence may hold a damaged block in place of a file. */
function doubtAboutRows(body: readonly string[]): string | undefined {
  if (hasWholeBlocksOnly(body)) return undefined;
  return 'the fence has a row of a search/replace block whose other rows are missing; write the whole block, or, if the row is part of the file, put the file into a patch with "*** Add File:"';
}

/** Why the line at `end` may not be the end of the file after all. */
function doubtAbout(lines: readonly string[], body: readonly string[], end: number, path: string): string | undefined {
  if (holdsSearchRow(body))
    return 'the fence has rows of search/replace blocks, or of a conflict, among other lines; write only whole blocks into it, or, if they are part of the file, use a fence of four signs';
  const next = lines[end + 1] ?? '';
  const goesOn = next.trim() !== '' && !/^\s*<\/?[a-z]/i.test(next) && pathFromLine(next) === undefined;
  const lastLine = body.findLast(line => line.trim() !== '');
  if (goesOn && lastLine !== undefined && pathFromLine(lastLine) !== undefined)
    return `a fence before "${lastLine.trim()}" is not closed; close the fence of each file`;
  const later = anonymousFenceAfter(lines, end);
  if (later && (goesOn || MARKDOWN.test(path))) return `it is not clear which fence closes the file; ${HINT}`;
  return undefined;
}

/** Whether a fence without an info opens behind `end` before the next file does. */
function anonymousFenceAfter(lines: readonly string[], end: number): boolean {
  for (let index = end + 1; index < lines.length; index++) {
    const fence = fenceOf(lines[index] ?? '');
    if (!fence) continue;
    if (fence.info !== '') return false;
    const above = lines.slice(end + 1, index).findLast(line => line.trim() !== '');
    return above === undefined || pathFromLine(above) === undefined;
  }
  return false;
}
