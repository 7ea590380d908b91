import { describeDifference, firstDifference } from '../../base/firstDifference.ts';
import type { RecordedRequest } from './cassette.ts';

/** The recorded request that has most in common with `asked`, the earlier of equals; undefined when there is none at all. */
export function nearestRequest<T extends { readonly request: RecordedRequest }>(
  recorded: readonly T[],
  asked: RecordedRequest,
): T | undefined {
  const lines = linesOf(asked);
  const ranked = recorded.map(candidate => ({ candidate, score: likeness(candidate.request, asked, lines) }));
  return ranked.toSorted((one, other) => other.score - one.score)[0]?.candidate;
}

/** What differs first between the two, with the text around it; to follow "differs first in". */
export function describeRequestDifference(recorded: RecordedRequest, asked: RecordedRequest): string {
  const [one, other] = [namedValues(recorded), namedValues(asked)];
  const name = Object.keys({ ...one, ...other }).find(key => one[key] !== other[key]);
  if (name !== undefined) return `the ${name}: recorded ${one[name] ?? 'none'}, asked ${other[name] ?? 'none'}`;
  for (const [index, { role, content }] of recorded.messages.entries()) {
    const message = asked.messages[index];
    if (message === undefined) break;
    const place = `message ${index + 1} (${role})`;
    if (message.role !== role) return `${place}: the one that is asked is of the ${message.role}`;
    const difference = firstDifference(content, message.content);
    if (difference === undefined) continue;
    const sides = describeDifference(difference, { expected: 'recorded', got: 'asked' });
    return `${place}, line ${difference.line}:\n${sides}`;
  }
  return `the number of messages: recorded ${recorded.messages.length}, asked ${asked.messages.length}`;
}

function namedValues({ provider, model, parameters }: RecordedRequest): Record<string, string | undefined> {
  const { temperature, maxOutputTokens, schemaHash } = parameters;
  return {
    provider: JSON.stringify(provider),
    model: JSON.stringify(model),
    temperature: String(temperature),
    maxOutputTokens: String(maxOutputTokens),
    'schema of the answer': schemaHash?.slice(0, 12),
  };
}

/** From 0 to 1 for the lines that both have, and more for the same first message, which tells one role from another. */
function likeness(recorded: RecordedRequest, asked: RecordedRequest, lines: ReadonlySet<string>): number {
  const own = linesOf(recorded);
  const shared = [...own].filter(line => lines.has(line)).length;
  const isSameRole = recorded.messages[0]?.content === asked.messages[0]?.content;
  return shared / Math.max(1, own.size, lines.size) + (isSameRole ? 1 : 0);
}

function linesOf({ messages }: RecordedRequest): ReadonlySet<string> {
  return new Set(messages.flatMap(({ content }) => content.split('\n')));
}
