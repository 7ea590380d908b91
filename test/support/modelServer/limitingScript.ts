import type { ModelScript } from './modelScript.ts';

export interface RateLimit {
  readonly calls: number;
  readonly perMs: number;
}

/** What a limiting server saw, in milliseconds since the epoch. */
export interface LimitedTraffic {
  readonly accepted: number[];
  readonly refused: number[];
}

/** A script that answers `text`, but with a 429 whenever more than `limit` came within any stretch of its length. */
export function limitingScript(
  limit: RateLimit,
  text: string,
): { readonly script: ModelScript; readonly traffic: LimitedTraffic } {
  const traffic: LimitedTraffic = { accepted: [], refused: [] };
  const { accepted, refused } = traffic;
  const reply = ({ at }: { readonly at: number }) => {
    const isOver = accepted.filter(earlier => earlier > at - limit.perMs).length >= limit.calls;
    (isOver ? refused : accepted).push(at);
    return isOver ? { status: 429 } : { text, frameDelayMs: 20 };
  };
  return { script: { rules: [{ replies: [reply] }] }, traffic };
}
