import { ValidationError } from '../../base/errors.ts';
import { MAX_FILE_BYTES } from '../edits/applyEdits.ts';
import type { DirectoryEntry, FileVersion, SearchMatch, SearchOptions, SearchResult } from '../stagedFiles.ts';
import { decodeText } from '../textFile.ts';

/** What a search goes through. */
export interface SearchableTree {
  /** The entries of a folder, without links, which would be searched twice or without end. */
  list(folder: string): Promise<readonly DirectoryEntry[] | undefined>;
  read(path: string): Promise<FileVersion | undefined>;
}

const DEFAULT_LIMIT = 200;
const MAX_LINE_LENGTH = 300;
/** Matches of one file after which the next is searched, so that one file cannot use up the limit. */
const MAX_MATCHES_PER_FILE = 50;

/** Searches file by file, in the order of their paths, until the limit is reached. */
export async function searchFiles(
  tree: SearchableTree,
  pattern: string | RegExp,
  options: SearchOptions & { readonly directory: string },
): Promise<SearchResult> {
  const limit = options.limit ?? DEFAULT_LIMIT;
  const matches: SearchMatch[] = [];
  let isTruncated = false;
  const test = matcher(pattern);
  for await (const path of filesBelow(tree, options.directory, options.signal)) {
    const version = await readable(tree, path);
    if (!version) continue;
    const inFile = matchesIn(path, version, test);
    isTruncated ||= inFile.length > MAX_MATCHES_PER_FILE;
    matches.push(...inFile.slice(0, MAX_MATCHES_PER_FILE));
    if (matches.length > limit) return { matches: matches.slice(0, limit), isTruncated: true };
  }
  return { matches, isTruncated };
}

function matcher(pattern: string | RegExp): (line: string) => boolean {
  if (typeof pattern === 'string') return line => line.includes(pattern);
  const expression = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''));
  return line => expression.test(line);
}

async function* filesBelow(
  tree: SearchableTree,
  folder: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  signal?.throwIfAborted();
  const entries = await tree.list(folder);
  if (!entries && folder !== '') yield folder;
  for (const { name, kind } of entries ?? []) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (kind === 'directory') yield* filesBelow(tree, path, signal);
    else yield path;
  }
}

/** A file that can be searched; one that is too large or may not be read is passed over, as are binary files. */
async function readable(tree: SearchableTree, path: string): Promise<FileVersion | undefined> {
  try {
    const version = await tree.read(path);
    return version && version.content.length <= MAX_FILE_BYTES ? version : undefined;
  } catch (error) {
    if (error instanceof ValidationError) return undefined;
    throw error;
  }
}

function matchesIn(path: string, version: FileVersion, test: (line: string) => boolean): SearchMatch[] {
  const matches: SearchMatch[] = [];
  for (const [index, line] of (decodeText(version.content)?.lines ?? []).entries()) {
    if (!test(line)) continue;
    matches.push({ path, line: index + 1, text: line.slice(0, MAX_LINE_LENGTH) });
    if (matches.length > MAX_MATCHES_PER_FILE) break;
  }
  return matches;
}
