import * as vscode from 'vscode';
import { ValidationError } from '../base/errors.ts';
import type { StagedChange } from '../changes/stagedFiles.ts';
import { plural } from '../domain/formatQuantity.ts';
import type { ChangeDocuments } from './changeDocuments.ts';
import type { WorkspaceRoot } from './engine.ts';
import { pickRun } from './pickRun.ts';
import type { RunService } from './runService.ts';
import { WorkspaceChangeSink } from './workspaceChangeSink.ts';
import { pickWorkspaceRoot, startProblem } from './workspaceRoots.ts';

export interface EditorActionsOptions {
  readonly service: RunService;
  readonly documents: ChangeDocuments;
  readonly showPanel: () => void;
  readonly showChat: () => Promise<void>;
  /** Something can be undone now, or no longer. */
  readonly onDidChange: () => void;
}

/** What was accepted last: the one thing that can be taken back. */
interface Accepted {
  readonly runId: string;
  readonly root: WorkspaceRoot;
  readonly changes: readonly StagedChange[];
}

/** What a person can do, the same for the palette, the panel, the chat and a notification. Each throws one sentence. */
export class EditorActions {
  readonly #options: EditorActionsOptions;
  #accepted: Accepted | undefined;

  constructor(options: EditorActionsOptions) {
    this.#options = options;
  }

  /** The run whose accepted changes can be taken back. */
  get undoableRunId(): string | undefined {
    return this.#accepted?.runId;
  }

  /** Starts a run and shows it; asks for the request when there is none. */
  async planAndImplement(request = ''): Promise<void> {
    const { service, showPanel } = this.#options;
    const problem = startProblem();
    if (problem !== undefined) throw new ValidationError(problem);
    if (service.live) {
      showPanel();
      throw new ValidationError('A run is going on: wait for its end, or cancel it first.');
    }
    const root = await pickWorkspaceRoot();
    if (!root) return;
    const text = request.trim() === '' ? await askForRequest() : request;
    if (text === undefined) return;
    const sink = new WorkspaceChangeSink(root.path, (runId, changes) => {
      this.#accepted = { runId, root, changes };
    });
    await service.start(root, text, sink);
    showPanel();
  }

  cancelRun(): void {
    if (!this.#options.service.cancel()) throw new ValidationError('No run is going on.');
  }

  showPanel(): void {
    this.#options.showPanel();
  }

  async showChat(): Promise<void> {
    await this.#options.showChat();
  }

  /** Lets the user pick a run of the past and shows it. */
  async showHistory(): Promise<void> {
    const { service, showPanel } = this.#options;
    const root = await pickWorkspaceRoot();
    if (!root) return;
    const runId = await pickRun(await service.runs(root));
    if (runId === undefined) return;
    await service.show(root, runId);
    showPanel();
  }

  /** Opens the diff of all files of the shown run, or of one. */
  async reviewChanges(path?: string): Promise<void> {
    const { shown } = this.#options.service;
    if (!shown || shown.state.changes.length === 0) throw new ValidationError('There are no changes to look at.');
    await this.#options.documents.open(shown, path);
  }

  /** Puts all staged changes into the user's files. When that cannot be done now, the review stays open. */
  async acceptAll(): Promise<void> {
    const review = this.#options.service.pendingReview;
    if (!review) throw new ValidationError('No changes wait for a review.');
    await new WorkspaceChangeSink(review.root.path, () => undefined).check(review.review.selection());
    this.#options.service.decideReview({ kind: 'accept' });
  }

  refuseChanges(): void {
    this.#options.service.decideReview({ kind: 'refuse' });
  }

  /** Takes back what was accepted last; later edits of the user's stay. */
  async undoAccept(): Promise<void> {
    const accepted = this.#accepted;
    if (!accepted) throw new ValidationError('There are no accepted changes to take back.');
    await new WorkspaceChangeSink(accepted.root.path, () => undefined).revert(accepted.changes);
    this.#accepted = undefined;
    this.#options.onDidChange();
    vscode.window.setStatusBarMessage(`Trellis took back ${plural(accepted.changes.length, 'change')}.`, 5000);
  }

  /** Opens a file of the shown run's workspace as it is on the disk. */
  async openFile(path: string): Promise<void> {
    const { shown } = this.#options.service;
    const isKnown = Object.values(shown?.state.items ?? {}).some(({ item }) => item.filePath === path);
    if (!shown || !isKnown) throw new ValidationError(`"${path}" is no file of the shown run.`);
    const uri = vscode.Uri.joinPath(vscode.Uri.file(shown.root.path), path);
    try {
      await vscode.workspace.fs.stat(uri);
    } catch (error) {
      throw new ValidationError(`${path} is not there yet.`, { cause: error });
    }
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  async openSettings(): Promise<void> {
    await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:trellis.trellis');
  }
}

async function askForRequest(): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Trellis: Plan & Implement',
    prompt: 'What should be done? You will see the plan before anything is written.',
    placeHolder: 'Add a function that calculates the nth Fibonacci number, with tests',
    ignoreFocusOut: true,
    validateInput: text => (text.trim() === '' ? 'Say what you want to have done.' : undefined),
  });
}
