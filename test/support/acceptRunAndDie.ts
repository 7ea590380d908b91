// node acceptRunAndDie.ts accept|revert ROOT STEP: accepts the fixture's changes at the end of a run that is in a journal, or takes
// them back, and kills itself before the STEP-th change of the workspace, or, where there are fewer, when all are made and
// before the journal says so.
import path from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { SqliteJournal } from '../../src/journal/sqliteJournal.ts';
import type { RevertingSink } from '../../src/orchestrator/changeSink.ts';
import { revertRun } from '../../src/orchestrator/revertRun.ts';
import { acceptReview } from '../../src/orchestrator/review/acceptReview.ts';
import { openSink, projectBefore } from './acceptFixture.ts';
import { crashingCalls } from './crashingCalls.ts';
import { ReviewFixture } from './reviewFixture.ts';
import { stagedChange } from './stagedChange.ts';

/** The changes of the run. */
export const runChanges = [
  stagedChange('deleted.ts', projectBefore['deleted.ts'], undefined),
  stagedChange('edited.ts', projectBefore['edited.ts'], 'one\nTWO\nthree\n'),
  stagedChange('new/added.ts', undefined, 'added\n'),
];

const options = { signal: new AbortController().signal };

if (process.argv[1] === import.meta.filename) {
  const [, , kind, root = '', step] = process.argv;
  await (kind === 'revert' ? revertAndDie : acceptAndDie)(root, Number(step));
}

async function acceptAndDie(root: string, step: number): Promise<void> {
  await accept(root, await dyingSink(root, step));
}

async function revertAndDie(root: string, step: number): Promise<void> {
  const run = await accept(root, await openSink(root));
  run.append({ type: 'run.ended', outcome: 'applied', message: '3 files changed.' });
  await revertRun(run, await dyingSink(root, step), options);
}

async function accept(root: string, sink: RevertingSink) {
  const journal = new SqliteJournal({ file: path.join(root, 'trellis.db'), clock: systemClock });
  const { run, review } = new ReviewFixture(runChanges, { journal });
  const before = new Map(runChanges.map(change => [change.path, change.before]));
  const currentVersion = (file: string) => Promise.resolve(before.get(file));
  await acceptReview({ run, review, sink, currentVersion }, options);
  return run;
}

/** A sink that dies when it is done at the latest. */
async function dyingSink(root: string, step: number): Promise<RevertingSink> {
  const die = () => process.kill(process.pid, 'SIGKILL');
  const disk = await openSink(root, crashingCalls(step, die));
  return {
    apply: (...parameters) => disk.apply(...parameters).finally(die),
    revert: (...parameters) => disk.revert(...parameters).finally(die),
  };
}
