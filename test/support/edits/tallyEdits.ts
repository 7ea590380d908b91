// What becomes of many edits: each kind counted, and each misapplied one named so that it can be run again.
import { SeededRandom } from '../seededRandom.ts';
import { corruptEdit, corruptionNames } from './corruptEdit.ts';
import { type EditPair, inventEdit, isEdit } from './editPair.ts';
import { type FileStyle, fileStyles } from './fileStyle.ts';
import { judgeEdit, type Verdict } from './judgeEdit.ts';
import { packageFiles, pairsFromHistory, pairsFromPackages } from './realPairs.ts';
import { type RenderedDialect, renderedDialects, writeEdit } from './renderEdit.ts';
import { withTwin } from './twinPlace.ts';

type Kind = Verdict['kind'];

/** Of corrupted edits: those of a file in which one of the edited places is twice. */
const SHARE_OF_TWINS = 0.2;

export class EditTally {
  readonly counts: Record<Kind, number> = { applied: 0, refused: 0, misapplied: 0 };

  get total(): number {
    return this.counts.applied + this.counts.refused + this.counts.misapplied;
  }

  share(kind: Kind): number {
    return this.total === 0 ? 0 : this.counts[kind] / this.total;
  }
}

/** Where edits come from. `history` is empty outside of a git checkout and short in a shallow one. */
export interface EditSources {
  readonly history: readonly EditPair[];
  readonly packages: readonly EditPair[];
  /** An edit made up in a real file. */
  invent(random: SeededRandom): EditPair;
}

export function editSources(): EditSources {
  const files = packageFiles();
  const invent = (random: SeededRandom): EditPair => {
    for (;;) {
      const { file, lines } = random.pick(files);
      const pair = inventEdit(random, file, lines);
      if (isEdit(pair)) return pair;
    }
  };
  return { history: pairsFromHistory(), packages: pairsFromPackages(), invent };
}

/** An edit of any source; an empty source has none. */
export function pickPair({ history, packages, invent }: EditSources, random: SeededRandom): EditPair {
  const lists = [history, packages].filter(list => list.length > 0);
  return random.pick(lists[random.below(lists.length + 1)] ?? [invent(random)]);
}

export class EditReport {
  readonly byDialect = new Map(renderedDialects.map(dialect => [dialect, new EditTally()]));
  readonly byCorruption = new Map(corruptionNames.map(name => [name, new EditTally()]));
  readonly all = new EditTally();
  /** Each with what it takes to make it again. */
  readonly misapplied: string[] = [];
  readonly refusedWithoutReason: string[] = [];
  readonly refusedWithoutNearest: string[] = [];

  /** Judges `pair` as it is written down; `written` is the edit that its author had in mind, of a file that may hold less. */
  async judge(
    pair: EditPair,
    choice: { dialect: RenderedDialect; corruption: string; seed: number; style: FileStyle; contextLines?: number },
    written = pair,
  ): Promise<void> {
    const { dialect, corruption, seed, style, contextLines } = choice;
    const edit = writeEdit(written, dialect, contextLines);
    const reply = corruptEdit(corruption, edit, new SeededRandom(seed), pair.before);
    if (!reply) return;
    const verdict = await judgeEdit(pair, reply, style);
    for (const tally of [this.all, this.byDialect.get(dialect), this.byCorruption.get(corruption)])
      if (tally) tally.counts[verdict.kind]++;
    const name = `${dialect}, ${corruption}, ${style}, seed ${seed}: ${pair.name}`;
    if (verdict.kind === 'misapplied') this.misapplied.push(name);
    if (verdict.kind !== 'refused') return;
    if (verdict.reasons.length === 0 || verdict.reasons.includes('')) this.refusedWithoutReason.push(name);
    if (!verdict.hasNearest) this.refusedWithoutNearest.push(name);
  }
}

/** Every real pair in every dialect, the files kept in one style after the other. */
export async function tallyClean({ history, packages }: EditSources): Promise<EditReport> {
  const report = new EditReport();
  for (const [seed, pair] of [...history, ...packages].entries()) {
    const style = fileStyles[seed % fileStyles.length] ?? 'plain';
    for (const dialect of renderedDialects) await report.judge(pair, { dialect, corruption: 'clean', seed, style });
  }
  return report;
}

/** `count` corrupted edits from `firstSeed` on, from all sources in turn; what does not apply to an edit does not count. */
export async function tallyCorrupted(sources: EditSources, count: number, firstSeed: number): Promise<EditReport> {
  const corruptions = corruptionNames.filter(name => name !== 'clean');
  const report = new EditReport();
  for (let seed = firstSeed; report.all.total < count; seed++) {
    const random = new SeededRandom(seed);
    const pair = pickPair(sources, random);
    const style = random.chance(0.5) ? 'plain' : random.pick(fileStyles);
    const choice = { dialect: random.pick(renderedDialects), corruption: random.pick(corruptions), seed, style };
    const contextLines = random.pick([1, 2, 3, 3]);
    const hasTwin = choice.dialect !== 'wholeFile' && random.chance(SHARE_OF_TWINS);
    await report.judge(hasTwin ? withTwin(pair, random) : pair, { ...choice, contextLines }, pair);
  }
  return report;
}
