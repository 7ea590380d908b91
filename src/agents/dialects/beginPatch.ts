// *** Begin Patch … *** End Patch: sections that add, update, delete and move files, with `@@` lines that say below which
// lines of the file a change is.
import type { FileEdit, HunkLine, PatchHunk } from '../../domain/schema/changes.ts';
import { type BlockRead, blockProblem, type ReplyLines, unfinished } from './blockRead.ts';
import { closesFence, type Fence } from './fences.ts';

const START = /^\s*\*\*\* Begin Patch\s*$/;
const END = /^\s*\*\*\* End Patch\s*$/;
const SECTION = /^\*\*\* (Add|Update|Delete) File:(.+)$/;
const MOVE = /^\*\*\* Move to:(.+)$/;
const END_OF_FILE = /^\*\*\* End of File\s*$/;

export function isPatchStart(line: string): boolean {
  return START.test(line);
}

/** Whether `line` ends a patch, which without its beginning is a sign that the patch ended before. */
export function isPatchEnd(line: string): boolean {
  return line.startsWith('***') && END.test(line);
}

/** Whether `line` is one of a patch, which outside of one is a sign that its beginning is missing. */
export function isPatchSection(line: string): boolean {
  return SECTION.test(line);
}

/** Reads the patch that begins at `at`. It ends with `*** End Patch`, or where its fence does. */
export function readBeginPatch(reply: ReplyLines, at: number, fence: Fence | undefined): BlockRead {
  const { lines } = reply;
  const end = endOf(reply, at, fence);
  const body = withoutIndent(lines.slice(at + 1, end), /^\s*/.exec(lines[at] ?? '')?.[0] ?? '');
  const sections = sectionsOf(body);
  const paths = sections.map(section => section.path);
  if (end === lines.length) return unfinished(reply, paths, 'the patch has no line "*** End Patch"');
  const next = END.test(lines[end] ?? '') ? end + 1 : end;
  const edits: FileEdit[] = [];
  const stray = body.find(line => line.trim() !== '');
  if (sections.length === 0 || (stray !== undefined && !SECTION.test(stray)))
    return blockProblem(
      paths[0] ?? '',
      'the patch does not begin with "*** Add File:", "*** Update File:" or "*** Delete File:"',
      next,
    );
  for (const section of sections) {
    const read = editsOf(section);
    if (typeof read === 'string') return blockProblem(section.path, read, next);
    edits.push(...read);
  }
  return { kind: 'edits', edits, end: next };
}

/**
 * Where the patch that begins at `at` ends. A last line that is further to the right than the first one could be a line of
 * a file, so it counts only where there is none in its place.
 */
function endOf({ lines, isComplete }: ReplyLines, at: number, fence: Fence | undefined): number {
  const indent = /^\s*/.exec(lines[at] ?? '')?.[0].length ?? 0;
  let doubtful: number | undefined;
  for (let end = at + 1; end < lines.length; end++) {
    const line = lines[end] ?? '';
    if (fence && closesFence(line, fence)) return doubtful ?? end;
    if (START.test(line) && line.search(/\S/) <= indent) return doubtful ?? lines.length;
    if (!END.test(line)) continue;
    if (line.search(/\S/) <= indent) return end;
    doubtful ??= end;
  }
  return isComplete ? (doubtful ?? lines.length) : lines.length;
}

/** A patch that is a part of a list is indented with all that it holds. */
function withoutIndent(lines: readonly string[], indent: string): readonly string[] {
  return indent === '' ? lines : lines.map(line => (line.startsWith(indent) ? line.slice(indent.length) : line));
}

/** A path without the quotes or backticks that some put around it. */
function plainPath(text: string | undefined): string {
  return (text ?? '').trim().replace(/^([`"'])(.*)\1$/, '$2');
}

interface Section {
  readonly action: string;
  readonly path: string;
  readonly body: string[];
}

function sectionsOf(lines: readonly string[]): Section[] {
  const sections: Section[] = [];
  for (const line of lines) {
    const match = SECTION.exec(line);
    if (match) sections.push({ action: match[1] ?? '', path: plainPath(match[2]), body: [] });
    else sections.at(-1)?.body.push(line);
  }
  return sections;
}

/** The edits of one section, or what is wrong with it. */
function editsOf({ action, path, body }: Section): FileEdit[] | string {
  const unknown = body.find(line => line.startsWith('*** ') && !MOVE.test(line) && !END_OF_FILE.test(line));
  if (unknown !== undefined) return `the patch has an unknown line "${unknown}"`;
  if (action === 'Delete')
    return body.some(line => line.trim() !== '')
      ? 'a file that is deleted can have no lines'
      : [{ type: 'delete', path }];
  if (action === 'Add') return additionOf(path, body);
  const move = body.map(line => MOVE.exec(line)?.[1]).find(target => target !== undefined);
  const moveTo = move === undefined ? undefined : plainPath(move);
  const hunks = hunksOf(body.filter(line => !MOVE.test(line)));
  if (hunks.length === 0 && moveTo === undefined) return 'the update has no change';
  const edits: FileEdit[] = hunks.length > 0 ? [{ type: 'hunks', path, hunks }] : [];
  return moveTo === undefined ? edits : [...edits, { type: 'move', path, to: moveTo }];
}

function additionOf(path: string, body: readonly string[]): FileEdit[] | string {
  const lines = withoutBlankEnd(body);
  const added = lines.filter(line => line.startsWith('+'));
  if (added.length < lines.length && added.length > 0)
    return `the line "${lines.find(line => !line.startsWith('+')) ?? ''}" of a new file does not begin with "+"`;
  const text = lines.map(line => `${added.length > 0 ? line.slice(1) : line}\n`);
  return [{ type: 'writeFile', path, content: text.join(''), mustBeNew: true }];
}

function withoutBlankEnd(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.findLastIndex(line => line.trim() !== '') + 1);
}

function hunksOf(body: readonly string[]): PatchHunk[] {
  const hunks: PatchHunk[] = [];
  let anchors: string[] = [];
  let lines: string[] = [];
  const finish = (isAtEndOfFile: boolean) => {
    const kept = lines.slice(0, lines.findLastIndex(line => line !== '') + 1);
    if (kept.length > 0) {
      hunks.push({ lines: kept.map(hunkLine), anchors, isAtEndOfFile });
      anchors = [];
    }
    lines = [];
  };
  for (const line of body) {
    if (END_OF_FILE.test(line)) finish(true);
    else if (line.startsWith('@@')) {
      finish(false);
      const anchor = anchorOf(line);
      if (anchor !== undefined) anchors.push(anchor);
    } else lines.push(line);
  }
  finish(false);
  return hunks;
}

/** What an `@@` line says, without the numbers of a unified diff and a closing `@@`. */
function anchorOf(line: string): string | undefined {
  const numbers = /^@@\s*-\d[\d,]*\s+\+\d[\d,]*\s*@@/.exec(line)?.[0] ?? '@@';
  const text = line.slice(numbers.length).trim();
  const anchor = text.endsWith('@@') ? text.slice(0, -2).trimEnd() : text;
  return /^[.…\s]*$/.test(anchor) ? undefined : anchor;
}

/** A line without a sign is one of the file, which has lost its leading space. */
function hunkLine(line: string): HunkLine {
  if (line.startsWith('+')) return { kind: 'added', text: line.slice(1) };
  if (line.startsWith('-')) return { kind: 'deleted', text: line.slice(1) };
  return { kind: 'context', text: line.startsWith(' ') ? line.slice(1) : line };
}
