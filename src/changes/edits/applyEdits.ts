import type { EditProblem, FileEdit, MatchRung } from '../../domain/schema/changes.ts';
import type { FileTransition } from '../fileChange.ts';
import { fileVersion } from '../memoryBlobStore.ts';
import type { FileVersion } from '../stagedFiles.ts';
import { decodeText, emptyTextFile, encodeText, plainText, type TextFile, textLines } from '../textFile.ts';
import {
  applyHunks,
  applyReplaceBlocks,
  looserRung,
  rewriteLines,
  type TextEditResult,
  type TextProblem,
} from './editText.ts';
import { type FindMasked, findNothing, maskText, namesPlaceholder, unmaskText } from './maskedText.ts';
import { doubtAboutWhole } from './wholeDoubt.ts';

/** Files larger than this, in bytes, are not edited as text. */
export const MAX_FILE_BYTES = 5_000_000;

/** What a path that an edit names stands for: a file or the lack of one, or the reason why it may not be edited. */
export type EditTarget =
  | { readonly ok: true; readonly path: string; readonly version: FileVersion | undefined }
  | { readonly ok: false; readonly kind: 'path' | 'stale'; readonly reason: string };

/** Looks a path up. `movedFrom`: the file that is to be moved there, which may differ from it by case only. */
export type OpenTarget = (path: string, movedFrom?: string) => Promise<EditTarget>;

export type EditsResult =
  | { readonly ok: true; readonly files: readonly FileTransition[] }
  | { readonly ok: false; readonly problems: readonly EditProblem[] };

/**
 * Applies edits in their order, each to what the ones before it left. Nothing is written: the caller stages the result or
 * none of it. `findMasked` tells what their author saw placeholders for, so that these are understood and never written.
 */
export async function applyEdits(
  edits: readonly FileEdit[],
  open: OpenTarget,
  findMasked: FindMasked = findNothing,
): Promise<EditsResult> {
  const session = new EditSession(open, await openAll(edits, open), findMasked);
  for (const [index, edit] of edits.entries()) await session.apply(edit, index);
  return session.result();
}

/** What the edits name, looked up side by side: one after the other a large reply would wait for the disk most of its time. */
async function openAll(edits: readonly FileEdit[], open: OpenTarget): Promise<ReadonlyMap<string, EditTarget>> {
  const paths = [...new Set(edits.map(edit => edit.path))];
  const targets = await Promise.all(paths.map(async path => [path, await open(path)] as const));
  return new Map(targets);
}

interface WorkingFile {
  readonly path: string;
  readonly before: FileVersion | undefined;
  /** Text that was edited here, not yet turned into bytes. */
  text: TextFile | undefined;
  after: FileVersion | undefined;
  movedFrom: string | undefined;
  loosestMatch: MatchRung | undefined;
}

class EditSession {
  readonly #open: OpenTarget;
  readonly #targets: ReadonlyMap<string, EditTarget>;
  readonly #findMasked: FindMasked;
  readonly #files = new Map<string, WorkingFile>();
  readonly #problems: EditProblem[] = [];

  constructor(open: OpenTarget, targets: ReadonlyMap<string, EditTarget>, findMasked: FindMasked) {
    this.#open = open;
    this.#targets = targets;
    this.#findMasked = findMasked;
  }

