import type { Clock, IdSource } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { ConfigurationError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { LoopTurns } from '../base/loopTurns.ts';
import { remembered } from '../base/remembered.ts';
import {
  type CassetteSettings,
  type ConfiguredRole,
  configuredRoleOf,
  type ModelLimits,
  type ModelSettings,
  modelLimitsSchema,
} from '../domain/schema/model.ts';
import type { Budget } from './budget/budget.ts';
import { budgetMiddleware } from './budget/budgetMiddleware.ts';
import type { PriceList } from './budget/prices.ts';
import { publicPrices } from './budget/publicPrices.ts';
import { answerFromCassette, recordToCassette } from './cassette/cassetteMiddleware.ts';
import { createRegistry, createRunRegistry, type ProviderSettings } from './createRegistry.ts';
import type { Governor } from './governor/governor.ts';
import { Governors, governorMiddleware } from './governor/governors.ts';
import { invokeModel } from './invokeModel.ts';
import type { LanguageModelRegistry } from './languageModelRegistry.ts';
import { logMiddleware } from './logMiddleware.ts';
import { composeMiddleware, type ModelMiddleware } from './middleware.ts';
import type { ModelCall, ModelCallOptions, ModelClient, ModelReply } from './modelClient.ts';
import { ollamaUrl } from './providers/ollamaContext.ts';
import { type ModelRecorder, recordingMiddleware } from './recordingMiddleware.ts';
import { retryMiddleware } from './retryMiddleware.ts';
import { type AnswerStore, cacheMiddleware } from './reuse/cacheMiddleware.ts';
import { maskForStorage } from './safety/maskForStorage.ts';
import { type TextSafetyOptions, textSafetyMiddleware } from './safety/textSafetyMiddleware.ts';
import { turnsMiddleware } from './turnsMiddleware.ts';

export interface ModelClientOptions {
  readonly roles: Readonly<Record<ConfiguredRole, ModelSettings>>;
  readonly providers: ProviderSettings;
  /** Shared by the clients of all runs, and disposed by who made it; by default one's own, with the built-in providers. */
  readonly registry?: LanguageModelRegistry;
  readonly recorder: ModelRecorder;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  /** At least 0 and below 1; `Math.random` by default. */
  readonly random?: () => number;
  readonly limits?: Partial<ModelLimits>;
  readonly prices?: PriceList;
  /** What the calls may cost; without limit by default. */
  readonly budget?: Budget;
  /** Where answers are kept, so that the same call is not paid for twice; by default each is made. */
  readonly answers?: AnswerStore;
  /** Where the calls are recorded, or answered from; then nothing else answers in their place. */
  readonly cassette?: CassetteSettings;
  /** Shared by the clients of all runs, so that they together keep within what a server takes; by default one's own. */
  readonly governors?: Governors;
  /** Shared by the clients of all runs, so that they together leave the event loop its turns; by default one's own. */
  readonly turns?: LoopTurns;
  /** For whom the calls are made, when they have to wait for those of others: the run's id. */
  readonly party?: string;
  /** What is done about credentials, personal data and instructions in the texts; by default nothing is looked for. */
  readonly safety?: TextSafetyOptions;
  /** Those of plugins, outermost first; what they change is checked again. */
  readonly middleware?: readonly ModelMiddleware[];
}

/**
 * Builds the client that a run uses. Nothing is loaded or asked before the first call. The caller disposes it.
 * @throws ConfigurationError when a role names a provider that does not exist.
 */
export function createModelClient(options: ModelClientOptions): ModelClient & Disposable {
  const { roles, recorder, clock, ids, logger } = options;
  const limits = modelLimitsSchema.parse(options.limits ?? {});
  const resources = new DisposableStore();
  const shared = options.registry ?? resources.add(createRegistry({ ...options, limits }));
  const registry = resources.add(createRunRegistry(shared, options));
  checkProviders(roles, registry);
  const { random = Math.random, prices = publicPrices, middleware = [] } = options;
  const retry = retryMiddleware({ maxRetries: limits.maxRetries, clock, random, recorder, logger });
  const governors = options.governors ?? new Governors({ clock, logger });
  const accounts: Readonly<Record<string, unknown>> = { ...options.providers };
  const governorOf = remembered(new Map<string, Governor>(), provider => governors.of(provider, accounts[provider]));
  const { budget, answers, cassette = {}, party = '', turns = new LoopTurns() } = options;
  const cassetteLayers = cassetteMiddleware(cassette, options.safety?.knownSecrets);
  const now = () => clock.now();
  // Outermost, so that neither journal nor cache nor cassette is told what must not leave this machine.
  const safety = options.safety === undefined ? [] : [textSafetyMiddleware(options.safety)];
  const handle = composeMiddleware(
    [
      turnsMiddleware(turns),
      ...safety,
      recordingMiddleware(recorder),
      logMiddleware(logger, clock),
      ...middleware,
      ...(middleware.length > 0 ? safety : []),
      ...cassetteLayers,
      ...(answers === undefined || cassetteLayers.length > 0
        ? []
        : [cacheMiddleware({ store: answers, serverOf: serverOf(options.providers), now })]),
      retry,
      ...(budget === undefined ? [] : [budgetMiddleware({ budget, registry, prices })]),
      governorMiddleware(governorOf, party),
      turnsMiddleware(turns),
    ],
    invokeModel({ registry, prices, limits, clock, turns }),
  );
  return {
    call: async (call: ModelCall, callOptions: ModelCallOptions): Promise<ModelReply> => {
      const settings = roles[configuredRoleOf(call.role)];
      return handle({ ...callOptions, exchangeId: ids('exchange', call.itemId ?? call.role), call, settings });
    },
    recordReading: async reading => recorder.recordReading(reading),
    dispose: () => resources.dispose(),
  };
}

function cassetteMiddleware(
  { record, replay }: CassetteSettings,
  knownSecrets: TextSafetyOptions['knownSecrets'] = () => Promise.resolve([]),
): ModelMiddleware[] {
  const mask = maskForStorage(knownSecrets);
  if (replay !== undefined) return [answerFromCassette({ file: replay, mask })];
  return record === undefined ? [] : [recordToCassette({ file: record, mask })];
}

/**
 * The address that serves a provider; the name is enough for one that brings its own. A script answers for nothing: what
 * it said is no result to keep.
 */
export function serverOf({ openai, ollama, anthropic }: ProviderSettings): (provider: string) => string | undefined {
  const addresses = new Map([
    ['openai', openai.baseUrl],
    ['ollama', ollamaUrl(ollama.host)],
    ['anthropic', anthropic?.baseUrl],
  ]);
  return provider => (provider === 'scripted' ? undefined : (addresses.get(provider) ?? ''));
}

function checkProviders(roles: ModelClientOptions['roles'], registry: LanguageModelRegistry): void {
  const known = registry.list();
  const problems = Object.entries(roles)
    .filter(([, settings]) => !known.includes(settings.provider))
    .map(([role, settings]) => `the provider of the ${role} is "${settings.provider}"`);
  if (problems.length === 0) return;
  throw new ConfigurationError(`Unknown model provider: ${problems.join(', ')}; choose one of ${known.join(', ')}.`);
}
