import * as vscode from 'vscode';
import { plural } from '../../domain/formatQuantity.ts';
import type { FileChange } from '../../domain/schema/changes.ts';
import type { ReviewFile } from '../../orchestrator/review/reviewFile.ts';
import type { OpenReview } from './openReview.ts';
import { addressOf, contentUri } from './reviewAddress.ts';
import type { StagedFileSystem } from './stagedFileSystem.ts';

/** How the tab of a review's overview begins; the editor tells nothing else of it. */
const overviewTitle = 'Trellis review:';

/** Opens a review's files in the editor's own diff views: what is there on the left, what is staged on the right. */
export class ReviewDiffs {
  readonly #staged: StagedFileSystem;

  constructor(staged: StagedFileSystem) {
    this.#staged = staged;
  }

  /** All files in one editor. */
  async openAll(open: OpenReview): Promise<void> {
    const { files } = open.review;
    const resources = files.map(file => {
      const label = vscode.Uri.joinPath(vscode.Uri.file(open.root.path), file.path);
      return [label, this.#before(open, file), this.#after(open, file)];
    });
    await vscode.commands.executeCommand(
      'vscode.changes',
      `${overviewTitle} ${plural(files.length, 'file')}`,
      resources,
    );
  }

  /** One file, its right side editable where it is text; the cursor goes to `line`, from 0. */
  async openFile(open: OpenReview, file: ReviewFile, options: { readonly line?: number } = {}): Promise<void> {
    const none = contentUri({ runId: open.runId, path: file.path }, open.root.path, undefined);
    const { line } = options;
    await vscode.commands.executeCommand(
      'vscode.diff',
      this.#before(open, file) ?? none,
      this.#after(open, file) ?? none,
      `${file.path} (review)`,
      { preview: true, ...(line === undefined ? {} : { selection: new vscode.Range(line, 0, line, 0) }) },
    );
  }

  /** What the agents made of the files since the human sent comments; read-only. */
  async openSince({ runId, root }: OpenReview, changes: readonly FileChange[]): Promise<void> {
    const resources = changes.map(({ path, beforeHash, afterHash }) => [
      vscode.Uri.joinPath(vscode.Uri.file(root.path), path),
      beforeHash === undefined ? undefined : contentUri({ runId, path }, root.path, beforeHash),
      afterHash === undefined ? undefined : contentUri({ runId, path }, root.path, afterHash),
    ]);
    const title = `Trellis: since your comments, ${plural(changes.length, 'file')} changed`;
    await vscode.commands.executeCommand('vscode.changes', title, resources);
  }

  /** Closes what `openAll` and `openFile` opened for that run; the user's own tabs stay as they are. */
  async close(runId: string): Promise<void> {
    const isOfReview = ({ input, label }: vscode.Tab) => {
      if (input instanceof vscode.TabInputTextDiff) {
        const { modified, original } = input;
        return [modified, original].some(uri => uri.scheme === this.#staged.scheme && addressOf(uri).runId === runId);
      }
      return label.startsWith(overviewTitle);
    };
    const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs).filter(isOfReview);
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
  }

  #before({ runId, root }: OpenReview, { path, change }: ReviewFile): vscode.Uri | undefined {
    const { before, previousPath } = change;
    return before && contentUri({ runId, path: previousPath ?? path }, root.path, before.hash);
  }

  #after({ runId, root }: OpenReview, file: ReviewFile): vscode.Uri | undefined {
    const { after } = file.change;
    if (!after) return undefined;
    return this.#staged.uriOf(file) ?? contentUri({ runId, path: file.path }, root.path, after.hash);
  }
}
