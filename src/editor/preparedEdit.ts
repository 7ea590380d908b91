import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { errorMessage, ValidationError } from '../base/errors.ts';
import type { FileVersion, StagedChange } from '../changes/stagedFiles.ts';
import { hashContent } from '../journal/contentHash.ts';
import { changesBetween, mergeTexts, sameText } from './textChange.ts';
import { exists, writableFile } from './workspaceFile.ts';

/** Changes turned into one edit of the editor's, which nothing was done with yet. */
export interface PreparedEdit {
  /** Undefined when all files are already what they should become: the editor takes an empty edit for a failure. */
  readonly edit: vscode.WorkspaceEdit | undefined;
  /** Documents to save afterwards: those that the user had no unsaved changes in. */
  readonly toSave: readonly vscode.TextDocument[];
  /** Files whose executable bit changes, absolute. */
  readonly modes: readonly { readonly file: string; readonly isExecutable: boolean }[];
}

/**
 * Checks every change against the files and the open documents as they are now, and builds one edit for all of them.
 * Where the user changed a file since, both changes are kept if they do not touch each other.
 * Throws `ValidationError` or `StorageError` with one sentence for the first change that cannot be made.
 */
export async function prepareEdit(root: string, changes: readonly StagedChange[]): Promise<PreparedEdit> {
  const draft = new EditDraft();
  const toSave: vscode.TextDocument[] = [];
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
  return { edit: draft.finish(), toSave, modes };
}

/** Collects what the edit will do, and knows whether that is anything. */
class EditDraft {
  readonly #edit = new vscode.WorkspaceEdit();
  #isEmpty = true;

  create(file: string, contents: Uint8Array): void {
    this.#isEmpty = false;
    this.#edit.createFile(vscode.Uri.file(file), { contents, overwrite: false });
  }

  delete(file: string): void {
    this.#isEmpty = false;
    this.#edit.deleteFile(vscode.Uri.file(file));
  }

  replace(uri: vscode.Uri, range: vscode.Range, text: string): void {
    this.#isEmpty = false;
    this.#edit.replace(uri, range, text);
  }

  finish(): vscode.WorkspaceEdit | undefined {
    return this.#isEmpty ? undefined : this.#edit;
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
    if ((await hashOf(file)) === after.hash) return;
    throw new ValidationError(`${path} is there already and was not when the run started; move it away first.`);
  }
  draft.create(file, after.content);
}

async function prepareDeletion(
  draft: EditDraft,
  { path, file, before }: Target & { readonly before: FileVersion },
): Promise<void> {
  if (!(await exists(file))) return;
  const uri = vscode.Uri.file(file);
  if (openDocument(uri)?.isDirty === true || (await hashOf(file)) !== before.hash) {
    throw new ValidationError(
      `${path} has changed since the run read it, and the run removes it; undo your changes first.`,
    );
  }
  draft.delete(file);
}

/** A file that is no text can only be replaced as a whole. */
async function prepareReplacement(
  draft: EditDraft,
  { path, file, before, after }: Target & { readonly before: FileVersion; readonly after: FileVersion },
): Promise<void> {
  if ((await hashOf(file)) !== before.hash) {
    throw new ValidationError(`${path} has changed since the run read it and cannot be merged; put it back first.`);
  }
  // Deleted and made anew, so that undo brings the old content back.
  draft.delete(file);
  draft.create(file, after.content);
}

/** Returns the document when it is to be saved afterwards. */
async function prepareTextChange(
  draft: EditDraft,
  { path, file, before, after }: Target & { readonly before: FileVersion; readonly after: FileVersion },
): Promise<vscode.TextDocument[]> {
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
    throw new ValidationError(
      `${path} has changed since the run read it, in lines that the run changes too; undo your changes there first.`,
    );
  }
  for (const { startLine, startCharacter, endLine, endCharacter, text } of changesBetween(current, target)) {
    draft.replace(uri, new vscode.Range(startLine, startCharacter, endLine, endCharacter), text);
  }
  return document.isDirty ? [] : [document];
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
