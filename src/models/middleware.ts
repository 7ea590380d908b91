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
