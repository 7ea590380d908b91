import type { SeededRandom } from './seededRandom.ts';

/** Lines out of a vocabulary of `variety` words: the fewer, the more of them are the same. */
export function randomLines(random: SeededRandom, count: number, variety: number): string[] {
  return Array.from({ length: count }, () => `line ${random.below(variety)}`);
}

/** `lines` with `edits` random insertions, deletions and replacements. */
export function mutateLines(random: SeededRandom, lines: readonly string[], edits: number, variety: number): string[] {
  const result = [...lines];
  for (let edit = 0; edit < edits; edit++) {
    const at = random.below(result.length + 1);
    const kind = random.below(3);
    if (kind === 0) result.splice(at, 1 + random.below(3));
    else if (kind === 1) result.splice(at, 0, ...randomLines(random, 1 + random.below(3), variety));
    else if (at < result.length) result[at] = `changed ${random.below(variety)}`;
  }
  return result;
}
