import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { plural } from '../../domain/formatQuantity.ts';
import { WebviewBridge, type WebviewBridgeOptions } from './webviewBridge.ts';
import { fillWebview } from './webviewPage.ts';

export const chatViewId = 'trellis.chat';

export interface ChatViewOptions extends WebviewBridgeOptions {
  readonly extensionUri: vscode.Uri;
}

/** The chat in the side bar. The editor makes and hides the view as it likes; this fills it each time. */
export class ChatView implements vscode.WebviewViewProvider, Disposable {
  readonly #options: ChatViewOptions;
  #view: vscode.WebviewView | undefined;
  #bridge: WebviewBridge | undefined;
  #openQuestions = 0;

  constructor(options: ChatViewOptions) {
    this.#options = options;
  }

  get isVisible(): boolean {
    return this.#view?.visible ?? false;
  }

  /** Called by the editor when the view becomes visible for the first time, and after it was closed. */
  resolveWebviewView(view: vscode.WebviewView): void {
    const { extensionUri } = this.#options;
    const bridge = new WebviewBridge(view.webview, this.#options);
    this.#view = view;
    this.#bridge = bridge;
    view.onDidDispose(() => {
      void bridge.dispose();
      if (this.#view !== view) return;
      this.#view = undefined;
      this.#bridge = undefined;
    });
    fillWebview(view.webview, extensionUri, { script: 'chat', title: 'Trellis chat' });
    this.#showBadge();
  }

  /** Opens the side bar with the chat. */
  async show(): Promise<void> {
    await vscode.commands.executeCommand(`${chatViewId}.focus`);
  }

  /** How many questions wait, as the number on the view's icon. */
  setOpenQuestions(count: number): void {
    if (count === this.#openQuestions) return;
    this.#openQuestions = count;
    this.#showBadge();
  }

  /** Has the webview pull a snapshot. */
  refresh(): void {
    this.#bridge?.snapshotChanged();
  }

  async dispose(): Promise<void> {
    await this.#bridge?.dispose();
  }

  #showBadge(): void {
    if (!this.#view) return;
    const value = this.#openQuestions;
    this.#view.badge = value === 0 ? undefined : { value, tooltip: `${plural(value, 'question')} for you` };
  }
}
