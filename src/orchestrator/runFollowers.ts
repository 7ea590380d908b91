import { AbortError, errorMessage } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { computeRunMetrics } from '../domain/runMetrics.ts';
import type { RunEvent } from '../domain/schema/events.ts';
import type { WorkItem } from '../domain/schema/plan.ts';
import type { ModelMiddleware, RunEnded, RunStarted } from '../models/middleware.ts';

export interface RunFollowersOptions {
  /** In the order in which they are told. */
  readonly layers: readonly Omit<ModelMiddleware, 'handle'>[];
  readonly run: RunStarted;
  readonly logger: Logger;
}

/** Tells the layers of the model chain how a run goes. One that fails is logged, and the others are told all the same. */
export class RunFollowers {
  readonly #options: RunFollowersOptions;

  constructor(options: RunFollowersOptions) {
    this.#options = options;
  }

  /** @throws AbortError when one of them does not want the run; those after it are not told. */
  async started(): Promise<void> {
    await this.#tell(layer => layer.onRunStart?.(this.#options.run), true);
  }

  /** `readEvents`: all of the run, for its metrics; called where somebody is told. */
  async ended(end: Omit<RunEnded, 'metrics'>, readEvents: () => readonly RunEvent[]): Promise<void> {
    if (this.#options.layers.every(layer => layer.onRunEnd === undefined)) return;
    const metrics = computeRunMetrics(readEvents());
    await this.#tell(layer => layer.onRunEnd?.({ ...this.#options.run, ...end, metrics }), false);
  }

  async itemFailed({ id, filePath }: WorkItem, message: string): Promise<void> {
    const { runId } = this.#options.run;
    await this.#tell(layer => layer.onItemError?.({ runId, itemId: id, filePath, message }), false);
  }

  async #tell(
    told: (layer: RunFollowersOptions['layers'][number]) => Promise<void> | undefined,
    mayCancel: boolean,
  ): Promise<void> {
    const { layers, logger, run } = this.#options;
    for (const layer of layers) {
      try {
        await told(layer);
      } catch (error) {
        if (mayCancel && error instanceof AbortError) throw error;
        const fields = { runId: run.runId, middleware: layer.name, reason: errorMessage(error) };
        logger.log('warn', 'A middleware could not follow the run.', fields);
      }
    }
  }
}
