import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { FileVersion, StagedChange } from '../../src/changes/stagedFiles.ts';
import { hashContent } from '../../src/journal/contentHash.ts';

/** The folder that VS Code has open. */
export function workspaceFolder(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'VS Code has no folder open.');
  return folder.uri.fsPath;
}

/** A folder of the workspace that a test has to itself. */
export class TestFiles {
  readonly root: string;

  constructor(name: string) {
    this.root = path.join(workspaceFolder(), name);
    mkdirSync(this.root, { recursive: true });
  }

  uri(name: string): vscode.Uri {
    return vscode.Uri.file(path.join(this.root, name));
  }

  write(name: string, content: string | Uint8Array): void {
    const file = path.join(this.root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  read(name: string): string {
    return readFileSync(path.join(this.root, name), 'utf8');
  }

  has(name: string): boolean {
    return existsSync(path.join(this.root, name));
  }

  /** Closes what is open without saving, and deletes the folder. */
  async clear(): Promise<void> {
    for (const document of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(this.root, { recursive: true, force: true });
  }
}

const version = (content: string | Uint8Array | undefined, isExecutable: boolean): FileVersion | undefined =>
  content === undefined ? undefined : { hash: hashContent(content), content: Buffer.from(content), isExecutable };

/** A staged change of one file; a side that is left out is not there. */
export function change(
  name: string,
  sides: { before?: string | Uint8Array; after?: string | Uint8Array; previousPath?: string },
  { isBinary = false, isExecutable = false } = {},
): StagedChange {
  const before = version(sides.before, false);
  const after = version(sides.after, isExecutable);
  const kind = sides.previousPath ? 'renamed' : !before ? 'added' : !after ? 'deleted' : 'modified';
  return {
    path: name,
    kind,
    ...(sides.previousPath === undefined ? {} : { previousPath: sides.previousPath }),
    ...(before ? { beforeHash: before.hash } : {}),
    ...(after ? { afterHash: after.hash } : {}),
    isBinary,
    isExecutable,
    additions: 0,
    deletions: 0,
    before,
    after,
  };
}
