import { ConfigurationError } from '../base/errors.ts';
import type { Review, ReviewTarget } from '../orchestrator/review/review.ts';
import type { ReviewArguments } from './arguments.ts';

/** Fewer characters of a hunk's id name too much by chance. */
const SHORTEST_ID = 4;

/** The file, or the hunk, that `PATH` or `PATH#HUNK` names. Throws `ConfigurationError` for what the review does not have. */
function parseTarget(review: Review, name: string): Extract<ReviewTarget, { kind: 'file' | 'hunk' }> {
  if (review.files.some(file => file.path === name)) return { kind: 'file', path: name };
  const separator = name.lastIndexOf('#');
  const [path, prefix] = [name.slice(0, Math.max(0, separator)), name.slice(separator + 1)];
  const file = separator === -1 ? undefined : review.files.find(each => each.path === path);
  if (!file)
    throw new ConfigurationError(`The run does not change "${name}"; trellis review lists its files and hunks.`);
  const matches = prefix.length < SHORTEST_ID ? [] : file.hunks.filter(hunk => hunk.id.startsWith(prefix));
  const [hunk] = matches;
  if (hunk && matches.length === 1) return { kind: 'hunk', path, hunkId: hunk.id };
  throw new ConfigurationError(
    matches.length > 1
      ? `"${prefix}" is the beginning of ${matches.length} hunks of ${path}; give more of it.`
      : `${path} has no hunk "${prefix}"; trellis review lists its hunks.`,
  );
}

/** Decides as the arguments say; everything they name is looked at before anything is decided. */
export function decideAsTold(review: Review, { accepted, rejected, isAll }: ReviewArguments): void {
  const kept = accepted.map(name => parseTarget(review, name));
  const dropped = rejected.map(name => parseTarget(review, name));
  if (isAll) review.decide({ kind: 'all' }, 'kept');
  if (kept.length > 0) review.decide({ kind: 'all' }, 'rejected');
  for (const target of kept) review.decide(target, 'kept');
  for (const target of dropped) review.decide(target, 'rejected');
}
