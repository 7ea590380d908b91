import type { LoopBreather } from '../../base/loopBreather.ts';
import { estimateTokens } from '../../base/tokenEstimate.ts';
import type { ProjectPath } from './projectPath.ts';

/** More files than this in one folder are counted and not listed, but for the relevant ones. */
const maxFilesListed = 30;
/** No folder can be opened for less. */
const minFolderTokens = 2;

interface Folder {
  readonly path: string;
  readonly folders: Map<string, Folder>;
  readonly files: string[];
  /** All files in it, those of its folders included. */
  fileCount: number;
  /** The summed scores of the files in it. */
  relevance: number;
  isOpen: boolean;
}

/**
 * The tree of `paths` as an indented list that stays within `tokenBudget`. Folders are opened one by one, those with
 * the most relevance (`scores`) first; one that stays closed tells how many files it has.
 */
export async function renderLayout(
  paths: readonly ProjectPath[],
  scores: ReadonlyMap<string, number>,
  tokenBudget: number,
  breather: LoopBreather,
): Promise<string> {
  const root = await buildTree(paths, scores, breather);
  let left = tokenBudget - costOf(root, scores);
  if (left < 0) return '';
  root.isOpen = true;
  const closed = [...root.folders.values()];
  while (left >= minFolderTokens) {
    await breather.breathe();
    const folder = takeBest(closed);
    if (folder === undefined) break;
    const cost = costOf(folder, scores);
    if (cost > left) continue;
    left -= cost;
    folder.isOpen = true;
    closed.push(...folder.folders.values());
  }
  return linesOf(root, scores, '').join('\n');
}

async function buildTree(
  paths: readonly ProjectPath[],
  scores: ReadonlyMap<string, number>,
  breather: LoopBreather,
): Promise<Folder> {
  const root = emptyFolder('');
  for (const { path } of paths) {
    await breather.breathe();
    const segments = path.split('/');
    const name = segments.pop() ?? '';
    const score = scores.get(path) ?? 0;
    let folder = root;
    for (const segment of segments) {
      const inner = folder.folders.get(segment) ?? emptyFolder(folder === root ? segment : `${folder.path}/${segment}`);
      folder.folders.set(segment, inner);
      inner.fileCount += 1;
      inner.relevance += score;
      folder = inner;
    }
    folder.files.push(name);
  }
  return root;
}

function emptyFolder(path: string): Folder {
  return { path, folders: new Map(), files: [], fileCount: 0, relevance: 0, isOpen: false };
}

/** Takes out the folder to be opened next: the most relevant, then the one nearest to the root, then the smallest. */
function takeBest(folders: Folder[]): Folder | undefined {
  let best = 0;
  for (let index = 1; index < folders.length; index++) {
    const [a, b] = [folders[index], folders[best]];
    if (a !== undefined && b !== undefined && isBefore(a, b)) best = index;
  }
  return folders.splice(best, 1)[0];
}

function isBefore(a: Folder, b: Folder): boolean {
  if (a.relevance !== b.relevance) return a.relevance > b.relevance;
  const depth = a.path.split('/').length - b.path.split('/').length;
  return depth === 0 ? a.fileCount < b.fileCount : depth < 0;
}

/** Tokens of the lines that a folder has when it is open, its folders closed. */
function costOf(folder: Folder, scores: ReadonlyMap<string, number>): number {
  const indent = '  '.repeat(folder.path === '' ? 0 : folder.path.split('/').length);
  const lines = [...[...folder.folders.values()].map(closedLine), ...fileLines(folder, scores)];
  return estimateTokens(lines.map(line => `${indent}${line}\n`).join(''));
}

function linesOf(folder: Folder, scores: ReadonlyMap<string, number>, indent: string): string[] {
  const folders = [...folder.folders.values()].flatMap(inner =>
    inner.isOpen
      ? [`${indent}${nameOf(inner)}/`, ...linesOf(inner, scores, `${indent}  `)]
      : [indent + closedLine(inner)],
  );
  return [...folders, ...fileLines(folder, scores).map(line => indent + line)];
}

function closedLine(folder: Folder): string {
  return `${nameOf(folder)}/ (${folder.fileCount} ${folder.fileCount === 1 ? 'file' : 'files'})`;
}

function nameOf(folder: Folder): string {
  return folder.path.slice(folder.path.lastIndexOf('/') + 1);
}

function fileLines({ path, files }: Folder, scores: ReadonlyMap<string, number>): string[] {
  if (files.length <= maxFilesListed) return files;
  const isRelevant = (name: string) => (scores.get(path === '' ? name : `${path}/${name}`) ?? 0) > 0;
  const shown = files.filter(isRelevant).slice(0, maxFilesListed);
  const rest = files.length - shown.length;
  return [...shown, `… ${rest} ${shown.length === 0 ? '' : 'more '}files`];
}
