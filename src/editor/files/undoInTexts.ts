import path from 'node:path';
import * as vscode from 'vscode';
import type { RestoreOutcome } from '../../changes/accept/restoreEntries.ts';
import type { StagedChange } from '../../changes/stagedFiles.ts';
import { saveFiles } from './saveFiles.ts';
import { changesBetween, mergeTexts, sameText } from './textChange.ts';
import { exists } from './workspaceFile.ts';

/**
 * Takes changes that were cut short out of texts that are not saved: those that were about to be saved, and those that the
 * user had not saved either, also of before the editor was started again. What the user wrote stays. `written`: the files
 * that were to be saved; they are, once they are as before, so that nothing of the changes can reach the disk any more.
 */
export async function undoInTexts(
  root: string,
  changes: readonly StagedChange[],
  written: ReadonlySet<string>,
): Promise<RestoreOutcome> {
  const edit = new vscode.WorkspaceEdit();
  const leftPaths: string[] = [];
  const asBefore: vscode.Uri[] = [];
  let isEdited = false;
  for (const change of changes) {
    const unsaved = await openUnsaved(root, change);
    if (!unsaved) continue;
    const { document, before, after } = unsaved;
    const current = document.getText();
    const target = sameText(current, after) ? before : mergeTexts(after, current, before);
    if (target === undefined) {
      leftPaths.push(change.path);
      continue;
    }
    const places = changesBetween(current, target);
    for (const { startLine, startCharacter, endLine, endCharacter, text } of places)
      edit.replace(document.uri, new vscode.Range(startLine, startCharacter, endLine, endCharacter), text);
    isEdited ||= places.length > 0;
    if (written.has(change.path) && sameText(target, before)) asBefore.push(document.uri);
  }
  if (isEdited) await vscode.workspace.applyEdit(edit);
  const unsaved = await saveFiles(asBefore);
  leftPaths.push(...unsaved.map(({ fsPath }) => path.relative(root, fsPath).replaceAll(path.sep, '/')));
  return { isChanged: isEdited || unsaved.length < asBefore.length, leftPaths };
}

/** The text, when it is one that is not saved, and both sides of the change as the editor would read them. */
async function openUnsaved(root: string, { path: name, before, after, isBinary }: StagedChange) {
  const file = path.join(root, name);
  if (!before || !after || isBinary || !(await exists(file))) return undefined;
  const uri = vscode.Uri.file(file);
  const document = await vscode.workspace.openTextDocument(uri);
  if (!document.isDirty) return undefined;
  const decode = (content: Uint8Array) => vscode.workspace.decode(content, { uri });
  return { document, before: await decode(before.content), after: await decode(after.content) };
}
