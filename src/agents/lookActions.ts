// The actions that only look: what they find goes back to the model, quoted as data.

import { quoteData } from '../base/quotedData.ts';
import type { StagedView } from '../changes/stagedFiles.ts';
import { orRefused, readTextOr } from './fileAccess.ts';
import type { Observation } from './observation.ts';
import { formatLineRange } from './protocol/agentAction.ts';
import type { LineRange } from './protocol/attributes.ts';
import { describeExcerpt, excerptLines } from './textBudget.ts';

const mostEntries = 200;
const mostMatches = 60;

/** The lines of a file, at most `limit` characters of them. */
export async function readFile(
  files: Pick<StagedView, 'readText' | 'list'>,
  path: string,
  lines: LineRange | undefined,
  limit: number,
): Promise<Observation> {
  const found = await readTextOr(files, path);
  if (found.kind === 'unreadable') return { ok: false, text: found.reason, summary: found.reason };
  if (found.kind === 'missing') {
    const nearby = await namesBeside(files, path);
    const text = `There is no file ${path}.${nearby}`;
    return { ok: false, text, summary: `there is no file ${path}` };
  }
  const excerpt = excerptLines(found.text, limit, lines);
  if (excerpt.total === 0) return { ok: true, text: `${path} is empty.`, summary: `${path} is empty` };
  if (excerpt.start > excerpt.total) {
    const text = `${path} has only ${excerpt.total} lines.`;
    return { ok: false, text, summary: text };
  }
  const label = `${path}, ${describeExcerpt(excerpt)}`;
  const wanted = Math.min(lines?.end ?? excerpt.total, excerpt.total);
  const rest = { start: excerpt.end + 1, end: wanted };
  const note = excerpt.end < wanted ? `\nThere is more: <read path="${path}" lines="${formatLineRange(rest)}"/>` : '';
  return { ok: true, text: quoteData(label, excerpt.text) + note, summary: label };
}

/** The names in a folder, folders with a `/`. */
export async function listFolder(files: Pick<StagedView, 'list'>, path: string): Promise<Observation> {
  const names = await entryNames(files, path);
  const shownPath = path || 'the project';
  if (names.kind === 'unreadable') return { ok: false, text: names.reason, summary: names.reason };
  if (names.kind === 'missing') {
    return { ok: false, text: `There is no folder ${shownPath}.`, summary: `there is no folder ${shownPath}` };
  }
  const summary = `${shownPath}: ${names.names.length} entries`;
  if (names.names.length === 0) return { ok: true, text: `${shownPath} is empty.`, summary };
  const shown = names.names.slice(0, mostEntries);
  const left = names.names.length - shown.length;
  const text = quoteData(`entries of ${shownPath}`, shown.join('\n'));
  return { ok: true, text: left === 0 ? text : `${text}\n${left} more are not shown.`, summary };
}

/** The lines that hold `pattern`, which is plain text. */
export async function searchFiles(
  files: Pick<StagedView, 'search'>,
  pattern: string,
  path: string | undefined,
  options: { readonly limit: number; readonly signal: AbortSignal },
): Promise<Observation> {
  const found = await orRefused(async () => ({
    kind: 'found' as const,
    ...(await files.search(pattern, {
      limit: mostMatches,
      signal: options.signal,
      ...(path === undefined ? {} : { directory: path }),
    })),
  }));
  if (found.kind === 'unreadable') return { ok: false, text: found.reason, summary: found.reason };
  const where = path === undefined ? '' : ` in ${path}`;
  if (found.matches.length === 0) {
    const text = `Nothing${where} holds the text ${JSON.stringify(pattern)}. Searches are for plain text, not for patterns.`;
    return { ok: true, text, summary: 'no match' };
  }
  const lines = found.matches.map(match => `${match.path}:${match.line}: ${match.text}`).join('\n');
  const excerpt = excerptLines(lines, options.limit);
  const isAll = excerpt.end === excerpt.total && !found.isTruncated;
  const text = quoteData(`matches of ${JSON.stringify(pattern)}${where}`, excerpt.text);
  return {
    ok: true,
    text: isAll ? text : `${text}\nThere are more matches; search for something longer, or in a folder.`,
    summary: `${found.matches.length}${found.isTruncated ? ' or more' : ''} matches`,
  };
}

type Names =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string };

async function entryNames(files: Pick<StagedView, 'list'>, path: string): Promise<Names> {
  return orRefused(async (): Promise<Names> => {
    const entries = await files.list(path);
    if (entries === undefined) return { kind: 'missing' };
    return { kind: 'names', names: entries.map(({ name, kind }) => (kind === 'directory' ? `${name}/` : name)) };
  });
}

async function namesBeside(files: Pick<StagedView, 'list'>, path: string): Promise<string> {
  const folder = path.split('/').slice(0, -1).join('/');
  const found = await entryNames(files, folder);
  if (found.kind !== 'names' || found.names.length === 0) return '';
  const names = found.names.slice(0, 20).join('\n');
  return `\n${quoteData(`some entries of ${folder || 'the project'}`, names)}`;
}
