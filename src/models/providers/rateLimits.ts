/** What a server says of how much more may be asked of it, as headers by name. */
export type RateLimits = Readonly<Record<string, string>>;

/** `x-ratelimit-remaining-requests`, `anthropic-ratelimit-tokens-reset`, `ratelimit-policy` (IETF draft) and their like. */
const limitHeader = /^(?:x-|anthropic-)?ratelimit(?:-[a-z0-9-]{1,60})?$/;
const mostHeaders = 24;
const longestValue = 120;

/** The headers of an answer that speak of limits; undefined when there are none. */
export function rateLimitsOf(headers: Headers): RateLimits | undefined {
  const found = [...headers]
    .filter(([name]) => limitHeader.test(name))
    .slice(0, mostHeaders)
    .map(([name, value]) => [name, value.slice(0, longestValue)] as const);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
