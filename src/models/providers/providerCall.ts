import { abortErrorOf } from '../../base/abort.ts';
import { TrellisError } from '../../base/errors.ts';
import type { StreamPart } from '../languageModel.ts';
import { HttpCall, type HttpCallOptions } from './httpCall.ts';
import { modelErrorOf, type ServerFacts, unexpectedModelError } from './modelFailure.ts';

export interface ProviderCallOptions extends HttpCallOptions {
  readonly server: ServerFacts;
}

/** Makes one HTTP call and turns whatever it throws into a `ModelError` or, when the signal was aborted, an `AbortError`. */
export async function requestOverHttp<T>(
  options: ProviderCallOptions,
  run: (call: HttpCall) => Promise<T>,
): Promise<T> {
  const call = new HttpCall(options);
  try {
    return await run(call);
  } catch (error) {
    throw translate(error, call, options);
  } finally {
    call.dispose();
  }
}

/** `requestOverHttp` for an answer that comes in pieces. Also notices what packages swallow: an aborted or broken stream that ends quietly. */
export async function* streamOverHttp(
  options: ProviderCallOptions,
  run: (call: HttpCall) => AsyncIterable<StreamPart>,
): AsyncGenerator<StreamPart, void, undefined> {
  const call = new HttpCall(options);
  let hasEnded = false;
  try {
    for await (const part of run(call)) {
      hasEnded ||= part.type === 'end';
      const { rateLimits } = call;
      yield part.type === 'end' && rateLimits !== undefined ? { ...part, rateLimits } : part;
    }
    if (!hasEnded) throw modelErrorOf(call.fault ?? { kind: 'cut' }, options.server);
  } catch (error) {
    throw translate(error, call, options);
  } finally {
    call.dispose();
  }
}

function translate(error: unknown, call: HttpCall, options: ProviderCallOptions): TrellisError {
  if (options.signal.aborted) return abortErrorOf(options.signal);
  if (error instanceof TrellisError) return error;
  const fault = call.faultOf(error);
  return fault === undefined ? unexpectedModelError(error, options.server) : modelErrorOf(fault, options.server, error);
}
