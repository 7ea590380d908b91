import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { AbortError, ConfigurationError, errorMessage, ModelError, StorageError } from '../../base/errors.ts';
import type { ModelMiddleware, ModelRequest } from '../middleware.ts';
import type { ModelReply } from '../modelClient.ts';
import type { MaskForStorage } from '../safety/maskForStorage.ts';
import { cassetteHeader, isCassette, parseCassette, type RecordedExchange } from './cassette.ts';
import { describeRequestDifference, nearestRequest } from './nearestRequest.ts';
import { keyOf, recordedRequestOf } from './recordedRequest.ts';

export interface CassetteOptions {
  readonly file: string;
  readonly mask: MaskForStorage;
}

/**
 * Writes every call with its answer, or its last failure, to a file; a cassette that is there is replaced. The file is
 * begun with the first call. A call that was cancelled is not kept.
 */
export function recordToCassette({ file, mask }: CassetteOptions): ModelMiddleware {
  let lastWrite: Promise<void> | undefined;
  const write = (exchange: RecordedExchange): Promise<void> => {
    // A write that failed fails all that follow: a cassette has no holes.
    lastWrite = (lastWrite ?? begin(file)).then(() => append(file, `${JSON.stringify(exchange)}\n`));
    return lastWrite;
  };
  return {
    name: 'cassette',
    handle: async (request, next) => {
      const recorded = await recordedRequestOf(request, mask);
      let reply: ModelReply;
      try {
        reply = await next(request);
      } catch (error) {
        if (error instanceof AbortError || !(error instanceof ModelError)) throw error;
        const { status } = error;
        const failure = { message: await mask(error.message), ...(status !== undefined && { status }) };
        await write({ request: recorded, failure });
        throw error;
      }
      const { text, finishReason, usage } = reply;
      await write({ request: recorded, reply: { text: await mask(text), finishReason, usage } });
      return reply;
    },
  };
}

/** Answers every call from a cassette and makes none. The same call recorded several times is answered in that order. */
export function answerFromCassette({ file, mask }: CassetteOptions): ModelMiddleware {
  let opened: Promise<OpenCassette> | undefined;
  return {
    name: 'cassette',
    handle: async request => {
      opened ??= OpenCassette.open(file);
      const cassette = await opened;
      const recorded = await recordedRequestOf(request, mask);
      const { reply, failure } = cassette.take(recorded, request);
      const { provider, model } = request.settings;
      if (reply === undefined) {
        const { message, status } = failure ?? { message: 'The call failed.' };
        throw new ModelError(message, { provider, retryable: false, ...(status !== undefined && { status }) });
      }
      if (reply.text !== '') request.onText?.(reply.text);
      const { exchangeId } = request;
      return { ...reply, costUsd: 0, latencyMs: 0, isCached: true, provider, model, exchangeId };
    },
  };
}

/** A cassette that answers: by key, what was recorded and how much of it was given. */
class OpenCassette {
  readonly #file: string;
  readonly #exchanges: readonly RecordedExchange[];
  readonly #byKey = new Map<string, { readonly exchanges: RecordedExchange[]; taken: number }>();

  private constructor(file: string, exchanges: readonly RecordedExchange[]) {
    this.#file = file;
    this.#exchanges = exchanges;
    for (const exchange of exchanges) {
      const key = keyOf(exchange.request);
      const known = this.#byKey.get(key);
      if (known === undefined) this.#byKey.set(key, { exchanges: [exchange], taken: 0 });
      else known.exchanges.push(exchange);
    }
  }

  static async open(file: string): Promise<OpenCassette> {
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new ConfigurationError(
        `The cassette ${file} cannot be read (${errorMessage(cause)}); name one that was made with --record.`,
        { cause },
      );
    });
    return new OpenCassette(file, parseCassette(text, file));
  }

  take(asked: RecordedExchange['request'], { call, settings }: ModelRequest): RecordedExchange {
    const known = this.#byKey.get(keyOf(asked));
    const exchange = known?.exchanges[known.taken];
    if (known !== undefined && exchange !== undefined) {
      known.taken += 1;
      return exchange;
    }
    const message = `The cassette ${this.#file} has no answer to this call of the ${call.role}; work on the files of then, or record it again: ${this.#whyNot(asked, known?.taken)}`;
    throw new ModelError(message, { provider: settings.provider, retryable: false });
  }

  #whyNot(asked: RecordedExchange['request'], taken: number | undefined): string {
    if (taken !== undefined) return `the same call was recorded ${taken} ${taken === 1 ? 'time' : 'times'} only.`;
    const nearest = nearestRequest(this.#exchanges, asked);
    if (nearest === undefined) return 'it holds no call at all.';
    const line = this.#exchanges.indexOf(nearest) + 2;
    return `the nearest that was recorded, in line ${line}, differs first in ${describeRequestDifference(nearest.request, asked)}`;
  }
}

/** Replaces a cassette, and nothing else that may be at that path. */
async function begin(file: string): Promise<void> {
  const present = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw cannotWrite(file, error);
  });
  if (present !== '' && !isCassette(present)) {
    throw new ConfigurationError(`The file ${file} is there already and is not a cassette; record to another one.`);
  }
  await writeFile(file, cassetteHeader, { mode: 0o600 }).catch((error: unknown) => {
    throw cannotWrite(file, error);
  });
}

async function append(file: string, line: string): Promise<void> {
  await appendFile(file, line).catch((error: unknown) => {
    throw cannotWrite(file, error);
  });
}

function cannotWrite(file: string, cause: unknown): StorageError {
  const message = `The cassette ${file} cannot be written (${errorMessage(cause)}); name another file, or free some space.`;
  return new StorageError(message, { cause });
}
