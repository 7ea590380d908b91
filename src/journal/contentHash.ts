import { createHash } from 'node:crypto';

/** SHA-256 in hex of the bytes, or of the text as UTF-8. */
export function hashContent(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
