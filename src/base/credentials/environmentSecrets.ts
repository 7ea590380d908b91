import { parseEnv } from 'node:util';
import type { KnownSecret } from './findCredentials.ts';
import { isPlainWord, isSecretName } from './namedSecrets.ts';
import { looksLikeKey } from './randomText.ts';

/** Values of one file; more are not taken. */
const mostValues = 500;
/** Shorter values, and longer words, stand in texts by chance: `postgres` as a password must not be masked everywhere. */
const shortestSecret = 8;
const longestWord = 12;
const longestSecret = 4096;

/** The values in a file of the form of `.env` that are secrets: by their names, or because they look random. */
export function environmentSecrets(text: string): readonly KnownSecret[] {
  const values = Object.entries(parseEnv(text)).flatMap(([name, value]) => secretsOf(name, value ?? ''));
  return [...new Set(values)].slice(0, mostValues).map(value => ({ kind: 'environment-value', value }));
}

function secretsOf(name: string, value: string): readonly string[] {
  const password = passwordOf(value);
  if (password !== undefined) return isDistinct(password) ? [password] : [];
  const isSecret = isSecretName(name) ? isDistinct(value) : looksLikeKey(value);
  return isSecret && value.length <= longestSecret ? [value] : [];
}

/** Of an address; undefined when it is none. */
function passwordOf(value: string): string | undefined {
  if (!value.includes('://') || !URL.canParse(value)) return undefined;
  const { password } = new URL(value);
  // As it is written in the file, not as it is decoded.
  return value.includes(password) ? password : '';
}

/** Whether the value would not stand in a text for another reason than being that secret. */
function isDistinct(value: string): boolean {
  if (value.length < shortestSecret || isPlainWord(value) || /^(?:\.{0,2}\/|[\d.]+$)/.test(value)) return false;
  return /[^a-z]/i.test(value) || value.length >= longestWord;
}
