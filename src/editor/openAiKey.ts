import * as vscode from 'vscode';

const secretName = 'trellis.openAiKey';

/** The key for the provider `openai`, in the editor's secret storage and nowhere else. */
export class OpenAiKey {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  async get(): Promise<string | undefined> {
    return this.#secrets.get(secretName);
  }

  /** Asks for a key and keeps it; an empty answer changes nothing. */
  async ask(): Promise<void> {
    const key = await vscode.window.showInputBox({
      title: 'OpenAI API key',
      prompt: 'It is kept in the secret storage of this editor. OPENAI_API_KEY in the environment goes before it.',
      password: true,
      ignoreFocusOut: true,
    });
    if (key === undefined || key.trim() === '') return;
    await this.#secrets.store(secretName, key.trim());
    void vscode.window.showInformationMessage('The OpenAI API key is stored.');
  }

  async remove(): Promise<void> {
    await this.#secrets.delete(secretName);
    void vscode.window.showInformationMessage('The OpenAI API key is removed.');
  }

  onDidChange(listener: () => void): vscode.Disposable {
    return this.#secrets.onDidChange(({ key }) => {
      if (key === secretName) listener();
    });
  }
}
