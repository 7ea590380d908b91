import { type CredentialFormat, credentialFormats, secretIn } from './credentialFormats.ts';
import { MarkSearch } from './markSearch.ts';
import { maskPlaceholder } from './maskPlaceholder.ts';
import { addressPasswords, namedSecrets, nameMarks } from './namedSecrets.ts';
import { privateKeys } from './privateKeys.ts';
import { joinFindings, type TextFinding } from './textFinding.ts';
import { textWindows } from './textWindows.ts';

/** A secret known by its value, which is not empty, whatever it looks like. */
export interface KnownSecret {
  readonly kind: string;
  readonly value: string;
}

/**
 * Finds credentials, piece by piece: whoever drives it may give others a turn after each. Time is linear in the text,
 * with hostile text too, and no piece takes long enough to be felt.
 */
export function* searchCredentials(
  text: string,
  known: readonly KnownSecret[] = [],
): Generator<undefined, readonly TextFinding[], undefined> {
  const findings: TextFinding[] = [];
  for (const { kind, value } of known) {
    for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + value.length)) {
      findings.push({ kind, start: at, end: at + value.length });
    }
    yield;
  }
  for (const key of privateKeys(text)) {
    if (key !== undefined) findings.push(key);
    yield;
  }
  for (const { text: part, offset } of textWindows(text)) {
    yield;
    for (const { kind, start, end } of credentialsWithin(part)) {
      findings.push({ kind, start: start + offset, end: end + offset });
    }
  }
  return joinFindings(findings);
}

/** What may be in a text, by the marks in it: most texts have none, and are searched for nothing. */
const marks = new MarkSearch<CredentialFormat | 'name'>([
  ...credentialFormats.flatMap(format => format.marks.map(mark => ({ mark, value: format }))),
  ...nameMarks.map(mark => ({ mark, value: 'name', ignoresCase: true }) as const),
]);

/** What lies within single lines; the more certain first. */
function credentialsWithin(text: string): readonly TextFinding[] {
  const marked = marks.valuesIn(text);
  return [
    ...credentialFormats.filter(format => marked.has(format)).flatMap(format => [...keysOf(format, text)]),
    ...addressPasswords(text),
    ...(marked.has('name') ? namedSecrets(text) : []),
  ];
}

function* keysOf(format: CredentialFormat, text: string): Generator<TextFinding> {
  for (const match of text.matchAll(format.pattern)) {
    const place = secretIn(format, match);
    if (place !== undefined) yield { kind: format.kind, ...place };
  }
}

/** The credentials in a text, in the order of their places; none overlap. */
export function findCredentials(text: string, known: readonly KnownSecret[] = []): readonly TextFinding[] {
  const search = searchCredentials(text, known);
  for (;;) {
    const step = search.next();
    if (step.done === true) return step.value;
  }
}

/** The text with a placeholder for each finding, which must not overlap. */
export function maskFindings(text: string, findings: readonly TextFinding[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { kind, start, end } of findings) {
    parts.push(text.slice(at, start), maskPlaceholder(kind));
    at = end;
  }
  return at === 0 ? text : parts.join('') + text.slice(at);
}

/** The text without its credentials: each is replaced by a placeholder that names its kind. Masking twice changes nothing more. */
export function maskCredentials(text: string, known: readonly KnownSecret[] = []): string {
  return maskFindings(text, findCredentials(text, known));
}
