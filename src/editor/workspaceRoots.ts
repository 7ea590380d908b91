import * as vscode from 'vscode';
import { ValidationError } from '../base/errors.ts';
import type { WorkspaceRoot } from './engine.ts';

/** The folders of the workspace that are on a disk. */
export function workspaceRoots(): readonly WorkspaceRoot[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(folder => folder.uri.scheme === 'file')
    .map(folder => ({ name: folder.name, path: folder.uri.fsPath }));
}

/** The only folder, or the one that the user picks; undefined when the user picks none. Throws `ValidationError` without a folder. */
export async function pickWorkspaceRoot(): Promise<WorkspaceRoot | undefined> {
  const roots = workspaceRoots();
  const [first] = roots;
  if (!first) throw new ValidationError('There is no folder to work on: open one with File > Open Folder.');
  if (roots.length === 1) return first;
  const items = roots.map(root => ({ label: root.name, description: root.path, root }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Trellis: which folder is it about?' });
  return picked?.root;
}

/** Why no run can be started here, in one sentence; undefined when one can. */
export function startProblem(): string | undefined {
  if (workspaceRoots().length === 0) return 'There is no folder to work on: open one with File > Open Folder.';
  if (!vscode.workspace.isTrusted) return 'Trust this workspace to let Trellis plan and run in it.';
  return undefined;
}
