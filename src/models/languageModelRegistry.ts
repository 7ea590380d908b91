import { waitUnlessAborted } from '../base/abort.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { ConfigurationError } from '../base/errors.ts';
import type { LanguageModel, LanguageModelFactory } from './languageModel.ts';

interface Entry {
  readonly model: LanguageModel;
  /** Undefined before the first use and after an initialisation that failed. */
  ready: Promise<void> | undefined;
}

/** Knows the providers, makes each model once, initialises it before its first use and disposes all of them. */
export class LanguageModelRegistry implements Disposable {
  readonly #factories = new Map<string, LanguageModelFactory>();
  readonly #entries = new Map<string, Entry>();
  readonly #models = new DisposableStore();

  /** @throws ConfigurationError when the name is empty or taken. */
  register(provider: string, factory: LanguageModelFactory): void {
    if (provider === '') throw new ConfigurationError('A model provider needs a name.');
    if (this.#factories.has(provider)) {
      throw new ConfigurationError(`There is already a model provider called "${provider}"; choose another name.`);
    }
    this.#factories.set(provider, factory);
  }

  /** The names of all providers, sorted. */
  list(): readonly string[] {
    return [...this.#factories.keys()].sort();
  }

  /**
   * The model, ready for use.
   * @throws ConfigurationError when there is no such provider; otherwise what its `initialize` throws.
   */
  async get(provider: string, model: string, signal: AbortSignal): Promise<LanguageModel> {
    const entry = this.#entry(provider, model);
    // Shared by all who wait for it, so it goes on when one of them gives up.
    entry.ready ??= entry.model.initialize().catch((error: unknown) => {
      entry.ready = undefined;
      throw error;
    });
    await waitUnlessAborted(entry.ready, signal);
    return entry.model;
  }

  /**
   * The model as it is, initialised or not: to look at, not to use.
   * @throws ConfigurationError when there is no such provider.
   */
  find(provider: string, model: string): Pick<LanguageModel, 'provider' | 'model' | 'billing' | 'capabilities'> {
    return this.#entry(provider, model).model;
  }

  dispose(): Promise<void> {
    return this.#models.dispose();
  }

  #entry(provider: string, model: string): Entry {
    const key = JSON.stringify([provider, model]);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const factory = this.#factories.get(provider);
    if (factory === undefined) {
      throw new ConfigurationError(`There is no model provider "${provider}"; there are ${this.list().join(', ')}.`);
    }
    const entry: Entry = { model: this.#models.add(factory(model)), ready: undefined };
    this.#entries.set(key, entry);
    return entry;
  }
}
