import type { SeededRandom } from '../seededRandom.ts';
import { type EditPair, editPair, renameWord } from './editPair.ts';

/** Lines around a change that its twin has too. */
const MOST_AROUND = 5;

/**
 * The same edit of a file that ends with a copy of one of the edited places: as it is, with a word changed, or indented.
 * An edit that was written for the file without it must land where it was meant to, or nowhere.
 */
export function withTwin({ name, path, before, after, changes }: EditPair, random: SeededRandom): EditPair {
  const { oldStart, oldCount } = random.pick(changes);
  const around = random.below(MOST_AROUND + 1);
  const place = before.slice(Math.max(0, oldStart - around), oldStart + oldCount + around);
  const renamed = random.below(place.length);
  const twin = random.pick([
    place,
    place.map((line, index) => (index === renamed ? renameWord(random, line) : line)),
    place.map(line => (line === '' ? line : `    ${line}`)),
  ]);
  return editPair(`${name}, twice`, path, [...before, ...twin], [...after, ...twin]);
}
