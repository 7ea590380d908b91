import { errorMessage, ModelError } from '../../base/errors.ts';
import { redactSecrets } from '../../base/redactSecrets.ts';
import type { HttpFault } from './httpCall.ts';
import { rateLimitsOf } from './rateLimits.ts';

/** What a sentence about a failed call needs to know of the server. */
export interface ServerFacts {
  readonly provider: string;
  readonly url: string;
  readonly model: string;
  /** What to do when nothing answers at `url`, such as `start it`. */
  readonly howToStart: string;
  /** The variable that sets `url`. */
  readonly addressVariable: string;
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
  const text = oneLine(errorMessage(error), server);
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
      return isRedirect(fault.status)
        ? describeRedirect(fault.status, fault.headers.get('location') ?? '', server)
        : describeStatus(fault.status, oneLine(serverMessage(fault.body), server), server);
    case 'connection':
      return describeConnection(fault.code, server);
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
        `${who} sent something that is not the protocol (${oneLine(fault.detail, server, mostOfDetail)}); see whether ${server.url} is the address of its API.`,
      );
    case 'tooLong':
      return final(
        `${who} sent an answer of more than ${fault.limit} characters, and it was dropped; lower maxOutputTokens or choose another model.`,
      );
    case 'inStream': {
      const retryable = fault.status === undefined || isRetryableStatus(fault.status);
      const remedy = retryable ? serverRemedy : callRemedy;
      return {
        sentence: `${who} broke its answer off with an error: ${oneLine(fault.message, server)}; ${remedy}.`,
        retryable,
      };
    }
  }
}

function describeConnection(code: string | undefined, server: ServerFacts): Verdict {
  const who = place(server);
  const said = code === undefined ? '' : ` (${code})`;
  if (code === undefined || isBroken(code)) {
    return retry(
      `${who} lost the connection before its answer was complete${said}; try again, and look into the server's log if it happens again.`,
    );
  }
  if (/CERT|^UNABLE_TO_/.test(code)) {
    return final(
      `The certificate of ${who.replace('The', 'the')} is not trusted${said}; name your authority's file in NODE_EXTRA_CA_CERTS, or see whether ${server.addressVariable} is right.`,
    );
  }
  if (code.startsWith('ERR_SSL_')) {
    return final(
      `${who} does not speak https as we do${said}; begin the address in ${server.addressVariable} with http:// if it has none.`,
    );
  }
  return retry(
    `No model server answers at ${server.url}${said}; ${server.howToStart}, or set ${server.addressVariable} to where one runs.`,
  );
}

function describeRedirect(status: number, location: string, server: ServerFacts): Verdict {
  const target = location === '' ? 'another address' : oneLine(location, server);
  return final(
    `${place(server)} sends the call on to ${target} (${status}), where neither the prompt nor the key is sent; set ${server.addressVariable} to the right address.`,
  );
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

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
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

/** The human part of an error's body, whatever dialect of JSON it is in; whole, as what is cut cannot be redacted. */
export function serverMessage(body: string): string {
  try {
    const data = JSON.parse(body) as { error?: unknown; message?: unknown; detail?: unknown } | null;
    const error = data?.error ?? data?.message ?? data?.detail;
    if (typeof error === 'string') return onOneLine(error);
    const nested = (error as { message?: unknown } | null | undefined)?.message;
    if (typeof nested === 'string') return onOneLine(nested);
  } catch {
    // Not JSON: a proxy's page, or plain text.
    return onOneLine(body.slice(0, mostRead).replaceAll(/<[^<>]*>/g, ' '));
  }
  return onOneLine(body);
}

/** Far more than is shown, so that nothing that is cut off here can be seen. */
const mostRead = 4096;
const mostShown = 300;
const mostOfDetail = 150;

/** The beginning of a server's words, without its secrets. They go first: a part of one would not be known any more. */
function oneLine(text: string, { secrets }: ServerFacts, most = mostShown): string {
  const line = redactSecrets(onOneLine(text), secrets);
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

function onOneLine(text: string): string {
  return text.slice(0, mostRead).replaceAll(/\s+/g, ' ').trim().replace(/[.;]$/, '');
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
