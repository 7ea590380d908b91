import * as vscode from 'vscode';
import type { Secrets } from '../config/configuration.ts';

/** A provider that wants a key. */
export type KeyedProvider = 'openai' | 'anthropic';

const names: Readonly<Record<KeyedProvider, string>> = { openai: 'OpenAI', anthropic: 'Anthropic' };
const providers = Object.keys(names) as readonly KeyedProvider[];

/** The keys of providers, in the editor's secret storage and nowhere else. */
export class ApiKeys {
  readonly #storage: vscode.SecretStorage;
  readonly #seen = new Set<string>();

  constructor(storage: vscode.SecretStorage) {
    this.#storage = storage;
  }

  /** The keys that were read so far: no log may show them. */
  get seen(): readonly string[] {
    return [...this.#seen];
  }

  async read(): Promise<Secrets> {
    const [openaiApiKey, anthropicApiKey] = await Promise.all([
      this.#storage.get(secretName('openai')),
      this.#storage.get(secretName('anthropic')),
    ]);
    for (const key of [openaiApiKey, anthropicApiKey]) if (key !== undefined) this.#seen.add(key);
    return {
      ...(openaiApiKey === undefined ? {} : { openaiApiKey }),
      ...(anthropicApiKey === undefined ? {} : { anthropicApiKey }),
    };
  }

  /** Asks for a key and keeps it; an empty answer changes nothing. */
  async ask(provider: KeyedProvider): Promise<void> {
    const key = await vscode.window.showInputBox({
      title: `${names[provider]} API key`,
      prompt: `It is kept in the secret storage of this editor. ${provider.toUpperCase()}_API_KEY in the environment goes before it.`,
      password: true,
      ignoreFocusOut: true,
    });
    if (key === undefined || key.trim() === '') return;
    await this.#storage.store(secretName(provider), key.trim());
    vscode.window.setStatusBarMessage(`The ${names[provider]} API key is stored.`, 5000);
  }

  async removeAll(): Promise<void> {
    for (const provider of providers) await this.#storage.delete(secretName(provider));
    vscode.window.setStatusBarMessage('All API keys of Trellis are removed.', 5000);
  }

  onDidChange(listener: () => void): vscode.Disposable {
    const own = new Set(providers.map(secretName));
    return this.#storage.onDidChange(({ key }) => {
      if (own.has(key)) listener();
    });
  }
}

function secretName(provider: KeyedProvider): string {
  return `trellis.${provider}ApiKey`;
}
