import type { LoopBreather } from '../../base/loopBreather.ts';
import type { ProjectFiles } from '../planner.ts';
import { importsOf } from './imports.ts';
import type { ProjectPath } from './projectPath.ts';
import { type RequestTerms, wordsOf } from './requestTerms.ts';

/** Reading everything would cost seconds in a large project: files whose paths promise most are read, up to this many. */
const maxFiles = 1_200;
/** In characters, over all files that are read. */
const maxTotalLength = 32_000_000;
/** What lies further into a file does not count. In characters. */
const maxFileLength = 200_000;
const filesAtOnce = 16;
/** Further occurrences of a word change nothing in a file's rank. */
const maxOccurrences = 30;

/** What was found out about one file by reading it. */
export interface ScannedFile {
  readonly path: string;
  readonly length: number;
  /** For each of the request's stems, how many words of the text begin with it; names that are defined here count threefold. */
  readonly counts: readonly number[];
  /** Identifiers of the request that it defines, and those that it only mentions. */
  readonly defines: readonly string[];
  readonly mentions: readonly string[];
  readonly imports: readonly string[];
}

/** A word that more than this share of the paths have, such as the name of the source folder, tells nothing. */
const maxPathShare = 0.4;

/** How well the path of each file answers the request; those that do not at all are left out. */
export async function scorePaths(
  paths: readonly ProjectPath[],
  terms: RequestTerms,
  breather: LoopBreather,
): Promise<ReadonlyMap<string, number>> {
  const hitsByStem = terms.stems.map(() => new Map<string, number>());
  for (const { path, name } of paths) {
    await breather.breathe();
    const words = wordsOf(path);
    const firstOfName = words.length - wordsOf(name).length;
    for (const [index, stem] of terms.stems.entries()) {
      const at = words.findLastIndex(word => word.startsWith(stem));
      if (at !== -1) hitsByStem[index]?.set(path, at >= firstOfName ? 1 : 0.5);
    }
  }
  const scores = new Map<string, number>();
  for (const hits of hitsByStem) {
    if (hits.size > Math.max(10, paths.length * maxPathShare)) continue;
    const rarity = Math.log(1 + paths.length / (1 + hits.size));
    for (const [path, weight] of hits) scores.set(path, (scores.get(path) ?? 0) + rarity * weight);
    await breather.breathe();
  }
  return scores;
}

/** Reads the files that may matter most, as far as the limits let it, and counts in them what the request names. */
export async function scanFiles(
  files: ProjectFiles,
  paths: readonly ProjectPath[],
  pathScores: ReadonlyMap<string, number>,
  terms: RequestTerms,
  breather: LoopBreather,
): Promise<ScannedFile[]> {
  const promiseOf = ({ path, depth, isTest }: ProjectPath) =>
    (pathScores.get(path) ?? 0) + (isTest ? 0 : 0.5) - depth * 0.05;
  const candidates = paths
    .filter(({ path, isSource, isMachineMade }) => isSource || (!isMachineMade && pathScores.has(path)))
    .map(file => ({ path: file.path, promise: promiseOf(file) }))
    .sort((a, b) => b.promise - a.promise)
    .slice(0, maxFiles);
  const scanned: ScannedFile[] = [];
  let totalLength = 0;
  for (let start = 0; start < candidates.length && totalLength < maxTotalLength; start += filesAtOnce) {
    const batch = candidates.slice(start, start + filesAtOnce);
    const texts = await Promise.all(batch.map(({ path }) => files.readText(path)));
    for (const [index, { path }] of batch.entries()) {
      const text = texts[index]?.slice(0, maxFileLength);
      if (text === undefined) continue;
      totalLength += text.length;
      scanned.push(scanText(path, text, terms));
      await breather.breathe();
    }
  }
  return scanned;
}

function scanText(path: string, text: string, terms: RequestTerms): ScannedFile {
  const lowerText = text.toLowerCase();
  const counts = terms.stems.map(stem => countWords(text, lowerText, stem));
  const mentioned = terms.identifiers.filter(name => text.includes(name));
  const isHit = mentioned.length > 0 || counts.some(count => count > 0);
  const symbols: ReadonlySet<string> = isHit ? definedNames(text) : new Set();
  const symbolText = [...symbols].join(' ');
  const lowerSymbols = symbolText.toLowerCase();
  return {
    path,
    length: text.length,
    counts: terms.stems.map((stem, index) => (counts[index] ?? 0) + 2 * countWords(symbolText, lowerSymbols, stem)),
    defines: mentioned.filter(name => symbols.has(name)),
    mentions: mentioned.filter(name => !symbols.has(name)),
    imports: importsOf(path, text),
  };
}

/** Names that a text defines, by the keywords that most languages share. */
function definedNames(text: string): ReadonlySet<string> {
  const pattern =
    /\b(?:function\*?|class|interface|type|enum|const|let|var|def|struct|fn|func|trait|module|record|object|protocol)\s+([A-Za-z_$][\w$]*)/g;
  const names = new Set<string>();
  for (const match of text.matchAll(pattern)) names.add(match[1] ?? '');
  return names;
}

/** How often a word (of prose or within an identifier) begins with `stem`; both texts are the same but for their case. */
function countWords(text: string, lowerText: string, stem: string): number {
  let count = 0;
  for (let at = lowerText.indexOf(stem); at !== -1 && count < maxOccurrences; at = lowerText.indexOf(stem, at + 1)) {
    if (beginsWord(text, at)) count += 1;
  }
  return count;
}

function beginsWord(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const isLetterBefore = (before >= 97 && before <= 122) || (before >= 65 && before <= 90) || before > 127;
  if (at === 0 || !isLetterBefore) return true;
  const first = text.charCodeAt(at);
  return first >= 65 && first <= 90;
}
