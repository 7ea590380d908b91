import path from 'node:path';
import type { ModelProvider } from '../../api/trellis.d.ts';
import type { Clock, IdSource } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import { LoopTurns } from '../base/loopTurns.ts';
import type { Configuration, Secrets } from '../config/configuration.ts';
import { type ModelLimits, modelLimitsSchema } from '../domain/schema/model.ts';
import type { Journal } from '../journal/journal.ts';
import { Budget } from '../models/budget/budget.ts';
import { DayPurse } from '../models/budget/dayPurse.ts';
import { type PriceList, withOwnPrices } from '../models/budget/prices.ts';
import { publicPrices } from '../models/budget/publicPrices.ts';
import { Purse } from '../models/budget/purse.ts';
import { createModelClient, serverOf } from '../models/createModelClient.ts';
import { createRegistry, type ProviderSettings } from '../models/createRegistry.ts';
import { Governors } from '../models/governor/governors.ts';
import type { LanguageModelRegistry } from '../models/languageModelRegistry.ts';
import type { ModelMiddleware } from '../models/middleware.ts';
import type { ModelClient } from '../models/modelClient.ts';
import { askAboutLimit } from '../orchestrator/askAboutLimit.ts';
import type { HumanChannel } from '../orchestrator/humanChannel.ts';
import { type JournaledAnswers, journaledAnswers } from '../orchestrator/journaledAnswers.ts';
import type { JournaledRun } from '../orchestrator/journaledRun.ts';
import { OthersSpending, spentIn } from '../orchestrator/journaledSpending.ts';
import { modelRecorder, recordTextFlags } from '../orchestrator/modelRecorder.ts';
import { recordMessage, recordStop } from '../orchestrator/observed/observedTexts.ts';
import type { Observer } from '../orchestrator/observed/observer.ts';
import type { WorkspaceSecrets } from './workspaceSecrets.ts';

export interface RunModelsOptions {
  readonly configuration: Configuration;
  readonly secrets: Secrets;
  /** Absolute. */
  readonly workspace: string;
  /** The providers that plugins registered. */
  readonly plugins: readonly ModelProvider[];
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

export interface RunLayers {
  /** Those of plugins. */
  readonly layers: readonly ModelMiddleware[];
  readonly secrets: WorkspaceSecrets;
  readonly answers: JournaledAnswers | undefined;
  readonly observer: Observer;
}

/** The models of all runs of a workspace, and what the runs share in using them: what servers take, and the day's budget. */
export class RunModels implements Disposable {
  readonly #options: RunModelsOptions;
  readonly #providers: ProviderSettings;
  readonly #registry: LanguageModelRegistry;
  readonly #governors: Governors;
  readonly #turns = new LoopTurns();
  readonly #day: DayPurse;
  readonly #ownCalls = new Set<string>();
  readonly #limits: ModelLimits;
  readonly #prices: PriceList;

  constructor(options: RunModelsOptions) {
    const { configuration, plugins, clock, logger, journal } = options;
    const { models, budget } = configuration;
    this.#options = options;
    this.#providers = this.#providerSettings();
    const { firstByteTimeoutMs, idleTimeoutMs, maxRetries } = models;
    this.#limits = modelLimitsSchema.parse({ firstByteTimeoutMs, idleTimeoutMs, maxRetries });
    this.#prices = withOwnPrices(publicPrices, models.prices ?? {});
    this.#registry = createRegistry({ providers: this.#providers, plugins, limits: this.#limits, clock, logger });
    this.#governors = new Governors({ clock, logger });
    const isOwn = (exchangeId: string) => this.#ownCalls.has(exchangeId);
    const others = new OthersSpending({ journal, prices: this.#prices, isOwn });
    const limits = { tokens: budget.dayTokens, usd: budget.dayUsd };
    this.#day = new DayPurse({ limits, clock, spentElsewhere: since => others.since(since) });
  }

  /** What earlier runs were answered, for one run; nothing where a cassette is to hold all that it asks. */
  answers(): JournaledAnswers | undefined {
    const { configuration, journal } = this.#options;
    const { models, cassette } = configuration;
    const isOnCassette = cassette.record !== undefined || cassette.replay !== undefined;
    return models.reuseAnswers && !isOnCassette ? journaledAnswers(journal) : undefined;
  }

  /** What tells apart who answers under the name of a provider; undefined for one whose answers are not worth keeping. */
  serverOf(provider: string): string | undefined {
    return serverOf(this.#providers)(provider);
  }

  /** The client of one run. The caller disposes it. */
  clientFor(
    run: JournaledRun,
    human: HumanChannel,
    { layers, secrets, answers, observer }: RunLayers,
  ): ModelClient & Disposable {
    const { configuration, clock, ids, logger } = this.#options;
    const { planner, executor, judge, cassette } = configuration;
    return createModelClient({
      roles: { planner, executor, judge },
      providers: this.#providers,
      registry: this.#registry,
      middleware: layers,
      recorder: modelRecorder(run),
      safety: {
        settings: configuration.safety,
        knownSecrets: () => secrets.all(),
        report: (request, flags) => recordTextFlags(run, request, flags),
        onChanged: (written, sent) => recordMessage(observer, written, sent),
        onStopped: ({ exchangeId }, error) => recordStop(observer, exchangeId, error),
      },
      clock,
      ids: (prefix, subject) => {
        const id = ids(prefix, subject);
        this.#ownCalls.add(id);
        return id;
      },
      logger: logger.child({ runId: run.runId, correlationId: run.runId }),
      limits: this.#limits,
      prices: this.#prices,
      cassette: { record: this.#inWorkspace(cassette.record), replay: this.#inWorkspace(cassette.replay) },
      governors: this.#governors,
      turns: this.#turns,
      budget: this.#budgetFor(run, human),
      ...(answers && { answers }),
      party: run.runId,
    });
  }

  dispose(): Promise<void> {
    return this.#registry.dispose();
  }

  #budgetFor(run: JournaledRun, human: HumanChannel): Budget {
    const { configuration, journal, ids } = this.#options;
    const { runTokens, runUsd } = configuration.budget;
    const onLimit = askAboutLimit(run, human, ids);
    const purse = new Purse({ tokens: runTokens, usd: runUsd });
    purse.takeIn(spentIn(journal.read(run.runId), this.#prices));
    return new Budget({ run: purse, day: this.#day, onLimit });
  }

  #providerSettings(): ProviderSettings {
    const { configuration, secrets } = this.#options;
    const { openaiApiKey, anthropicApiKey } = secrets;
    return {
      openai: { ...configuration.openai, ...(openaiApiKey !== undefined && { apiKey: openaiApiKey }) },
      anthropic: { ...configuration.anthropic, ...(anthropicApiKey !== undefined && { apiKey: anthropicApiKey }) },
      ollama: configuration.ollama,
      scripted: { file: this.#inWorkspace(configuration.scripted.file) },
    };
  }

  /** A path of the settings, which is relative to the workspace. */
  #inWorkspace(file: string | undefined): string | undefined {
    return file === undefined ? undefined : path.resolve(this.#options.workspace, file);
  }
}
