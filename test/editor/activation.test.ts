import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const extensionId = 'trellis.trellis';

function trellis(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension(extensionId);
  assert.ok(extension, `${extensionId} is not installed`);
  return extension;
}

describe('the extension in VS Code', () => {
  it('stays inactive until it is used', () => {
    assert.equal(trellis().isActive, false);
  });

  it('registers every command that package.json offers', async () => {
    await trellis().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const { contributes } = trellis().packageJSON as { contributes: { commands: readonly { command: string }[] } };
    const offered = contributes.commands.map(({ command }) => command);
    assert.ok(offered.length > 0);
    assert.deepEqual(
      offered.filter(command => !registered.has(command)),
      [],
    );
  });
});
