import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable.ts';
import { WebviewBridge, type WebviewBridgeOptions } from './webviewBridge.ts';
import { fillWebview } from './webviewPage.ts';

export const panelViewType = 'trellis.panel';

export interface RunPanelOptions extends WebviewBridgeOptions {
  /** Called before the panel is filled again after a reload of the window. */
  readonly onWillRestore: () => Promise<void>;
  readonly extensionUri: vscode.Uri;
}

/** The panel in the editor area: at most one, opened on demand, brought back by the editor after a reload. */
export class RunPanel implements vscode.WebviewPanelSerializer, Disposable {
  readonly #options: RunPanelOptions;
  #panel: vscode.WebviewPanel | undefined;
  #bridge: WebviewBridge | undefined;

  constructor(options: RunPanelOptions) {
    this.#options = options;
  }

  get isVisible(): boolean {
    return this.#panel?.visible ?? false;
  }

  /** There is a panel of this extension's, or of one before it that crashed: the editor leaves that open, and nobody answers it. */
  get isOpen(): boolean {
    return panelTabs().length > 0;
  }

  /** Opens the panel, or brings it to the front. */
  show(): void {
    if (this.#panel) {
      this.#panel.reveal();
      return;
    }
    // After a reload the tab is there, and no panel until somebody looks at it.
    void vscode.window.tabGroups.close(panelTabs(), true);
    this.#adopt(vscode.window.createWebviewPanel(panelViewType, 'Trellis', vscode.ViewColumn.Active));
  }

  /** Called by the editor after a reload. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#panel?.dispose();
    this.#panel = panel;
    await this.#options.onWillRestore();
    this.#adopt(panel);
  }

  /** Has the webview pull a snapshot. */
  refresh(): void {
    this.#bridge?.snapshotChanged();
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const { extensionUri } = this.#options;
    const bridge = new WebviewBridge(panel.webview, this.#options);
    this.#panel = panel;
    this.#bridge = bridge;
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'panel-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'panel-dark.svg'),
    };
    panel.onDidDispose(() => {
      void bridge.dispose();
      if (this.#panel !== panel) return;
      this.#panel = undefined;
      this.#bridge = undefined;
    });
    fillWebview(panel.webview, extensionUri, { script: 'panel', title: 'Trellis' });
  }
}

function panelTabs(): vscode.Tab[] {
  const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs);
  // The editor puts a prefix of its own before the type.
  return tabs.filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(panelViewType));
}
