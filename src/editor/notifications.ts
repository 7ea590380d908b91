import * as vscode from 'vscode';
import type { RunEvent } from '../domain/schema/events.ts';
import type { Settlement } from '../orchestrator/review/settleChanges.ts';
import type { EditorActions } from './editorActions.ts';
import type { ChatView } from './panel/chatView.ts';
import type { RunPanel } from './panel/runPanel.ts';
import type { ReviewView } from './review/reviewView.ts';

export interface NotificationsOptions {
  readonly panel: RunPanel;
  readonly chat: ChatView;
  readonly review: Pick<ReviewView, 'isVisible'>;
  readonly actions: EditorActions;
  /** Shows what an action threw. */
  readonly report: (error: unknown) => void;
}

/** Says what became of changes of files that a crash had interrupted. */
export function notifySettled(
  { message, isCutShort }: Settlement,
  { showRun, report }: { readonly showRun: () => Promise<void>; readonly report: (error: unknown) => void },
): void {
  const { showWarningMessage, showInformationMessage } = vscode.window;
  const shown = (isCutShort ? showWarningMessage : showInformationMessage)(message, 'Show Run');
  shown.then(async choice => (choice === undefined ? undefined : showRun())).then(undefined, report);
}

/** Speaks up when something needs the user or went wrong, and they cannot see it; never otherwise. */
export function notify(event: RunEvent, options: NotificationsOptions): void {
  const { panel, chat, review, actions, report } = options;
  const offer = (shown: Thenable<string | undefined>, act: () => void | Promise<void>) => {
    shown.then(async choice => (choice === undefined ? undefined : act())).then(undefined, report);
  };
  const isSeen = panel.isVisible && vscode.window.state.focused;
  switch (event.type) {
    case 'question.asked':
      if (!chat.isVisible) {
        offer(vscode.window.showInformationMessage(`Trellis asks: ${event.question.text}`, 'Answer'), () =>
          actions.showChat(),
        );
      }
      return;
    case 'plan.proposed':
      if (!isSeen) {
        offer(vscode.window.showInformationMessage('The plan waits for your approval.', 'Show Plan'), () =>
          actions.showPanel(),
        );
      }
      return;
    case 'review.opened':
      if (!isSeen && !review.isVisible) {
        offer(vscode.window.showInformationMessage('The changes wait for your review.', 'Review'), () =>
          actions.reviewChanges(),
        );
      }
      return;
    case 'run.ended':
      if (event.outcome === 'applied' && !isSeen) {
        offer(vscode.window.showInformationMessage(event.message, 'Undo'), () => actions.undoAccept(event.runId));
      } else if (event.outcome === 'refused' && !isSeen) {
        offer(vscode.window.showInformationMessage(event.message, 'Review Again'), () => actions.reviewChanges());
      } else if (event.outcome === 'failed') {
        offer(vscode.window.showErrorMessage(event.message, 'Show Run'), () => actions.showPanel());
      } else if (event.outcome === 'qualityNotReached' && !isSeen) {
        offer(vscode.window.showWarningMessage(event.message, 'Show Run'), () => actions.showPanel());
      }
      return;
    default:
      return;
  }
}