  async apply(edit: FileEdit, editIndex: number): Promise<void> {
    const report = (path: string, problems: readonly TextProblem[]) => {
      for (const { kind, reason, nearest } of problems)
        this.#problems.push({ kind, path, reason: `${path}: ${reason}.`, editIndex, nearest });
    };
    const file = await this.#file(edit.path);
    if ('problem' in file) report(edit.path, [file.problem]);
    else if (edit.type === 'move') {
      const problem = await this.#move(file, edit.to);
      if (problem) report(edit.to, [problem]);
    } else report(edit.path, namesPlaceholder(edit) ? await this.#editMasked(file, edit) : editFile(file, edit));
  }

  /** Edits the file as the edit's author saw it, and puts what the placeholders stand for back in. */
  async #editMasked(file: WorkingFile, edit: Exclude<FileEdit, { type: 'move' }>): Promise<readonly TextProblem[]> {
    const text = file.after ? textOf(file) : emptyTextFile;
    if ('reason' in text) return [text];
    const before = maskText(text, await this.#findMasked(plainText(text)));
    const seen: WorkingFile = { ...file, text: before.file };
    const problems = editFile(seen, edit);
    if (problems.length > 0 || seen.text === undefined) return problems;
    const after = unmaskText(before, seen.text);
    if ('reason' in after) return [after];
    file.loosestMatch = seen.loosestMatch;
    return store(file, after);
  }

  result(): EditsResult {
    if (this.#problems.length > 0) return { ok: false, problems: this.#problems };
    const files = [...this.#files.values()].filter(
      ({ before, after }) => before?.hash !== after?.hash || before?.isExecutable !== after?.isExecutable,
    );
    return { ok: true, files };
  }

  async #file(path: string, movedFrom?: string): Promise<WorkingFile | { readonly problem: TextProblem }> {
    const known = this.#files.get(path);
    if (known) return known;
    const found = movedFrom === undefined ? this.#targets.get(path) : undefined;
    const target = found ?? (await this.#open(path, movedFrom));
    if (!target.ok) return { problem: { kind: target.kind, reason: target.reason, nearest: [] } };
    const opened = this.#files.get(target.path);
    if (opened) return opened;
    const { version } = target;
    const file: WorkingFile = {
      path: target.path,
      before: version,
      text: undefined,
      after: version,
      movedFrom: undefined,
      loosestMatch: undefined,
    };
    this.#files.set(target.path, file);
    return file;
  }

  async #move(from: WorkingFile, toPath: string): Promise<TextProblem | undefined> {
    if (!from.after) return problem('missing', 'there is no such file to move');
    const to = await this.#file(toPath, from.path);
    if ('problem' in to) return to.problem;
    if (to === from) return undefined;
    if (to.after) return problem('exists', 'there is a file already, so nothing can be moved there');
    to.after = from.after;
    to.text = from.text;
    to.movedFrom = from.movedFrom ?? from.path;
    to.loosestMatch = from.loosestMatch;
    from.after = undefined;
    from.text = undefined;
    return undefined;
  }
}

function problem(kind: EditProblem['kind'], reason: string): TextProblem {
  return { kind, reason, nearest: [] };
}

/** Edits one file in place; what comes back is what was wrong. */
function editFile(file: WorkingFile, edit: Exclude<FileEdit, { type: 'move' }>): readonly TextProblem[] {
  switch (edit.type) {
    case 'writeFile':
      return writeFile(file, edit.content, edit.mustBeNew);
    case 'replaceBlocks': {
      const [creating, ...rest] = edit.blocks;
      if (creating?.search.trim() === '' && (creating.search === '' || !file.after)) {
        const problems = writeFile(file, creating.replace, true);
        if (problems.length > 0 || rest.length === 0) return problems;
        return editText(file, text => applyReplaceBlocks(text, rest));
      }
      return editText(file, text => applyReplaceBlocks(text, edit.blocks));
    }
    case 'hunks': {
      const isCreation = edit.hunks.every(hunk => hunk.lines.every(line => line.kind === 'added'));
      if (!file.after && isCreation && edit.hunks.length === 1) {
        const lines = edit.hunks.flatMap(hunk => hunk.lines.map(line => `${line.text}\n`));
        return writeFile(file, lines.join(''), true);
      }
      return editText(file, text => applyHunks(text, edit.hunks));
    }
    case 'delete':
      if (!file.after) return [problem('missing', 'there is no such file to delete')];
      file.after = undefined;
      file.text = undefined;
      return [];
    case 'setExecutable':
      if (!file.after) return [problem('missing', 'there is no such file')];
      file.after = { ...file.after, isExecutable: edit.isExecutable };
      return [];
  }
}

/** The file's text, or what keeps it from being edited as text. */
function textOf(file: WorkingFile): TextFile | TextProblem {
  if (!file.after) return problem('missing', 'there is no such file; send the whole file to create it');
  if (file.text) return file.text;
  if (file.after.content.length > MAX_FILE_BYTES)
    return problem('tooLarge', `it has more than ${MAX_FILE_BYTES / 1e6} MB, which is too large to edit as text`);
  const text = decodeText(file.after.content);
  return text ?? problem('encoding', 'it is not a text file; it can be deleted or moved, not edited');
}

function editText(file: WorkingFile, change: (text: TextFile) => TextEditResult): readonly TextProblem[] {
  const text = textOf(file);
  if ('reason' in text) return [text];
  const result = change(text);
  if (!result.ok) return result.problems;
  file.loosestMatch = looserRung(file.loosestMatch ?? 'exact', result.loosestMatch);
  return store(file, result.file);
}

function writeFile(file: WorkingFile, content: string, mustBeNew: boolean): readonly TextProblem[] {
  const lines = textLines(content);
  const old = file.after ? textOf(file) : emptyTextFile;
  if ('reason' in old) return [old];
  const isThere = old.lines.length > 0;
  const isSame =
    isThere && old.lines.length === lines.length && old.lines.every((line, index) => line === lines[index]);
  if (isSame) return [];
  if (isThere && mustBeNew)
    return [problem('exists', 'it is there already and has other content; change it with search/replace blocks')];
  const doubt = doubtAboutWhole(old.lines, lines);
  if (doubt !== undefined) return [problem('elided', doubt)];
  if (isThere) return store(file, rewriteLines(old, lines));
  return store(file, { ...old, lines, ends: lines.map(() => '\n') });
}

/** Turns edited text into bytes, unless the file's encoding cannot hold it. */
function store(file: WorkingFile, text: TextFile): readonly TextProblem[] {
  if (text.lines.some(line => line.includes('\0')))
    return [problem('encoding', 'the new text has a NUL character in it')];
  const content = encodeText(text);
  if (!content) {
    const reason =
      text.encoding === 'latin1'
        ? 'it is neither UTF-8 nor UTF-16, and the new text has characters that its encoding may not have'
        : 'the new text has half of a character in it';
    return [problem('encoding', reason)];
  }
  if (content.length > MAX_FILE_BYTES) return [problem('tooLarge', `it would grow beyond ${MAX_FILE_BYTES / 1e6} MB`)];
  file.text = text;
  file.after = fileVersion(content, file.after?.isExecutable ?? false);
  return [];
}
