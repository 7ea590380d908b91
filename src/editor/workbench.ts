import type * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import { openQuestions } from '../domain/runCounts.ts';
import type { Settlement } from '../orchestrator/review/settleChanges.ts';
import { ContextKeys } from './contextKeys.ts';
import { EditorActions } from './editorActions.ts';
import type { WorkspaceRoot } from './engine.ts';
import { ChangeDocuments } from './files/changeDocuments.ts';
import { notify, notifySettled } from './notifications.ts';
import { ChatView } from './panel/chatView.ts';
import { panelHandlers } from './panel/panelHandlers.ts';
import { RunPanel } from './panel/runPanel.ts';
import { ShownRunMemory } from './panel/shownRunMemory.ts';
import { ReviewView } from './review/reviewView.ts';
import type { RunService } from './runService.ts';
import { StatusBar } from './statusBar.ts';

export interface WorkbenchOptions {
  readonly service: RunService;
  readonly extensionUri: vscode.Uri;
  readonly workspaceState: vscode.Memento;
  readonly logger: Logger;
  /** Shows the user what went wrong. */
  readonly report: (error: unknown) => void;
}

/** Everything of Trellis that a person sees in the editor, kept up with the runs. */
export class Workbench implements Disposable {
  readonly actions: EditorActions;
  readonly documents: ChangeDocuments;
  readonly review: ReviewView;
  readonly panel: RunPanel;
  readonly chat: ChatView;
  readonly #service: RunService;
  readonly #report: (error: unknown) => void;
  readonly #contextKeys = new ContextKeys();
  readonly #resources = new DisposableStore();
  readonly #statusBar: StatusBar;
  readonly #memory: ShownRunMemory;

  constructor({ service, extensionUri, workspaceState, logger, report }: WorkbenchOptions) {
    this.#service = service;
    this.#report = report;
    this.#memory = new ShownRunMemory(workspaceState);
    this.documents = new ChangeDocuments(service);
    this.review = this.#resources.add(
      new ReviewView({ service, extensionUri, contextKeys: this.#contextKeys, report }),
    );
    this.actions = new EditorActions({
      service,
      documents: this.documents,
      review: this.review,
      showPanel: () => this.panel.show(),
      showChat: () => this.chat.show(),
    });
    const views = { service, handlers: panelHandlers(service, this.actions), logger, extensionUri };
    const onWillRestore = () => this.#memory.restore(service).catch(report);
    this.panel = this.#resources.add(new RunPanel({ ...views, onWillRestore }));
    this.chat = this.#resources.add(new ChatView(views));
    this.#statusBar = this.#resources.add(new StatusBar());
    this.#resources.add(service.onDidChange(() => this.#update()));
    this.#resources.add(
      service.onDidAppend(event => {
        this.#update();
        notify(event, { panel: this.panel, chat: this.chat, review: this.review, actions: this.actions, report });
      }),
    );
  }

  /** Shows anew what does not come from a run: trust, folders, what can be undone. */
  refresh(): void {
    this.#update();
    this.panel.refresh();
    this.chat.refresh();
  }

  /** Tells of changes that a crash had interrupted. A panel that was open shows the run: the one of before the crash is dead. */
  settled(root: WorkspaceRoot, settlement: Settlement): void {
    const showRun = async () => {
      await this.#service.show(root, settlement.runId);
      this.panel.show();
    };
    if (this.panel.isOpen) showRun().catch(this.#report);
    notifySettled(settlement, { showRun, report: this.#report });
  }

  async dispose(): Promise<void> {
    await this.#resources.dispose();
  }

  #update(): void {
    const { live, shown, review } = this.#service;
    if (shown) this.#memory.keep(shown.root, shown.state.runId);
    this.#statusBar.show(live);
    this.chat.setOpenQuestions(live ? openQuestions(live).length : 0);
    this.#contextKeys.set({
      'trellis.isRunning': live !== undefined,
      'trellis.hasChanges': (shown?.state.changes.length ?? 0) > 0,
      'trellis.hasReview': review !== undefined,
      'trellis.canReview': review?.isPending === true,
      'trellis.canRequestChanges':
        review?.isPending === true && (review.review.comments.length > 0 || review.review.isUnfinished),
      'trellis.hasEarlierAttempt': review !== undefined && shown?.state.review.shownBefore !== undefined,
      'trellis.canUndo': shown?.state.applied !== undefined && !shown.isLive,
    });
  }
}
