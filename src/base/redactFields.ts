import { isSecretName } from './credentials/namedSecrets.ts';
import { redactSecrets } from './redactSecrets.ts';

/** How far into nested values a log goes, and how much of a list, an object and a text it takes. */
const deepest = 6;
const mostEntries = 100;
const longestText = 8000;

/** What servers say of their limits is counted in tokens, which are no secret. */
const limitHeader = /ratelimit/i;
const secretHeader = /^(?:proxy-)?authorization$|^(?:set-)?cookie$/i;

/**
 * A value as a log may hold it: plain data, with the `known` secrets and whatever looks like a credential masked in every
 * string, and what is called a secret masked whole. Errors keep their causes; cycles and great depth are cut.
 */
export function redactFields(value: unknown, known: readonly string[]): unknown {
  return redact(value, '', { known, above: [] });
}

interface Place {
  readonly known: readonly string[];
  /** The objects around the value. */
  readonly above: readonly object[];
}

function redact(value: unknown, name: string, place: Place): unknown {
  switch (typeof value) {
    case 'string':
      return secretHeader.test(name) || (isSecretName(name) && !limitHeader.test(name))
        ? '[redacted]'
        : redactText(value, place.known);
    case 'bigint':
      return String(value);
    case 'function':
    case 'symbol':
      return `(a ${typeof value})`;
    case 'object':
      return value === null ? null : redactObject(value, name, place);
    default:
      return value;
  }
}

function redactText(text: string, known: readonly string[]): string {
  if (text.length <= longestText) return redactSecrets(text, known);
  // Cut after that, as a part of a secret is not known to be one.
  const redacted = redactSecrets(text.slice(0, 2 * longestText), known);
  return `${redacted.slice(0, longestText)}… (${text.length} characters)`;
}

function redactObject(value: object, name: string, { known, above }: Place): unknown {
  if (above.includes(value)) return '(seen above)';
  if (above.length >= deepest) return '(too deep)';
  const place: Place = { known, above: [...above, value] };
  if (value instanceof Error) return redactError(value, place);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid date' : value.toISOString();
  if (value instanceof URL) return redactText(value.href, known);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `(${value.byteLength} bytes)`;
  if (Array.isArray(value)) return value.slice(0, mostEntries).map(entry => redact(entry, name, place));
  if (value instanceof Set) return redact([...value].slice(0, mostEntries), name, place);
  const entries = value instanceof Map || value instanceof Headers ? [...value] : Object.entries(value);
  return redactEntries(entries, place);
}

function redactEntries(entries: readonly (readonly [unknown, unknown])[], place: Place): unknown {
  const redacted = entries
    .slice(0, mostEntries)
    .map(([key, entry]) => [redactText(String(key), place.known), redact(entry, String(key), place)]);
  return Object.fromEntries(redacted) as unknown;
}

function redactError(error: Error, place: Place): unknown {
  const { name, message, stack, cause, ...rest } = error;
  const own = { ...rest, name, message, stack, ...(cause !== undefined && { cause }) };
  const inner = error instanceof AggregateError ? { ...own, errors: error.errors as unknown } : own;
  return redactEntries(Object.entries(inner), place);
}
