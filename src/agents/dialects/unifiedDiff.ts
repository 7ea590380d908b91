// Unified diffs as git and diff write them and as models remember them: wrong numbers, a missing `---` line, no header at
// all below a path line, several files, renames, creation and deletion.
import type { FileEdit, PatchHunk } from '../../domain/schema/changes.ts';
import { type BlockRead, blockProblem, type ReplyLines, unfinished } from './blockRead.ts';
import { hunkWithoutHeader, isFileHeader, isHunkHeader, readHunks } from './diffHunks.ts';
import { closesFence, type Fence } from './fences.ts';

/** Lines below its first one that may show whether a diff begins. */
export const DIFF_START_LINES = 4;

/** Whether the header of a diff begins at `at`. */
export function isDiffStart(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (isFileHeader(lines, at)) return true;
  const behind = lines[at + 1] ?? '';
  if (line.startsWith('+++ ') && isHunkHeader(behind)) return true;
  if (line.startsWith('--- ') && isHunkHeader(behind)) return true;
  return (
    line.startsWith('Index: ') && lines.slice(at + 1, at + 1 + DIFF_START_LINES).some(other => other.startsWith('+++ '))
  );
}

interface FileHeader {
  oldPath: string | undefined;
  newPath: string | undefined;
  renamedFrom: string | undefined;
  renamedTo: string | undefined;
  isNew: boolean;
  isDeleted: boolean;
  mode: string | undefined;
  isBinary: boolean;
}

/** Reads the diff of one file that begins at `at`; `path` is the file when the diff does not say it. */
export function readUnifiedDiff(reply: ReplyLines, at: number, fence: Fence | undefined, path: string): BlockRead {
  const { lines } = reply;
  const { header, end: hunksAt } = readHeader(lines, at);
  const sides = sidesOf(header);
  const name = sides.from ?? sides.to ?? path;
  if (header.isBinary) return blockProblem(name, 'a patch of a binary file cannot be applied', hunksAt);
  if (header.mode === '120000') return blockProblem(name, 'links cannot be made', hunksAt);
  // A header whose end has not arrived may yet turn out to be none, or name another file.
  const open = { kind: 'open', paths: name === '' || hunksAt === lines.length ? [] : [name] } as const;
  const read = readHunks(reply, hunksAt, fence);
  if (read.kind === 'open') return open;
  if (read.kind === 'problem') return blockProblem(name, read.reason, read.end);
  const isAtEnd = read.end >= lines.length;
  if (isAtEnd && !reply.isComplete) return open;
  if (isAtEnd && fence) return blockProblem(name, UNCLOSED, lines.length);
  const edits = editsOf(header, path, read.hunks);
  if (typeof edits === 'string') return blockProblem(name, edits, read.end);
  return { kind: 'edits', edits, end: read.end };
}

/** Whether a fence below the path of a file says that it holds a diff of it. */
export function isDiffFence(fence: Fence, path: string): boolean {
  return /^(?:diff|u?patch|udiff)(?![\w.-])/i.test(fence.info) && !/\.(?:diff|u?patch)$/i.test(path);
}

/** Reads the fence that opens at `at`, is marked as a diff of `path`, and has neither the names of files nor a row `@@`. */
export function readBareHunk(reply: ReplyLines, at: number, fence: Fence, path: string): BlockRead {
  const { lines } = reply;
  let end = at + 1;
  while (end < lines.length && !closesFence(lines[end] ?? '', fence)) end++;
  if (end === lines.length) return unfinished(reply, [path], UNCLOSED);
  const hunk = hunkWithoutHeader(lines.slice(at + 1, end));
  if (hunk) return { kind: 'edits', edits: [{ type: 'hunks', path, hunks: [hunk] }], end };
  const reason =
    'the fence is marked as a diff and holds none; begin each place with a row "@@" and each line with " ", "-" or "+", or mark the fence with the language of the file';
  return blockProblem(path, reason, end);
}

const UNCLOSED = 'the fence of the diff is never closed, so its end is missing';

function readHeader(lines: readonly string[], at: number): { readonly header: FileHeader; readonly end: number } {
  const header: FileHeader = {
    oldPath: undefined,
    newPath: undefined,
    renamedFrom: undefined,
    renamedTo: undefined,
    isNew: false,
    isDeleted: false,
    mode: undefined,
    isBinary: false,
  };
  let hasNames = false;
  let index = at;
  for (; index < lines.length && !isHunkHeader(lines[index] ?? ''); index++) {
    const line = lines[index] ?? '';
    const isNextFile = index > at && (line.startsWith('diff --git ') || (hasNames && line.startsWith('--- ')));
    if (isNextFile) break;
    const isKnown = readHeaderLine(header, line);
    // The line that began the diff is a part of it even when nothing in it is understood.
    if (!isKnown && index > at) break;
    hasNames ||= line.startsWith('+++ ');
  }
  return { header, end: index };
}

