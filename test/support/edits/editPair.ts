import { diffLines, type LineChange } from '../../../src/changes/diff/lineDiff.ts';
import type { SeededRandom } from '../seededRandom.ts';

/** A file before and after an edit, by lines; both end with a line end. */
export interface EditPair {
  readonly name: string;
  readonly path: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly changes: readonly LineChange[];
}

export function editPair(name: string, path: string, before: readonly string[], after: readonly string[]): EditPair {
  return { name, path, before, after, changes: diffLines(before, after) };
}

/** Whether the pair is an edit and not a rewrite: that is what the dialects other than the whole file are for. */
export function isEdit({ before, after, changes }: EditPair): boolean {
  const changed = changes.reduce((sum, change) => sum + change.oldCount + change.newCount, 0);
  return (
    before.length >= 3 &&
    before.length <= 3_000 &&
    after.length > 0 &&
    changed > 0 &&
    changed <= 0.4 * (before.length + after.length)
  );
}

/** An edit such as people make, to a real file: lines changed, left out, put in, and whole stretches copied and adapted. */
export function inventEdit(random: SeededRandom, path: string, before: readonly string[]): EditPair {
  const after = [...before];
  for (let edits = 1 + random.below(4); edits > 0; edits--) {
    const at = random.below(after.length);
    const kind = random.below(4);
    if (kind === 0) after[at] = renameWord(random, after[at] ?? '');
    else if (kind === 1) after.splice(at, 1 + random.below(5));
    else {
      const from = random.below(before.length);
      const copied = before.slice(from, from + 1 + random.below(8));
      after.splice(at, kind === 2 ? 0 : random.below(3), ...copied.map(line => renameWord(random, line)));
    }
  }
  return editPair(`invented in ${path}`, path, before, after);
}

/** One word of the line becomes another; a line without words gets one. */
export function renameWord(random: SeededRandom, line: string): string {
  const words = [...line.matchAll(/[A-Za-z_]\w{2,}/g)];
  const word = words.length > 0 ? random.pick(words) : undefined;
  if (!word) return `${line}changed${random.below(1000)}`;
  return `${line.slice(0, word.index)}${word[0]}${random.below(1000)}${line.slice(word.index + word[0].length)}`;
}
