import path from 'node:path';
import type * as vscode from 'vscode';
import { hashContent } from '../journal/contentHash.ts';
import type { WorkspaceRoot } from './engine.ts';

/** A folder of its own for each folder of the workspace, in the extension's storage. It may not be there yet. */
export function storageFolder(
  { storageUri, globalStorageUri }: vscode.ExtensionContext,
  { path: root }: WorkspaceRoot,
): string {
  return path.join((storageUri ?? globalStorageUri).fsPath, hashContent(root).slice(0, 16));
}
