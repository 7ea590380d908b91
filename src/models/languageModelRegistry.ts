import { waitUnlessAborted } from '../base/abort.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { AbortError, ConfigurationError } from '../base/errors.ts';
import { providerNameSchema } from '../domain/schema/model.ts';
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
  #isDisposed = false;
  readonly #parent: LanguageModelRegistry | undefined;

  /** `parent` serves the providers that this one does not have; it is not disposed with it. */
  constructor(parent?: LanguageModelRegistry) {
    this.#parent = parent;
  }

  /** @throws ConfigurationError when something is missing or the name is taken. */
  register(provider: string, factory: LanguageModelFactory): void {
    const name = providerNameSchema.safeParse(provider);
    if (!name.success) {
      const problem = name.error.issues.map(({ message }) => message).join('; ');
      throw new ConfigurationError(`The name of a model provider ${problem}; got ${JSON.stringify(provider)}.`);
    }
    // Plain types hold our own callers; what a plugin brings comes from anywhere.
    if (typeof (factory as unknown) !== 'function') {
      throw new ConfigurationError(`The model provider "${provider}" lacks the function that makes its models.`);
    }
    if (this.list().includes(provider)) {
      throw new ConfigurationError(`There is already a model provider called "${provider}"; choose another name.`);
    }
    this.#factories.set(provider, factory);
  }

  /** The names of all providers, sorted. */
  list(): readonly string[] {
    return [...this.#factories.keys(), ...(this.#parent?.list() ?? [])].sort();
  }

  /**
   * The model, ready for use.
   * @throws ConfigurationError when there is no such provider, AbortError after `dispose`; otherwise what its `initialize` throws.
   */
  async get(provider: string, model: string, signal: AbortSignal): Promise<LanguageModel> {
    this.#throwIfClosed();
    const entry = this.#entry(provider, model);
    // Shared by all who wait for it, so it goes on when one of them gives up.
    entry.ready ??= entry.model.initialize().catch((error: unknown) => {
      entry.ready = undefined;
      throw error;
    });
    await waitUnlessAborted(entry.ready, signal);
    this.#throwIfClosed();
    return entry.model;
  }

  /**
   * The model as it is, initialised or not: to look at, not to use.
   * @throws ConfigurationError when there is no such provider.
   */
  find(provider: string, model: string): Pick<LanguageModel, 'provider' | 'model' | 'billing' | 'capabilities'> {
    return this.#entry(provider, model).model;
  }

  /** Closes every model that was made, once; none is made any more. */
  dispose(): Promise<void> {
    this.#isDisposed = true;
    return this.#models.dispose();
  }

  #throwIfClosed(): void {
    if (this.#isDisposed) throw new AbortError('Trellis is closing; no model is asked any more.');
  }

  #entry(provider: string, model: string): Entry {
    const key = JSON.stringify([provider, model]);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const factory = this.#factories.get(provider);
    if (factory === undefined) {
      if (this.#parent?.list().includes(provider)) return this.#parent.#entry(provider, model);
      throw new ConfigurationError(`There is no model provider "${provider}"; there are ${this.list().join(', ')}.`);
    }
    const entry: Entry = { model: this.#models.add(factory(model)), ready: undefined };
    this.#entries.set(key, entry);
    return entry;
  }
}
