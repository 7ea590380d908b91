import { errorMessage, ModelError, TrellisError } from '../base/errors.ts';
import type { RunMetrics } from '../domain/runMetrics.ts';
import type { RunOutcome } from '../domain/schema/events.ts';
import type { ModelSettings } from '../domain/schema/model.ts';
import type { ModelCall, ModelCallOptions, ModelReply } from './modelClient.ts';

/** A call on its way through the chain, with everything that decides its answer. */
export interface ModelRequest extends ModelCallOptions {
  /** Names this call in the journal; the same for all its attempts. */
  readonly exchangeId: string;
  readonly call: ModelCall;
  readonly settings: ModelSettings;
}

export type ModelHandler = (request: ModelRequest) => Promise<ModelReply>;

/**
 * One layer around every model call. It may change the request, the reply or both, answer without calling `next`, call
 * `next` again, or throw: an `AbortError` cancels the run. It may follow the run beside that.
 */
export interface ModelMiddleware extends RunHooks {
  /** Stands in the message when the layer fails. */
  readonly name: string;
  handle(request: ModelRequest, next: ModelHandler): Promise<ModelReply>;
}

/** What a layer may be told beside the calls. What these throw is logged and changes nothing, but for one case. */
export interface RunHooks {
  /** Before anything is asked or read. An `AbortError` cancels the run. */
  onRunStart?(run: RunStarted): Promise<void>;
  /** Once for each run that was started, however it ended. */
  onRunEnd?(run: RunStarted & RunEnded): Promise<void>;
  /** An attempt at an item failed; it may be tried again. */
  onItemError?(error: ItemFailed): Promise<void>;
}

export interface RunStarted {
  readonly runId: string;
  readonly request: string;
  /** Absolute path of the folder that is worked on. */
  readonly workspace: string;
}

export interface RunEnded {
  readonly outcome: RunOutcome;
  readonly message: string;
  /** Of all its calls, in sum and apart. */
  readonly metrics: RunMetrics;
}

export interface ItemFailed {
  readonly runId: string;
  readonly itemId: string;
  readonly filePath: string;
  readonly message: string;
}

/**
 * Puts `layers` around `innermost`, the first outermost. An error that is not one of Trellis's own gets the name of the
 * layer, or of the provider, that it came from.
 */
export function composeMiddleware(layers: readonly ModelMiddleware[], innermost: ModelHandler): ModelHandler {
  const provider: ModelHandler = request =>
    withName(`provider "${request.settings.provider}"`, request, () => innermost(request));
  return layers.reduceRight<ModelHandler>(
    (next, layer) => request => withName(`middleware "${layer.name}"`, request, () => layer.handle(request, next)),
    provider,
  );
}

async function withName(name: string, request: ModelRequest, run: () => Promise<ModelReply>): Promise<ModelReply> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof TrellisError) throw error;
    const message = `The model ${name} failed: ${errorMessage(error)}.`;
    throw new ModelError(message, { provider: request.settings.provider, retryable: false }, { cause: error });
  }
}
