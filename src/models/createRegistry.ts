import type { ModelProvider } from '../../api/trellis.d.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import {
  type AnthropicSettings,
  anthropicSettingsSchema,
  type ModelLimits,
  type OllamaSettings,
  type OpenaiSettings,
  type ScriptedSettings,
} from '../domain/schema/model.ts';
import { LanguageModelRegistry } from './languageModelRegistry.ts';
import { PluginModel } from './plugins/pluginModel.ts';
import { AnthropicModel } from './providers/anthropicModel.ts';
import { OllamaModel } from './providers/ollamaModel.ts';
import { OpenaiModel } from './providers/openaiModel.ts';
import { ScriptedModel } from './scripted/scriptedModel.ts';

/** What each built-in provider needs to know. */
export interface ProviderSettings {
  readonly openai: OpenaiSettings;
  readonly ollama: OllamaSettings;
  /** Anthropic itself without a key, when missing. */
  readonly anthropic?: AnthropicSettings;
  /** Without a script, when missing. */
  readonly scripted?: ScriptedSettings;
}

export interface RegistryOptions {
  readonly providers: ProviderSettings;
  /** What is there beside the built-in providers: the editor's, and those of plugins. */
  readonly plugins?: readonly ModelProvider[];
  readonly limits: ModelLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The providers that serve all runs; a run adds its own by `createRunRegistry`. What a model learns of its server (what it takes of the protocol, how long its context is) it
 * knows for as long as the registry lives. Nothing is loaded or asked yet. The caller disposes it.
 */
export function createRegistry({ providers, plugins = [], limits, clock, logger }: RegistryOptions) {
  const registry = new LanguageModelRegistry();
  registry.register('openai', model => new OpenaiModel({ model, settings: providers.openai, limits, clock }));
  registry.register('ollama', model => new OllamaModel({ model, settings: providers.ollama, limits, clock }));
  const anthropic = providers.anthropic ?? anthropicSettingsSchema.parse({});
  registry.register('anthropic', model => new AnthropicModel({ model, settings: anthropic, limits, clock }));
  for (const provider of plugins) {
    registry.register(provider.name, model => new PluginModel({ provider, model, limits, logger }));
  }
  return registry;
}

/** The providers of one run: the shared ones, and those that begin anew with each run. The caller disposes it. */
export function createRunRegistry(
  shared: LanguageModelRegistry,
  { providers, clock }: Pick<RegistryOptions, 'providers' | 'clock'>,
): LanguageModelRegistry {
  const registry = new LanguageModelRegistry(shared);
  const { file } = providers.scripted ?? {};
  registry.register('scripted', model => new ScriptedModel({ model, file, clock }));
  return registry;
}
