import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CommandId } from '../../src/editor/commandTable.ts';
import { waitUntil } from '../support/sandbox.ts';

/** The tab of the panel, if there is one. */
function panelTab(): vscode.Tab | undefined {
  return vscode.window.tabGroups.all
    .flatMap(group => group.tabs)
    .find(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('trellis.panel'));
}

describe('the extension in VS Code', () => {
  const extension = () => {
    const found = vscode.extensions.getExtension('trellis.trellis');
    assert.ok(found, 'The extension is not installed.');
    return found;
  };

  it('wakes up once the editor has started, to look for what a crash interrupted, and shows nothing', async () => {
    await waitUntil('the extension is awake', () => extension().isActive);
    assert.equal(panelTab(), undefined);
  });

  it('opens its panel with the first command, and opens only one', async () => {
    await vscode.commands.executeCommand('trellis.showPanel' satisfies CommandId);
    await waitUntil('the panel is open', () => panelTab() !== undefined);
    await vscode.commands.executeCommand('trellis.showPanel' satisfies CommandId);
    const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs);
    assert.equal(tabs.filter(tab => tab.input instanceof vscode.TabInputWebview).length, 1);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await waitUntil('the panel is closed', () => panelTab() === undefined);
  });

  it('registers every command that package.json offers', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const { contributes } = extension().packageJSON as { contributes: { commands: readonly { command: string }[] } };
    const offered = contributes.commands.map(({ command }) => command);
    assert.ok(offered.length > 0);
    assert.deepEqual(
      offered.filter(command => !registered.has(command)),
      [],
    );
  });

  it('shows the chat', async () => {
    await vscode.commands.executeCommand('trellis.chat.focus');
  });

  it('ends commands that have nothing to do with a message and not with an error', async () => {
    for (const id of [
      'trellis.cancelRun',
      'trellis.acceptAll',
      'trellis.refuseChanges',
      'trellis.undoAccept',
    ] as const) {
      await vscode.commands.executeCommand(id);
    }
  });
});
