import path from 'node:path';
import * as vscode from 'vscode';
import type { FileChange } from '../../domain/schema/changes.ts';
import type { ReviewFile } from '../../orchestrator/review/reviewFile.ts';
import type { OpenReview } from './openReview.ts';
import { addressOf, contentUri } from './reviewAddress.ts';
import { filesInOrder } from './reviewOutline.ts';
import type { StagedFileSystem } from './stagedFileSystem.ts';

/** What the tabs of a review's multi-file editors are called; the editor adds the number of files, and tells nothing else of them. */
const overviewTitle = 'Trellis Review';
const sinceTitle = 'Trellis: Since Your Comments';

/** Opens a review's files in the editor's own diff views: what is there on the left, what is staged on the right. */
export class ReviewDiffs {
  readonly #staged: StagedFileSystem;

  constructor(staged: StagedFileSystem) {
    this.#staged = staged;
  }

  /** Whether the overview of a review is the tab in front. */
  get isOverviewInFront(): boolean {
    return vscode.window.tabGroups.activeTabGroup.activeTab?.label.startsWith(overviewTitle) === true;
  }

  /** All files in one editor, in the order of the tree. */
  async openAll(open: OpenReview): Promise<void> {
    const resources = filesInOrder(open.review).map(file => {
      const label = vscode.Uri.joinPath(vscode.Uri.file(open.root.path), file.path);
      return [label, this.#before(open, file), this.#after(open, file)];
    });
    await vscode.commands.executeCommand('vscode.changes', overviewTitle, resources);
  }

  /** Goes to the next file of the overview, or the one before; false where the overview is not in front, or the editor too old for that. */
  async goInOverview(direction: 'next' | 'previous'): Promise<boolean> {
    const command = `multiDiffEditor.${direction === 'next' ? 'goToNextChange' : 'goToPreviousChange'}`;
    if (!this.isOverviewInFront || !(await vscode.commands.getCommands(true)).includes(command)) return false;
    await vscode.commands.executeCommand(command);
    return true;
  }

  /** One file, its right side editable where it is text; the cursor goes to `line`, from 0. */
  async openFile(open: OpenReview, file: ReviewFile, line?: number): Promise<void> {
    const command = this.commandFor(open, file, line);
    const given: readonly unknown[] = command.arguments ?? [];
    await vscode.commands.executeCommand(command.command, ...given);
  }

  /**
   * The same as a command of the editor's own: a tree runs it so that a click, or a key, decides whether the focus goes
   * along, as in the editor's other trees.
   */
  commandFor(open: OpenReview, file: ReviewFile, line?: number): vscode.Command {
    const none = contentUri({ runId: open.runId, path: file.path }, open.root.path, undefined);
    return {
      command: 'vscode.diff',
      title: 'Open Diff',
      arguments: [
        this.#before(open, file) ?? none,
        this.#after(open, file) ?? none,
        `${path.posix.basename(file.path)} (Review)`,
        line === undefined ? {} : { selection: new vscode.Range(line, 0, line, 0) },
      ],
    };
  }

  /** What the agents made of the files since the human sent comments; read-only. */
  async openSince({ runId, root }: OpenReview, changes: readonly FileChange[]): Promise<void> {
    const resources = changes.map(({ beforeHash, afterHash, ...change }) => [
      vscode.Uri.joinPath(vscode.Uri.file(root.path), change.path),
      beforeHash === undefined ? undefined : contentUri({ runId, path: change.path }, root.path, beforeHash),
      afterHash === undefined ? undefined : contentUri({ runId, path: change.path }, root.path, afterHash),
    ]);
    await vscode.commands.executeCommand('vscode.changes', sinceTitle, resources);
  }

  /**
   * Closes what this class opened for that run, except for what holds unsaved text. `overview: false` leaves the overview,
   * where it may be another run's: its tab does not tell. The user's own tabs stay as they are.
   */
  async close(runId: string, { overview = true } = {}): Promise<void> {
    const isOfReview = ({ input, label, isDirty }: vscode.Tab) => {
      if (isDirty) return false;
      if (input instanceof vscode.TabInputTextDiff) {
        const { modified, original } = input;
        return [modified, original].some(uri => uri.scheme === this.#staged.scheme && addressOf(uri).runId === runId);
      }
      return overview && (label.startsWith(overviewTitle) || label.startsWith(sinceTitle));
    };
    const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs).filter(isOfReview);
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
  }

  #before({ runId, root }: OpenReview, file: ReviewFile): vscode.Uri | undefined {
    const { before, previousPath } = file.change;
    return before && contentUri({ runId, path: previousPath ?? file.path }, root.path, before.hash);
  }

  #after({ runId, root }: OpenReview, file: ReviewFile): vscode.Uri | undefined {
    const { after } = file.change;
    if (!after) return undefined;
    return this.#staged.uriOf(file) ?? contentUri({ runId, path: file.path }, root.path, after.hash);
  }
}