const HEADER_LINES: readonly [pattern: RegExp, read: (header: FileHeader, groups: readonly string[]) => void][] = [
  [
    /^diff --git ("?a\/.+?"?) ("?b\/.+"?)$/,
    (header, [oldPath, newPath]) => {
      header.oldPath = unquoted(oldPath ?? '');
      header.newPath = unquoted(newPath ?? '');
    },
  ],
  [/^--- (.+)$/, (header, [path]) => (header.oldPath = unquoted(path ?? ''))],
  [/^\+\+\+ (.+)$/, (header, [path]) => (header.newPath = unquoted(path ?? ''))],
  [/^rename from (.+)$/, (header, [path]) => (header.renamedFrom = unquoted(path ?? ''))],
  [/^rename to (.+)$/, (header, [path]) => (header.renamedTo = unquoted(path ?? ''))],
  [
    /^new file mode (\d+)$/,
    (header, [mode]) => {
      header.isNew = true;
      header.mode = mode;
    },
  ],
  [/^new mode (\d+)$/, (header, [mode]) => (header.mode = mode)],
  [/^deleted file mode \d+$/, header => (header.isDeleted = true)],
  [/^(?:GIT binary patch|Binary files .* differ)$/, header => (header.isBinary = true)],
  [/^(?:old mode|(?:dis)?similarity index|index|Index:|diff) .*$|^={20,}$/, () => undefined],
];

function readHeaderLine(header: FileHeader, line: string): boolean {
  for (const [pattern, read] of HEADER_LINES) {
    const match = pattern.exec(line);
    if (!match) continue;
    read(header, match.slice(1));
    return true;
  }
  return false;
}

/** The edits of one file's diff, or what is wrong with it. */
function editsOf(header: FileHeader, knownPath: string, hunks: readonly PatchHunk[]): FileEdit[] | string {
  const { from, to } = sidesOf(header);
  const path = from ?? to ?? knownPath;
  if (path === '') return 'the diff does not say which file it is for';
  if (header.isDeleted || (header.newPath === NOWHERE && from !== undefined))
    return [...(hunks.length > 0 ? [{ type: 'hunks', path, hunks } as const] : []), { type: 'delete', path }];
  if (header.isNew || (header.oldPath === NOWHERE && to !== undefined))
    return creationOf(to ?? path, header.mode, hunks);
  const target = to ?? path;
  const isRename = header.renamedFrom !== undefined && header.renamedTo !== undefined;
  if (target !== path && !isRename)
    return `the diff names two files, ${path} and ${target}; say "rename from" and "rename to" if it is to be renamed`;
  const edits: FileEdit[] = [];
  if (hunks.length > 0) edits.push({ type: 'hunks', path, hunks });
  if (target !== path) edits.push({ type: 'move', path, to: target });
  if (header.mode !== undefined)
    edits.push({ type: 'setExecutable', path: target, isExecutable: header.mode.endsWith('755') });
  return edits.length > 0 ? edits : 'the diff has no hunk';
}

function creationOf(path: string, mode: string | undefined, hunks: readonly PatchHunk[]): FileEdit[] | string {
  const lines = hunks.flatMap(hunk => hunk.lines);
  if (lines.some(line => line.kind !== 'added')) return 'the diff of a new file has lines that are not added';
  const text = lines.map(line => `${line.text}\n`).join('');
  const content = hunks.at(-1)?.finalNewline === false ? text.slice(0, -1) : text;
  const edits: FileEdit[] = [{ type: 'writeFile', path, content, mustBeNew: true }];
  if (mode?.endsWith('755')) edits.push({ type: 'setExecutable', path, isExecutable: true });
  return edits;
}

/** The two names without the prefixes `a/` and `b/`, which a name has when the other one has its own or is none. */
function sidesOf(header: FileHeader): { readonly from: string | undefined; readonly to: string | undefined } {
  if (header.renamedFrom !== undefined && header.renamedTo !== undefined)
    return { from: header.renamedFrom, to: header.renamedTo };
  const from = pathOf(header.oldPath);
  const to = pathOf(header.newPath);
  const plainFrom = from?.startsWith('a/') ? from.slice(2) : undefined;
  const plainTo = to?.startsWith('b/') ? to.slice(2) : undefined;
  if (from === undefined || to === undefined) return { from: plainFrom ?? from, to: plainTo ?? to };
  if (plainFrom !== undefined && plainTo !== undefined) return { from: plainFrom, to: plainTo };
  if (plainFrom === to || from === `${to}.orig`) return { from: to, to };
  return plainTo === from ? { from, to: from } : { from, to };
}

const NOWHERE = '/dev/null';

function pathOf(name: string | undefined): string | undefined {
  return name === undefined || name === NOWHERE || name === '' ? undefined : name;
}

/** Undoes git's quoting of a name, and leaves out a time behind a tab. */
function unquoted(name: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(name)?.[1];
  if (quoted === undefined) return name.replace(/\t.*$/, '').trim();
  const bytes: number[] = [];
  for (const [, octal, escaped, plain] of quoted.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/g)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(...new TextEncoder().encode(escaped === undefined ? plain : (ESCAPES[escaped] ?? escaped)));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t' };
