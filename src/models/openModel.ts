import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { ModelProvider } from '../../api/trellis.d.ts';
import { systemClock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { ConfigurationError } from '../base/errors.ts';
import { type Logger, silentLogger } from '../base/logger.ts';
import {
  type AnthropicSettings,
  anthropicSettingsSchema,
  type ModelLimits,
  modelLimitsSchema,
  type OllamaSettings,
  type OpenaiSettings,
  ollamaSettingsSchema,
  openaiSettingsSchema,
} from '../domain/schema/model.ts';
import { createModelClient } from './createModelClient.ts';
import { createRegistry } from './createRegistry.ts';
import type { ModelMiddleware } from './middleware.ts';
import type { ModelClient } from './modelClient.ts';

export interface OpenModelOptions {
  readonly provider: string;
  readonly model: string;
  /** 0 by default. */
  readonly temperature?: number;
  /** 4096 by default. */
  readonly maxOutputTokens?: number;
  /** Where the built-in providers find their servers; what is missing has its default. Keys come from nowhere else. */
  readonly openai?: Partial<OpenaiSettings>;
  readonly ollama?: Partial<OllamaSettings>;
  readonly anthropic?: Partial<AnthropicSettings>;
  /** Further providers. */
  readonly plugins?: readonly ModelProvider[];
  readonly middleware?: readonly ModelMiddleware[];
  readonly limits?: Partial<ModelLimits>;
  readonly logger?: Logger;
}

/**
 * @public One model for a program of one's own, with retry and governor, and without a run, its journal and its budget
 * (docs/extending.md). Nothing is asked before the first call. The caller disposes it.
 * @throws ConfigurationError when there is no such provider, or an option is not what it must be.
 */
export function openModel(options: OpenModelOptions): ModelClient & Disposable {
  const { provider, model, temperature = 0, maxOutputTokens = 4096, logger = silentLogger } = options;
  const { plugins = [], middleware = [] } = options;
  const settings = { provider, model, temperature, maxOutputTokens };
  const providers = {
    openai: checked('openai', openaiSettingsSchema, options.openai),
    ollama: checked('ollama', ollamaSettingsSchema, options.ollama),
    anthropic: checked('anthropic', anthropicSettingsSchema, options.anthropic),
  };
  const limits = checked('limits', modelLimitsSchema, options.limits);
  const registry = createRegistry({ providers, plugins, limits, clock: systemClock, logger });
  const client = createModelClient({
    roles: { planner: settings, executor: settings, judge: settings },
    providers,
    registry,
    middleware,
    recorder: { record: () => undefined, recordReading: () => undefined },
    clock: systemClock,
    ids: prefix => `${prefix}_${randomUUID()}`,
    logger,
    limits,
  });
  return {
    ...client,
    dispose: async () => {
      await client.dispose();
      await registry.dispose();
    },
  };
}

/** `given` with its defaults; what is wrong is named by its path, and not repeated, as it may be secret. */
function checked<T>(name: string, schema: z.ZodType<T>, given: unknown = {}): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${[name, ...path].join('.')}: ${message}`);
  throw new ConfigurationError(`The model cannot be opened (${problems.join('; ')}); see docs/configuration.md.`);
}
