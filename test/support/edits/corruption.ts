import type { SeededRandom } from '../seededRandom.ts';
import { renderEdit, sideOf, type WrittenEdit, type WrittenHunk } from './renderEdit.ts';

export interface CorruptReply {
  readonly text: string;
  /** How the result may differ from the one that was meant: not at all, in spacing and punctuation, or only by missing edits. */
  readonly tolerance: 'none' | 'spelling' | 'fewerHunks';
}

/** Undefined: it does not apply to the edit. */
export type Corruption = (
  edit: WrittenEdit,
  random: SeededRandom,
  before: readonly string[],
) => CorruptReply | undefined;

/** Changes one hunk of an edit; undefined: there is nothing to corrupt in that way. */
export const onHunk =
  (
    change: (hunk: WrittenHunk, random: SeededRandom, before: readonly string[]) => WrittenHunk | undefined,
    tolerance: CorruptReply['tolerance'] = 'none',
  ): Corruption =>
  (edit, random, before) => {
    if (edit.hunks.length === 0) return undefined;
    const index = random.below(edit.hunks.length);
    const hunk = edit.hunks[index];
    const changed = hunk && change(hunk, random, before);
    if (!changed || namesAnotherPlace(changed, hunk, before)) return undefined;
    return corrupted(edit, renderEdit({ ...edit, hunks: edit.hunks.with(index, changed) }), tolerance);
  };

/** Changes the text of an edit as a whole. */
export const onText =
  (
    change: (text: string, random: SeededRandom, edit: WrittenEdit) => string | undefined,
    tolerance: CorruptReply['tolerance'] = 'none',
  ): Corruption =>
  (edit, random) => {
    const text = change(renderEdit(edit), random, edit);
    return text === undefined ? undefined : corrupted(edit, text, tolerance);
  };

/** What is still as it was is not corrupted. */
function corrupted(edit: WrittenEdit, text: string, tolerance: CorruptReply['tolerance']): CorruptReply | undefined {
  return text === renderEdit(edit) ? undefined : { text, tolerance };
}

/** An edit whose old lines are, to the letter, those of another place and not of its own is a sound edit of that place. */
function namesAnotherPlace(changed: WrittenHunk, hunk: WrittenHunk, before: readonly string[]): boolean {
  const old = sideOf(changed, 'old');
  const start = hunk.oldStart - 1;
  const reach = sideOf(hunk, 'old').length;
  let elsewhere = 0;
  for (let at = before.indexOf(old[0] ?? ''); at !== -1 && old.length > 0; at = before.indexOf(old[0] ?? '', at + 1)) {
    if (!old.every((line, offset) => before[at + offset] === line)) continue;
    if (at >= start && at + old.length <= start + reach) return false;
    elsewhere++;
  }
  return elsewhere > 0;
}
