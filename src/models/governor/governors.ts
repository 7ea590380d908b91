import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { ModelMiddleware } from '../middleware.ts';
import { Governor } from './governor.ts';

export interface GovernorsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One governor for each server and key, shared by all runs of a process. */
export class Governors {
  readonly #options: GovernorsOptions;
  readonly #governors = new Map<string, Governor>();

  constructor(options: GovernorsOptions) {
    this.#options = options;
  }

  /** `account` is whatever tells one server and key from another. */
  of(provider: string, account: unknown): Governor {
    // Hashed, as it may hold a key.
    const name = createHash('sha256')
      .update(JSON.stringify([provider, account]))
      .digest('hex');
    const known = this.#governors.get(name);
    if (known !== undefined) return known;
    const governor = new Governor({ ...this.#options, provider });
    this.#governors.set(name, governor);
    return governor;
  }
}

/** Has each try of a call wait for its turn; `party` is the run that the calls are made for. */
export function governorMiddleware(governorOf: (provider: string) => Governor, party: string): ModelMiddleware {
  return {
    name: 'governor',
    handle: (request, next) => {
      const { exchangeId, settings, signal } = request;
      const about = { ...(party !== '' && { runId: party }), correlationId: exchangeId };
      return governorOf(settings.provider).run(party, signal, () => next(request), about);
    },
  };
}
