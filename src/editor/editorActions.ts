import * as vscode from 'vscode';
import { ValidationError } from '../base/errors.ts';
import { AcceptConflictError } from '../changes/accept/planOperations.ts';
import { plural } from '../domain/formatQuantity.ts';
import type { WorkspaceRoot } from './engine.ts';
import type { ChangeDocuments } from './files/changeDocuments.ts';
import { WorkspaceChangeSink } from './files/workspaceChangeSink.ts';
import { pickRun } from './pickRun.ts';
import type { ReviewView } from './review/reviewView.ts';
import type { RunService } from './runService.ts';
import { pickWorkspaceRoot, startProblem } from './workspaceRoots.ts';

export interface EditorActionsOptions {
  readonly service: RunService;
  readonly documents: ChangeDocuments;
  /** The review of the live run, which is there once it has one. */
  readonly review: ReviewView;
  readonly showPanel: () => void;
  readonly showChat: () => Promise<void>;
}

/** What a person can do, the same for the palette, the panel, the chat and a notification. Each throws one sentence. */
export class EditorActions {
  readonly #options: EditorActionsOptions;

  constructor(options: EditorActionsOptions) {
    this.#options = options;
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
    await service.start(root, text, new WorkspaceChangeSink(root.path));
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

  /** Opens the review of the shown run; of a run that is over, the diff. Of all its files, or of one. */
  async reviewChanges(path?: string): Promise<void> {
    const { service, documents, review } = this.#options;
    const { shown } = service;
    if (!shown || shown.state.changes.length === 0) throw new ValidationError('There are no changes to look at.');
    const { root, state, isLive } = shown;
    const isOver = !isLive && state.applied === undefined;
    if (isOver && service.review?.runId !== state.runId) {
      await service.reopenReview(root, state.runId, new WorkspaceChangeSink(root.path));
    }
    if (service.review?.runId === state.runId) await review.open(path);
    else await documents.open(shown, path);
  }

  /** Accepts all changes and applies them. When that cannot be done now, the review stays open. */
  async acceptAll(): Promise<void> {
    await this.#options.review.ending.acceptAll();
  }

  async refuseChanges(): Promise<void> {
    await this.#options.review.ending.refuse();
  }

  /** Takes back what the shown run changed in the files, as long as that is the run `expected`; later edits of the user's stay. */
  async undoAccept(expected?: string): Promise<void> {
    const { shown } = this.#options.service;
    if (expected !== undefined && shown?.state.runId !== expected)
      throw new ValidationError('Another run is shown now; pick the one to take back with "Trellis: Revert Run".');
    if (!shown?.state.applied) throw new ValidationError('There are no accepted changes to take back.');
    await this.#revert(shown.root, shown.state.runId);
  }

  /** Lets the user pick a run whose changes were applied, and takes them back. */
  async revertRun(): Promise<void> {
    const { service } = this.#options;
    const root = await pickWorkspaceRoot();
    if (!root) return;
    const applied = (await service.runs(root)).filter(run => run.outcome === 'applied');
    if (applied.length === 0)
      throw new ValidationError('No run has changed files here, so there is nothing to revert.');
    const runId = await pickRun(applied, 'Pick the run whose changes are to be taken back');
    if (runId !== undefined) await this.#revert(root, runId);
  }

  async #revert(root: WorkspaceRoot, runId: string): Promise<void> {
    try {
      const paths = await this.#options.service.revert(root, runId, new WorkspaceChangeSink(root.path));
      void vscode.window.showInformationMessage(
        `Trellis took back what the run changed in ${plural(paths.length, 'file')}.`,
      );
    } catch (error) {
      if (!(error instanceof AcceptConflictError)) throw error;
      const files = error.conflicts.map(({ path }) => path).join(', ');
      throw new ValidationError(
        `You edited ${files} after the run, in the same places, so nothing was taken back; undo those edits first.`,
        { cause: error },
      );
    }
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
