// Secrets that only what stands beside them gives away: a name, a header, an address.
import { looksLikeKey, looksLikePassword, looksRandom } from './randomText.ts';
import type { TextFinding } from './textFinding.ts';

/** Names of what is kept secret, as they are written in code and settings; `authToken`, `DB_PASSWORD`, `client-secret`. */
const secretName =
  'pass(?:word|wd|phrase|code)|pwd|secret|token|api[_-]?key|(?:access|account|auth|client|encryption|master|private|service|session|shared|signing|storage)[_-]?key|credential';

const anySecretName = new RegExp(secretName, 'i');

/**
 * One of them, in any case, is in every text that `namedSecrets` finds something in. They are cut short where the letters
 * they end in are rare together.
 */
export const nameMarks = [
  'passw',
  'passp',
  'passc',
  'pwd',
  'secr',
  'token',
  'key',
  'crede',
  'bearer',
  'basic',
] as const;

/** Whether the value of a variable or field of this name is likely to be a secret. */
export function isSecretName(name: string): boolean {
  return anySecretName.test(name);
}

/**
 * A secret-like name with the rest of it, at most a type annotation, a sign of assignment, and a value: quoted, or to the
 * end of the line as in settings files. Every repetition is bounded.
 */
const assignment = new RegExp(
  `(?<name>${secretName})[A-Za-z0-9_.-]{0,30}["'\`\\]]?[ \\t]{0,8}(?::[ \\t]{0,4}[A-Za-z]{1,20}[ \\t]{0,4})?(?:=>|:=|\\?=|==?|:)[ \\t]{0,8}` +
    '(?:(?<quote>["\'`])(?<quoted>[^"\'`\\r\\n]{8,400})\\k<quote>|(?<bare>[^\\s"\'`,;(){}<>[\\]]{8,200})[ \\t]{0,8}(?=[\\r\\n#,;]|$|\\\\n))',
  'gi',
);

/** Values that stand for a secret that is somewhere else. */
const standIn =
  /example|placeholder|change[_-]?me|replace[_-]?me|your[_-]|dummy|sample|fake|mock|xxxx|redacted|masked|\*\*\*|\.\.\.|…|\$\{|\$\(|\{\{|<[a-z]|%[a-z]|process\.env|environ|getenv|secrets\.|vault:|^\$[A-Z_]/i;

function* assignedSecrets(text: string): Generator<TextFinding> {
  for (const match of text.matchAll(assignment)) {
    const { name = '', quoted, bare } = match.groups ?? {};
    const value = quoted ?? bare ?? '';
    if (standIn.test(value) || (quoted === undefined && isExpression(value))) continue;
    const isSecret =
      looksLikeKey(keyPart(value)) || (/^p(?:ass|wd)/i.test(name) && quoted !== undefined && isPassword(value));
    if (!isSecret) continue;
    const start = match.index + match[0].indexOf(value, name.length);
    yield { kind: 'assigned-secret', start, end: start + value.length };
  }
}

/** Whether a value without quotes is code: a name, or a part of something that has one. */
function isExpression(value: string): boolean {
  return /^[A-Za-z_$.]+$/.test(value) || /^[\w$]*[a-z]{3}[\w$]*(?:\.[A-Za-z_$][\w$]*)+(?:=|$)/.test(value);
}

/** The value as far as keys have such characters: no address, path or sentence is a key. */
function keyPart(value: string): string {
  return /^[A-Za-z0-9+/=_.~!@#$%^&*:-]+$/.test(value) && !/:\/\/|^\.{0,2}\/|^[a-z]+(?:[./][a-z]+)+$|^urn:/i.test(value)
    ? value
    : '';
}

function isPassword(value: string): boolean {
  return looksLikePassword(value) && !/^[a-z_$][\w$]*[.([]/i.test(value);
}

/** `Authorization: Bearer …`, and the same in code. */
const authorization = /(?<![A-Za-z0-9_])(?:bearer|basic|token)[ \t]{1,4}(?<secret>[A-Za-z0-9._~+/=-]{16,4000})/gi;

function* authorizationHeaders(text: string): Generator<TextFinding> {
  for (const match of text.matchAll(authorization)) {
    const secret = match.groups?.['secret'] ?? '';
    const end = match.index + match[0].length;
    if (looksRandom(secret) && !standIn.test(secret)) yield { kind: 'authorization', start: end - secret.length, end };
  }
}

/** The password of an address: `postgres://user:password@host`. */
const address =
  /[a-z][a-z0-9+.-]{1,30}:\/\/[^\s/:@"'`<>]{0,100}:(?<secret>[^\s/@"'`<>]{4,200})@(?!example|[a-z0-9-]{1,30}\.example)[^\s/@"'`<>]/gi;

/** Passwords of addresses in `text`, within single lines. */
export function* addressPasswords(text: string): Generator<TextFinding> {
  if (!text.includes('://')) return;
  for (const match of text.matchAll(address)) {
    const secret = match.groups?.['secret'] ?? '';
    if (isPlainWord(secret)) continue;
    const end = match.index + match[0].length - 2;
    yield { kind: 'connection-password', start: end - secret.length, end };
  }
}

/** What manuals and tests write where a password would be. */
export function isPlainWord(secret: string): boolean {
  return (
    standIn.test(secret) ||
    /^(?:pass(?:word|wd)?|pwd|secret|token|test|user|root|admin|postgres|guest|foo|bar|x+)$/i.test(secret)
  );
}

/** `Password=…;` in the connection strings of ADO, ODBC and JDBC. */
const connection = /[;"'\s](?:password|pwd)=(?<secret>[^;"'\s]{4,200})(?=;|["'])/gi;

function* connectionPasswords(text: string): Generator<TextFinding> {
  for (const match of text.matchAll(connection)) {
    const secret = match.groups?.['secret'] ?? '';
    const isConnection = /;/.test(text.slice(Math.max(0, match.index - 1), match.index + match[0].length + 1));
    const end = match.index + match[0].length;
    if (isConnection && !isPlainWord(secret)) yield { kind: 'connection-password', start: end - secret.length, end };
  }
}

/** What the names and headers in `text` give away, within single lines. */
export function namedSecrets(text: string): readonly TextFinding[] {
  return [...connectionPasswords(text), ...authorizationHeaders(text), ...assignedSecrets(text)];
}
