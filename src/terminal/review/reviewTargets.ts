import { ConfigurationError } from '../../base/errors.ts';
import type { NewComment, Review, ReviewTarget } from '../../orchestrator/review/review.ts';
import type { ReviewArguments } from '../arguments.ts';

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

/** `PATH: TEXT`, or `PATH:LINE: TEXT` as compilers have it. Throws `ConfigurationError` for a file that the run does not change. */
function parseComment(review: Review, remark: string): NewComment {
  const named = review.files.map(file => file.path).filter(path => remark.startsWith(`${path}:`));
  const path = named.toSorted((one, other) => other.length - one.length)[0];
  if (path === undefined)
    throw new ConfigurationError(
      `The comment "${remark}" begins with no file that the run changes; give PATH:LINE: TEXT, or PATH: TEXT.`,
    );
  const rest = remark.slice(path.length + 1);
  const [, line, text = rest] = /^(\d+)[:\s](.*)$/s.exec(rest) ?? [];
  return { path, text: text.trim(), ...(line === undefined ? {} : { line: Number(line) }) };
}

/** Forgets and notes comments as the arguments say; all files are looked at before that. */
export function commentAsTold(review: Review, { comments, isForgettingComments }: ReviewArguments): void {
  const noted = comments.map(remark => parseComment(review, remark));
  if (isForgettingComments) for (const { id } of review.comments) review.removeComment(id);
  for (const comment of noted) review.comment(comment);
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
