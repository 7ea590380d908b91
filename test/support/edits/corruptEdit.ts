// What models do to an edit on its way out, by seed. Each corruption says what may come of it: the edit as it was meant, the
// edit up to its spacing or punctuation, or nothing; anything else in the file is a misapplied edit.
import type { SeededRandom } from '../seededRandom.ts';
import { hunkCorruptions } from './corruptHunk.ts';
import type { CorruptReply } from './corruption.ts';
import { textCorruptions } from './corruptText.ts';
import type { WrittenEdit } from './renderEdit.ts';

const corruptions = { ...textCorruptions, ...hunkCorruptions };

/** Names of all corruptions; `clean` is none. */
export const corruptionNames: readonly string[] = Object.keys(corruptions);

/** The reply with that corruption, or undefined when it does not apply to the edit. */
export function corruptEdit(
  name: string,
  edit: WrittenEdit,
  random: SeededRandom,
  before: readonly string[],
): CorruptReply | undefined {
  return corruptions[name]?.(edit, random, before);
}
