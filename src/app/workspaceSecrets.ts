import { environmentSecrets } from '../base/credentials/environmentSecrets.ts';
import { type KnownSecret, maskCredentials } from '../base/credentials/findCredentials.ts';
import type { TextFinding } from '../base/credentials/textFinding.ts';
import { readEnvironmentFiles } from '../changes/workspace/environmentFiles.ts';
import type { SafetySettings } from '../domain/schema/safety.ts';
import { findMasked } from '../models/safety/textSafety.ts';

interface WorkspaceSecretsOptions {
  readonly settings: SafetySettings;
  readonly signal: AbortSignal;
}

/** What is shorter stands in texts by chance, and was never a key that a server gave. */
const shortestKey = 8;

/** What a workspace keeps secret, for one run: read when the run begins, and never handed on. */
export class WorkspaceSecrets {
  readonly #settings: SafetySettings;
  readonly #signal: AbortSignal;
  readonly #reading: Promise<readonly KnownSecret[]>;
  #known: readonly KnownSecret[];

  /** `others`: secrets that are known from elsewhere, such as the keys of model servers. */
  constructor(root: string, others: readonly string[], options: WorkspaceSecretsOptions) {
    this.#settings = options.settings;
    this.#signal = options.signal;
    this.#known = others.filter(value => value.length >= shortestKey).map(value => ({ kind: 'model-key', value }));
    this.#reading = readEnvironmentFiles(root, options).then(texts => {
      this.#known = [...this.#known, ...texts.flatMap(environmentSecrets)];
      return this.#known;
    });
    // Whoever asks for them is told; when nobody does, nothing was sent.
    this.#reading.catch(() => undefined);
  }

  /** All of them, once the files were read. */
  all(): Promise<readonly KnownSecret[]> {
    return this.#reading;
  }

  /** The places in a text that a model does not see. */
  async find(text: string): Promise<readonly TextFinding[]> {
    return findMasked(text, this.#settings, await this.#reading, { signal: this.#signal });
  }

  /** A text without its credentials, those included that are known by now. */
  mask(text: string): string {
    return maskCredentials(text, this.#known);
  }
}
