import { throwIfAborted } from '../../base/abort.ts';
import type { ModelLimits } from '../../domain/schema/model.ts';
import { type RateLimits, rateLimitsOf } from './rateLimits.ts';

/** What went wrong with a call, as far as the wire shows. */
export type HttpFault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body: string;
      readonly headers: Headers;
    }
  /** `start`: no byte of the answer came in time; `stream`: it stopped coming. */
  | { readonly kind: 'timeout'; readonly phase: 'start' | 'stream'; readonly afterMs: number }
  /** Refused, reset, no such host; `code` is the system's, such as `ECONNREFUSED`. */
  | { readonly kind: 'connection'; readonly code: string | undefined }
  /** The answer ended without the mark that it was complete. */
  | { readonly kind: 'cut' }
  /** A frame that is not what the protocol says. */
  | { readonly kind: 'malformed'; readonly detail: string }
  | { readonly kind: 'tooLong'; readonly limit: number }
  /** An error object inside an answer that began well. */
  | { readonly kind: 'inStream'; readonly message: string; readonly status: number | undefined };

/** Carries a fault through a vendor's package. */
export class HttpFaultError extends Error {
  readonly fault: HttpFault;

  constructor(fault: HttpFault, options?: ErrorOptions) {
    super(`HTTP call failed: ${fault.kind}`, options);
    this.fault = fault;
  }
}

export interface HttpCallOptions {
  readonly signal: AbortSignal;
  readonly limits: Pick<ModelLimits, 'firstByteTimeoutMs' | 'idleTimeoutMs' | 'maxAnswerCharacters'>;
  /** Set for newline-delimited JSON: called with each line, which must be JSON; a fault that it returns ends the call. */
  readonly inspectLine?: (line: unknown) => HttpFault | undefined;
}

const maxErrorBodyBytes = 64 * 1024;
/** Room for the escapes and the envelope of the longest answer allowed. */
const bytesPerCharacter = 4;

/**
 * One HTTP call made through a vendor's package: its `fetch` turns error statuses into faults before the package sees
 * them, and watches time and size of the answer. The first fault is kept, since packages wrap, reword or swallow errors.
 * To be disposed when the answer has been read or given up.
 */
export class HttpCall {
  readonly #options: HttpCallOptions;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #fault: HttpFault | undefined;
  #contentType: string | undefined;
  #rateLimits: RateLimits | undefined;

