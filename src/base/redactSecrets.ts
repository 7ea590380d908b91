import { maskCredentials } from './credentials/findCredentials.ts';

const mask = '[redacted]';

/** Beginnings of keys, however little follows: servers quote keys cut short, and a log loses nothing by a word too much. */
const keyPatterns: readonly RegExp[] = [
  /\b(?:sk|pk|rk)-[A-Za-z0-9_*-]{8,}/g,
  /\b(?:ghp|gho|ghu|ghs|ghr|github_pat|glpat|hf|gsk|xai|npm)[_-][A-Za-z0-9_-]{16,}/g,
  /\bxox[a-z]-[A-Za-z0-9-]{10,}/g,
  /\bA(?:KIA|SIA)[A-Z0-9]{16}\b/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g,
];

/**
 * Masks secrets in text that a person or a log will see: the `known` ones wherever they stand, keys of common
 * formats, what follows `Bearer`, passwords in addresses, and whatever else looks like a credential.
 */
export function redactSecrets(text: string, known: readonly string[] = []): string {
  let result = text;
  for (const secret of known) {
    if (secret.length >= 4) result = result.replaceAll(secret, mask);
  }
  for (const pattern of keyPatterns) result = result.replaceAll(pattern, mask);
  const redacted = result
    .replaceAll(/\b(Bearer|Basic)\s+(?=[a-z]*[0-9._~+/=-][^\s])[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${mask}`)
    .replaceAll(/([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{1,200}):[^\s/@]{1,200}@/gi, `$1:${mask}@`);
  return maskCredentials(redacted);
}
