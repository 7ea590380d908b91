import { type KnownSecret, maskFindings } from '../../base/credentials/findCredentials.ts';
import { redactSecrets } from '../../base/redactSecrets.ts';
import { findMasked } from './textSafety.ts';

/** Takes out of a text what must not be kept: credentials, personal data. The same text gives the same result. */
export type MaskForStorage = (text: string) => Promise<string>;

/** Masks for a file that may be handed on, whatever the settings say of texts for models. */
export function maskForStorage(knownSecrets: () => Promise<readonly KnownSecret[]>): MaskForStorage {
  const { signal } = new AbortController();
  return async text => {
    const settings = { credentials: 'mask', personalData: 'mask' } as const;
    const masked = maskFindings(text, await findMasked(text, settings, await knownSecrets(), { signal }));
    // What only looks like a key is no loss here.
    return redactSecrets(masked);
  };
}
