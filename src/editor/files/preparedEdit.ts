import { readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { errorMessage, ValidationError } from '../../base/errors.ts';
import { type AcceptConflict, AcceptConflictError } from '../../changes/accept/planOperations.ts';
import type { FileVersion, StagedChange } from '../../changes/stagedFiles.ts';
import { hashContent } from '../../journal/contentHash.ts';
import { changesBetween, mergeTexts, sameText } from './textChange.ts';
import { exists, writableFile } from './workspaceFile.ts';

/** Changes turned into one edit of the editor's, which nothing was done with yet. */
export interface PreparedEdit {
  /** Undefined when all files are already what they should become: the editor takes an empty edit for a failure. */
  readonly edit: vscode.WorkspaceEdit | undefined;
  /** Files to save afterwards: those that the user had no unsaved changes in. */
  readonly toSave: readonly vscode.Uri[];
  /** Files whose executable bit changes, absolute. */
  readonly modes: readonly { readonly file: string; readonly isExecutable: boolean }[];
}

/**
 * Checks every change against the files and the open documents as they are now, and builds one edit for all of them.
 * Where the user changed a file since, both changes are kept if they do not touch each other; where they do, throws
 * `AcceptConflictError` with every such file. Throws `ValidationError` or `StorageError` for a file that may not be written.
 */
export async function prepareEdit(root: string, changes: readonly StagedChange[]): Promise<PreparedEdit> {
  const draft = new EditDraft();
  const toSave: vscode.Uri[] = [];
  const modes: { file: string; isExecutable: boolean }[] = [];
  for (const change of changes) {
    const file = await writableFile(root, change.path);
    const { before, after, previousPath } = change;
    if (previousPath !== undefined && before) {
      await prepareDeletion(draft, { path: previousPath, file: await writableFile(root, previousPath), before });
      if (after) await prepareCreation(draft, { path: change.path, file, after });
    } else if (before && after) {
      const target = { path: change.path, file, before, after };
      if (change.isBinary) await prepareReplacement(draft, target);
      else toSave.push(...(await prepareTextChange(draft, target)));
    } else if (after) {
      await prepareCreation(draft, { path: change.path, file, after });
    } else if (before) {
      await prepareDeletion(draft, { path: change.path, file, before });
    }
    if (after && after.isExecutable !== (before?.isExecutable ?? false)) {
      modes.push({ file, isExecutable: after.isExecutable });
    }
  }
  if (draft.conflicts.length > 0) throw new AcceptConflictError(draft.conflicts);
  return { edit: draft.finish(), toSave, modes };
}

/** Collects what the edit will do, and knows whether that is anything. */
class EditDraft {
  readonly conflicts: AcceptConflict[] = [];
  readonly #edit = new vscode.WorkspaceEdit();
  readonly #texts: { readonly uri: vscode.Uri; readonly range: vscode.Range; readonly text: string }[] = [];
  #hasFiles = false;

  create(file: string, contents: Uint8Array): void {
    this.#hasFiles = true;
    this.#edit.createFile(vscode.Uri.file(file), { contents, overwrite: false });
  }

  delete(file: string): void {
    this.#hasFiles = true;
    this.#edit.deleteFile(vscode.Uri.file(file));
  }

  replace(uri: vscode.Uri, range: vscode.Range, text: string): void {
    this.#texts.push({ uri, range, text });
  }

  /** The user has changed the file in the same places. */
  async addConflict(path: string, file: string, accepted: FileVersion | undefined): Promise<void> {
    this.conflicts.push({ path, current: await currentVersion(file), accepted, markedText: undefined });
  }

  /** Texts come last: files are written while the editor makes the edit, and texts would wait for them unsaved. */
  finish(): vscode.WorkspaceEdit | undefined {
    for (const { uri, range, text } of this.#texts) this.#edit.replace(uri, range, text);
    return this.#hasFiles || this.#texts.length > 0 ? this.#edit : undefined;
  }
}

interface Target {
  /** Relative to the workspace, for messages. */
  readonly path: string;
  readonly file: string;
}

async function prepareCreation(
  draft: EditDraft,
  { path, file, after }: Target & { readonly after: FileVersion },
): Promise<void> {
  if (await exists(file)) {
    if ((await hashOf(file)) !== after.hash) await draft.addConflict(path, file, after);
    return;
  }
  draft.create(file, after.content);
}

async function prepareDeletion(
  draft: EditDraft,
  { path, file, before }: Target & { readonly before: FileVersion },
): Promise<void> {
  if (!(await exists(file))) return;
  const isEdited = openDocument(vscode.Uri.file(file))?.isDirty === true;
  if (isEdited || (await hashOf(file)) !== before.hash) {
    await draft.addConflict(path, file, undefined);
    return;
  }
  draft.delete(file);
}

/** A file that is no text can only be replaced as a whole. */
async function prepareReplacement(
  draft: EditDraft,
  { path, file, before, after }: Target & { readonly before: FileVersion; readonly after: FileVersion },
): Promise<void> {
  const hash = await hashOf(file);
  if (hash === after.hash) return;
  if (hash !== before.hash) {
    await draft.addConflict(path, file, after);
    return;
  }
  // Deleted and made anew, so that undo brings the old content back.
  draft.delete(file);
  draft.create(file, after.content);
}

/** Returns the file when it is to be saved afterwards. */
async function prepareTextChange(
  draft: EditDraft,
  { path, file, before, after }: Target & { readonly before: FileVersion; readonly after: FileVersion },
): Promise<vscode.Uri[]> {
  const uri = vscode.Uri.file(file);
  const document = await openText(path, uri);
  const current = document.getText();
  if (!document.isDirty && !sameText(current, await decode(await readFile(file), uri))) {
    throw new ValidationError(`${path} has just changed on the disk; try again when the editor shows its new content.`);
  }
  const base = await decode(before.content, uri);
  const staged = await decode(after.content, uri);
  const target = sameText(current, base) ? staged : mergeTexts(base, current, staged);
  if (target === undefined) {
    await draft.addConflict(path, file, after);
    return [];
  }
  for (const { startLine, startCharacter, endLine, endCharacter, text } of changesBetween(current, target)) {
    draft.replace(uri, new vscode.Range(startLine, startCharacter, endLine, endCharacter), text);
  }
  return document.isDirty ? [] : [uri];
}

/** The file as the user has it now, text that is not saved included; undefined when there is none. */
export async function currentVersion(file: string): Promise<FileVersion | undefined> {
  if (!(await exists(file))) return undefined;
  const uri = vscode.Uri.file(file);
  const document = openDocument(uri);
  const content = document?.isDirty === true ? await encode(document) : await readFile(file);
  return { hash: hashContent(content), content, isExecutable: ((await stat(file)).mode & 0o111) !== 0 };
}

/** The bytes that saving the document would write. */
async function encode(document: vscode.TextDocument): Promise<Uint8Array> {
  return vscode.workspace.encode(document.getText(), { encoding: document.encoding });
}

async function openText(path: string, uri: vscode.Uri): Promise<vscode.TextDocument> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch (error) {
    throw new ValidationError(`${path} cannot be opened in the editor any more (${errorMessage(error)}).`, {
      cause: error,
    });
  }
}

/** The text as the editor would read it from that file. */
async function decode(content: Uint8Array, uri: vscode.Uri): Promise<string> {
  return vscode.workspace.decode(content, { uri });
}

function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
}

async function hashOf(file: string): Promise<string | undefined> {
  return readFile(file).then(hashContent, () => undefined);
}
