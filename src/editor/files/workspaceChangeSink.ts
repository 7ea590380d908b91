import { chmod, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { StorageError } from '../../base/errors.ts';
import type { FileVersion, StagedChange } from '../../changes/stagedFiles.ts';
import type { RevertingSink } from '../../orchestrator/changeSink.ts';
import { currentVersion, type PreparedEdit, prepareEdit } from './preparedEdit.ts';
import { saveFiles } from './saveFiles.ts';
import { writableFile } from './workspaceFile.ts';

/** Puts accepted changes into the user's files as one edit that one undo takes back. */
export class WorkspaceChangeSink implements RevertingSink {
  readonly #root: string;

  /** `root` is absolute. */
  constructor(root: string) {
    this.#root = root;
  }

  async current(path: string): Promise<FileVersion | undefined> {
    return currentVersion(await writableFile(this.#root, path));
  }

  /** Throws what `apply` would throw now, and changes nothing. */
  async check(changes: readonly StagedChange[]): Promise<void> {
    await prepareEdit(this.#root, changes);
  }

  async apply(
    changes: readonly StagedChange[],
    { signal }: { readonly signal: AbortSignal },
  ): Promise<{ readonly checkpointId?: string }> {
    const prepared = await prepareEdit(this.#root, changes);
    // From here on it is all or nothing, so this is the last moment to stop.
    signal.throwIfAborted();
    const unsaved = await applyPrepared(prepared);
    if (unsaved !== undefined) {
      await this.#rollBack(changes);
      throw new StorageError(
        `${unsaved} could not be saved, so all changes were taken back; look at what its editor says.`,
      );
    }
    await setModes(prepared);
    return {};
  }

  async revert(
    changes: readonly StagedChange[],
    { signal }: { readonly signal: AbortSignal },
  ): Promise<readonly string[]> {
    const prepared = await prepareEdit(this.#root, changes.map(inverse));
    signal.throwIfAborted();
    const unsaved = await applyPrepared(prepared);
    if (unsaved !== undefined)
      throw new StorageError(`${unsaved} is as it was, but could not be saved; save it yourself.`);
    await setModes(prepared);
    return changes.flatMap(({ path, previousPath }) => (previousPath === undefined ? path : [previousPath, path]));
  }

  async #rollBack(changes: readonly StagedChange[]): Promise<void> {
    const prepared = await prepareEdit(this.#root, changes.map(inverse));
    await applyPrepared(prepared);
  }
}

/** Makes the edit and saves what is to be saved; returns the first file that could not be, by its path in the workspace. */
async function applyPrepared({ edit, toSave }: PreparedEdit): Promise<string | undefined> {
  const tabs = new Set(textTabs().map(({ uri }) => uri));
  if (edit && !(await vscode.workspace.applyEdit(edit))) {
    throw new StorageError('The editor refused the changes; your files are as they were. Try again.');
  }
  const [unsaved] = await saveFiles(toSave);
  if (unsaved) return vscode.workspace.asRelativePath(unsaved);
  await closeTabs(new Set(toSave.map(String)), tabs);
  return undefined;
}

/** Closes the tabs that the editor gave to files because they were unsaved for long; those that the user opened are in preview. */
async function closeTabs(files: ReadonlySet<string>, but: ReadonlySet<string>): Promise<void> {
  const opened = textTabs().filter(({ uri, tab }) => files.has(uri) && !but.has(uri) && !tab.isPreview);
  await vscode.window.tabGroups.close(
    opened.map(({ tab }) => tab),
    true,
  );
}

function textTabs(): { readonly uri: string; readonly tab: vscode.Tab }[] {
  const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs);
  return tabs.flatMap(tab => (tab.input instanceof vscode.TabInputText ? [{ uri: String(tab.input.uri), tab }] : []));
}

async function setModes({ modes }: PreparedEdit): Promise<void> {
  for (const { file, isExecutable } of modes) {
    const { mode } = await stat(file);
    // Whoever may read it may run it, as a fresh checkout would have it.
    const mayRead = (mode & 0o444) >> 2;
    await chmod(file, isExecutable ? mode | mayRead : mode & ~0o111);
  }
}

/** The change that takes `change` back. */
export function inverse(change: StagedChange): StagedChange {
  const { path, previousPath, before, after, beforeHash, afterHash, kind, ...rest } = change;
  const turned = { added: 'deleted', deleted: 'added', modified: 'modified', renamed: 'renamed' } as const;
  return {
    ...rest,
    kind: turned[kind],
    path: previousPath ?? path,
    ...(previousPath === undefined ? {} : { previousPath: path }),
    before: after,
    after: before,
    ...(afterHash === undefined ? {} : { beforeHash: afterHash }),
    ...(beforeHash === undefined ? {} : { afterHash: beforeHash }),
  };
}
