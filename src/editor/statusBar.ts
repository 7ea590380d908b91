import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { RunState } from '../domain/runState.ts';
import { statusText } from './statusText.ts';

/** One item on the left, there while a run goes on: running, waiting, questions. A click leads to the panel or the review. */
export class StatusBar implements Disposable {
  readonly #item: vscode.StatusBarItem;

  constructor() {
    this.#item = vscode.window.createStatusBarItem('trellis.status', vscode.StatusBarAlignment.Left);
    this.#item.name = 'Trellis';
  }

  /** Shows the run, or hides the item when there is none. */
  show(run: RunState | undefined): void {
    if (!run) {
      this.#item.hide();
      return;
    }
    const { text, tooltip, needsUser, command } = statusText(run);
    this.#item.command = command;
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
