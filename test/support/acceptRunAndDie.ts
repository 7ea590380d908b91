// node acceptRunAndDie.ts ROOT STEP: accepts the fixture's changes at the end of a run that is in a journal, and kills itself
// before the STEP-th change of the workspace, or, where there are fewer, when all are made and before the journal says so.
import path from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { SqliteJournal } from '../../src/journal/sqliteJournal.ts';
import type { ChangeSink } from '../../src/orchestrator/changeSink.ts';
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

if (process.argv[1] === import.meta.filename) await acceptAndDie(process.argv[2] ?? '', Number(process.argv[3]));

async function acceptAndDie(root: string, step: number): Promise<void> {
  const die = () => process.kill(process.pid, 'SIGKILL');
  const journal = new SqliteJournal({ file: path.join(root, 'trellis.db'), clock: systemClock });
  const { run, review } = new ReviewFixture(runChanges, { journal });
  const disk = await openSink(root, crashingCalls(step, die));
  const sink: ChangeSink = {
    apply: async (changes, options) => {
      const result = await disk.apply(changes, options);
      die();
      return result;
    },
  };
  const before = new Map(runChanges.map(change => [change.path, change.before]));
  const currentVersion = (file: string) => Promise.resolve(before.get(file));
  await acceptReview({ run, review, sink, currentVersion }, { signal: new AbortController().signal });
}
