import { ModelError } from '../base/errors.ts';
import { redactSecrets } from '../base/redactSecrets.ts';
import type { HttpFault } from './httpCall.ts';
import { rateLimitsOf } from './rateLimits.ts';

/** What a sentence about a failed call needs to know of the server. */
export interface ServerFacts {
  readonly provider: string;
  readonly url: string;
  readonly model: string;
  /** What to do when nothing answers at `url`. */
  readonly connectRemedy: string;
  /** What to do when the key is missing, wrong or not enough. */
  readonly keyRemedy: string;
  /** What to do when the server has no such model. */
  readonly modelRemedy: string;
  /** Never to be shown, even if the server quotes them. */
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch, for `Retry-After` as a date. */
  now(): number;
}

/** Decides, once and for all providers, what a fault means: the sentence, whether to retry, how long to wait. */
export function modelErrorOf(fault: HttpFault, server: ServerFacts, cause?: unknown): ModelError {
  const { sentence, retryable } = describe(fault, server);
  const retryAfterMs = fault.kind === 'status' ? parseRetryAfter(fault.headers, server.now()) : undefined;
  const rateLimits = fault.kind === 'status' ? rateLimitsOf(fault.headers) : undefined;
  const status = fault.kind === 'status' || fault.kind === 'inStream' ? fault.status : undefined;
  return new ModelError(
    redactSecrets(sentence, server.secrets),
    {
      provider: server.provider,
      retryable,
      ...(status !== undefined && { status }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(rateLimits !== undefined && { rateLimits }),
    },
    { cause },
  );
}

/** For errors that are none of the known faults: a bug, or something that a vendor's package objects to. */
export function unexpectedModelError(error: unknown, server: ServerFacts): ModelError {
  const text = oneLine(error instanceof Error ? error.message : String(error));
  const sentence = `${place(server)} could not be asked: ${text}; see the log, or choose another model.`;
  return new ModelError(
    redactSecrets(sentence, server.secrets),
    { provider: server.provider, retryable: false },
    { cause: error },
  );
}

interface Verdict {
  readonly sentence: string;
  readonly retryable: boolean;
}

function describe(fault: HttpFault, server: ServerFacts): Verdict {
  const who = place(server);
  switch (fault.kind) {
    case 'status':
      return describeStatus(fault.status, serverMessage(fault.body), server);
    case 'connection': {
      const code = fault.code === undefined ? '' : ` (${fault.code})`;
      if (fault.code === undefined || isBroken(fault.code)) {
        return retry(
          `${who} lost the connection before its answer was complete${code}; try again, and look into the server's log if it happens again.`,
        );
      }
      return retry(`No model server answers at ${server.url}${code}; ${server.connectRemedy}.`);
    }
    case 'timeout': {
      const seconds = Math.round(fault.afterMs / 100) / 10;
      if (fault.phase === 'start')
        return retry(
          `${who} did not begin to answer within ${seconds} s; see whether it is overloaded, or choose a smaller model.`,
        );
      return retry(
        `${who} stopped in the middle of its answer for ${seconds} s; see whether it is overloaded, or try again.`,
      );
    }
    case 'cut':
      return retry(`${who} ended its answer without saying that it was complete, so part of it is missing; try again.`);
    case 'malformed':
      return retry(
        `${who} sent something that is not the protocol (${oneLine(fault.detail)}); see whether ${server.url} is the address of its API.`,
      );
    case 'tooLong':
      return final(
        `${who} sent an answer of more than ${fault.limit} characters, and it was dropped; lower maxOutputTokens or choose another model.`,
      );
    case 'inStream': {
      const retryable = fault.status === undefined || isRetryableStatus(fault.status);
      const remedy = retryable ? serverRemedy : callRemedy;
      return {
        sentence: `${who} broke its answer off with an error: ${oneLine(fault.message)}; ${remedy}.`,
        retryable,
      };
    }
  }
}

function describeStatus(status: number, message: string, server: ServerFacts): Verdict {
  const who = place(server);
  const said = message === '' ? `${status}` : `${status}: ${message}`;
  const retryable = isRetryableStatus(status);
  if (status === 401) return final(`${who} did not accept the key (${said}); ${server.keyRemedy}.`);
  if (status === 403) return final(`${who} does not allow this call (${said}); ${server.keyRemedy}.`);
  if (status === 404) return final(`${who} has no model "${server.model}" (${said}); ${server.modelRemedy}.`);
  if (status === 402 || (status === 429 && /quota|billing|credit/i.test(message)) || /credit balance/i.test(message)) {
    return final(`${who} has nothing left to spend for this key (${said}); top it up or use another key.`);
  }
  if (status === 429) return retry(`${who} limits how much may be asked (${said}); wait, or run with fewer workers.`);
  if (retryable) return retry(`${who} failed (${said}); ${serverRemedy}.`);
  return final(`${who} refused the call (${said}); ${callRemedy}.`);
}

/** What to do when the server is at fault, and when the call is. */
const serverRemedy = "try again later, or look into the server's log";
const callRemedy = 'change what it names, or choose another model';

const retry = (sentence: string): Verdict => ({ sentence, retryable: true });
const final = (sentence: string): Verdict => ({ sentence, retryable: false });

/** 408 and 425 ask for another try; 429 and every 5xx may pass. */
function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** Whether a connection that had been made was lost, in contrast to one that never came about. */
function isBroken(code: string): boolean {
  return (
    ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'UND_ERR_SOCKET', 'UND_ERR_ABORTED'].includes(code) ||
    code.startsWith('HPE_')
  );
}

function place(server: ServerFacts): string {
  return `The ${server.provider} server at ${server.url}`;
}

/** The human part of an error's body, whatever dialect of JSON it is in. */
export function serverMessage(body: string): string {
  try {
    const data = JSON.parse(body) as { error?: unknown; message?: unknown; detail?: unknown } | null;
    const error = data?.error ?? data?.message ?? data?.detail;
    if (typeof error === 'string') return oneLine(error);
    const nested = (error as { message?: unknown } | null | undefined)?.message;
    if (typeof nested === 'string') return oneLine(nested);
  } catch {
    // Not JSON: a proxy's page, or plain text.
    return oneLine(body.replaceAll(/<[^>]*>/g, ' '));
  }
  return oneLine(body);
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim().replace(/[.;]$/, '');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

/** Milliseconds to wait: `Retry-After` in seconds or as a date, or the finer `retry-after-ms`. */
export function parseRetryAfter(headers: Headers, now: number): number | undefined {
  const milliseconds = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds;
  const text = headers.get('retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // A date begins with its weekday; Date.parse would make one of "-1" too.
  const date = /^[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
