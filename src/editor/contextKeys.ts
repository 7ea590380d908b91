import * as vscode from 'vscode';
import type { ContextKey } from './commandTable.ts';

/** Tells the editor what can be done now, so that menus and palette offer it; only what changed is sent. */
export class ContextKeys {
  readonly #sent = new Map<ContextKey, boolean>();

  set(keys: Readonly<Partial<Record<ContextKey, boolean>>>): void {
    for (const [key, value] of Object.entries(keys) as [ContextKey, boolean][]) {
      if (this.#sent.get(key) === value) continue;
      this.#sent.set(key, value);
      void vscode.commands.executeCommand('setContext', key, value);
    }
  }
}
