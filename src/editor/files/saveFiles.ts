import * as vscode from 'vscode';

/**
 * Saves what is not saved of these files; returns those that could not be. All at once: a document that is unsaved for most
 * of a second, and not about to be saved, gets a tab from the editor.
 */
export async function saveFiles(files: readonly vscode.Uri[]): Promise<readonly vscode.Uri[]> {
  const outcomes = await Promise.allSettled(files.map(saveFile));
  return files.filter((_, index) => {
    const outcome = outcomes[index];
    return outcome?.status !== 'fulfilled' || !outcome.value;
  });
}

/** Opened anew: the editor lets go of documents when there are many, and opens others for them when it edits them. */
async function saveFile(file: vscode.Uri): Promise<boolean> {
  const document = await vscode.workspace.openTextDocument(file);
  return !document.isDirty || (await document.save());
}
