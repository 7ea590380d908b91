import { errorMessage, ModelError, TrellisError } from '../base/errors.ts';
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
 * `next` again, or throw.
 */
export interface ModelMiddleware {
  /** Stands in the message when the layer fails. */
  readonly name: string;
  handle(request: ModelRequest, next: ModelHandler): Promise<ModelReply>;
}

/**
 * Puts `layers` around `innermost`, the first outermost. An error that is not one of Trellis's own gets the name of the
 * layer it came from.
 */
export function composeMiddleware(layers: readonly ModelMiddleware[], innermost: ModelHandler): ModelHandler {
  return layers.reduceRight<ModelHandler>((next, layer) => request => handleNamed(layer, request, next), innermost);
}

async function handleNamed(layer: ModelMiddleware, request: ModelRequest, next: ModelHandler): Promise<ModelReply> {
  try {
    return await layer.handle(request, next);
  } catch (error) {
    if (error instanceof TrellisError) throw error;
    const message = `The model middleware "${layer.name}" failed: ${errorMessage(error)}.`;
    throw new ModelError(message, { provider: request.settings.provider, retryable: false }, { cause: error });
  }
}
