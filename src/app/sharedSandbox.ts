import type { Disposable } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import type { Configuration } from '../config/configuration.ts';
import type { SandboxAvailability, SandboxLimits } from '../sandbox/sandbox.ts';
import { openSandbox } from '../sandbox/select.ts';

export interface SharedSandboxOptions {
  readonly limits: Configuration['sandbox'];
  readonly logger: Logger;
}

/** One sandbox for all runs of a core; it is looked for when the first command is to be run. */
export class SharedSandbox implements Disposable {
  readonly #options: SharedSandboxOptions;
  readonly #lifetime = new AbortController();
  #availability: Promise<SandboxAvailability> | undefined;

  constructor(options: SharedSandboxOptions) {
    this.#options = options;
  }

  /** Rejects as `openSandbox` does, and with an `AbortError` when disposed meanwhile. */
  find(): Promise<SandboxAvailability> {
    const { limits, logger } = this.#options;
    this.#availability ??= openSandbox({ signal: this.#lifetime.signal, limits: setOnly(limits), logger });
    return this.#availability;
  }

  async dispose(): Promise<void> {
    this.#lifetime.abort();
    // A search that was aborted has left nothing to release.
    const [found] = await Promise.allSettled([this.#availability]);
    if (found.status === 'fulfilled' && found.value?.isAvailable) await found.value.sandbox.dispose();
  }
}

/** The limits that are set: an `undefined` would take the default's place. */
function setOnly(limits: Configuration['sandbox']): Partial<SandboxLimits> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
