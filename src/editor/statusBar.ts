import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { RunState } from '../domain/runState.ts';
import type { CommandId } from './commandTable.ts';
import { statusText } from './statusText.ts';

/** One item on the left, there while a run goes on: running, waiting, questions. A click opens the panel. */
export class StatusBar implements Disposable {
  readonly #item: vscode.StatusBarItem;

  constructor() {
    this.#item = vscode.window.createStatusBarItem('trellis.status', vscode.StatusBarAlignment.Left);
    this.#item.name = 'Trellis';
    this.#item.command = 'trellis.showPanel' satisfies CommandId;
  }

  /** Shows the run, or hides the item when there is none. */
  show(run: RunState | undefined): void {
    if (!run) {
      this.#item.hide();
      return;
    }
    const { text, tooltip, needsUser } = statusText(run);
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: `Trellis. ${tooltip.replaceAll('\n', '. ')}`, role: 'button' };
    this.#item.backgroundColor = needsUser ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}