  constructor(options: HttpCallOptions) {
    this.#options = options;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    throwIfAborted(this.#options.signal);
    const signals = [this.#options.signal, this.#controller.signal, ...(init?.signal ? [init.signal] : [])];
    this.#startTimer('start', this.#options.limits.firstByteTimeoutMs);
    // Not followed: who may read the prompt and the key is whom the user named.
    const response = await fetch(input, { ...init, signal: AbortSignal.any(signals), redirect: 'manual' });
    const { status, statusText, headers } = response;
    this.#contentType = headers.get('content-type') ?? undefined;
    this.#rateLimits = rateLimitsOf(headers);
    if (!response.ok) {
      const body = await readSome(response);
      // Worth more than a timeout while its body was read, which this replaces.
      this.#fault = { kind: 'status', status, headers, body };
      throw this.#fail(this.#fault);
    }
    this.#startTimer('stream', this.#options.limits.idleTimeoutMs);
    return new Response(response.body?.pipeThrough(this.#watch()) ?? null, { status, statusText, headers });
  };

  /** What made the call fail, given the error that came out of the package. Only to be asked when the signal is not aborted. */
  faultOf(error: unknown): HttpFault | undefined {
    return this.#fault ?? faultInCauses(error);
  }

  /** The fault seen so far, for packages that end a broken stream quietly. */
  get fault(): HttpFault | undefined {
    return this.#fault;
  }

  /** Of the answer, once it has begun. */
  get contentType(): string | undefined {
    return this.#contentType;
  }

  /** What the server said of its limits, once the answer has begun. */
  get rateLimits(): RateLimits | undefined {
    return this.#rateLimits;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }

  #startTimer(phase: 'start' | 'stream', afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#controller.abort(this.#fail({ kind: 'timeout', phase, afterMs }));
    }, afterMs);
  }

  #fail(fault: HttpFault): HttpFaultError {
    clearTimeout(this.#timer);
    this.#fault ??= fault;
    return new HttpFaultError(fault);
  }

  #watch(): TransformStream<Uint8Array, Uint8Array> {
    const limit = this.#options.limits.maxAnswerCharacters;
    const { inspectLine } = this.#options;
    const buffer = new LineBuffer();
    let lineBytes = 0;
    return new TransformStream({
      transform: (chunk, controller) => {
        this.#timer?.refresh();
        const lineEnd = chunk.lastIndexOf(0x0a);
        lineBytes = lineEnd === -1 ? lineBytes + chunk.length : chunk.length - lineEnd - 1;
        if (lineBytes > limit * bytesPerCharacter) throw this.#fail({ kind: 'tooLong', limit });
        if (inspectLine === undefined) {
          controller.enqueue(chunk);
          return;
        }
        const whole = buffer.add(chunk);
        if (whole.length > 0) controller.enqueue(this.#inspect(whole, inspectLine));
      },
      flush: controller => {
        clearTimeout(this.#timer);
        const rest = buffer.rest();
        // A last line without its end is whole if it is JSON, and otherwise part of a cut answer.
        if (inspectLine !== undefined && parseLine(rest.toString('utf8')) !== undefined) {
          controller.enqueue(this.#inspect(rest, inspectLine));
        }
      },
    });
  }

  #inspect(lines: Uint8Array, inspectLine: (line: unknown) => HttpFault | undefined): Uint8Array {
    for (const line of new TextDecoder().decode(lines).split('\n')) {
      if (line.trim() === '') continue;
      const parsed = parseLine(line);
      const fault = parsed === undefined ? malformedLine(line) : inspectLine(parsed.value);
      if (fault !== undefined) throw this.#fail(fault);
    }
    return lines;
  }
}

/** Holds back the bytes after the last line end. */
class LineBuffer {
  #pending: Uint8Array[] = [];

  /** The bytes up to the last line end, possibly none. */
  add(chunk: Uint8Array): Uint8Array {
    const end = chunk.lastIndexOf(0x0a) + 1;
    if (end === 0) {
      this.#pending.push(chunk);
      return new Uint8Array();
    }
    const whole = Buffer.concat([...this.#pending, chunk.subarray(0, end)]);
    this.#pending = [chunk.subarray(end)];
    return whole;
  }

  rest(): Buffer {
    return Buffer.concat(this.#pending);
  }
}

function parseLine(line: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(line) as unknown };
  } catch {
    return undefined;
  }
}

function malformedLine(line: string): HttpFault {
  return { kind: 'malformed', detail: `a line that is not JSON: ${line}` };
}

/** The beginning of an error's body; a body that breaks off counts as far as it came. */
async function readSome(response: Response): Promise<string> {
  const body: ReadableStream<Uint8Array> | null = response.body;
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= maxErrorBodyBytes) break;
    }
  } catch (error) {
    chunks.push(Buffer.from(` (the answer broke off: ${String(error)})`));
  }
  return Buffer.concat(chunks).subarray(0, maxErrorBodyBytes).toString('utf8');
}

/** Finds the fault, or the system's error code, in an error's chain of causes. */
function faultInCauses(error: unknown): HttpFault | undefined {
  let code: string | undefined;
  let isNetwork = false;
  let current: unknown = error;
  for (let depth = 0; current instanceof Error && depth < 10; depth += 1) {
    if (current instanceof HttpFaultError) return current.fault;
    const { code: candidate } = current as { readonly code?: unknown };
    if (typeof candidate === 'string' && /^[A-Z][A-Z0-9_]+$/.test(candidate)) code ??= candidate;
    if (current instanceof TypeError && /^(fetch failed|terminated)$/.test(current.message)) isNetwork = true;
    if (current instanceof AggregateError && current.errors.length > 0 && code === undefined) {
      current = current.errors[0];
    } else current = current.cause;
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return { kind: 'timeout', phase: 'start', afterMs: 300_000 };
  if (code === 'UND_ERR_BODY_TIMEOUT') return { kind: 'timeout', phase: 'stream', afterMs: 300_000 };
  return isNetwork || code !== undefined ? { kind: 'connection', code } : undefined;
}
