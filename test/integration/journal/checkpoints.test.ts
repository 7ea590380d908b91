import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../../src/base/clock.ts';
import { Checkpoints } from '../../../src/journal/checkpoints.ts';
import { SqliteJournal } from '../../../src/journal/sqliteJournal.ts';
import { asRunId, warnedPayload } from '../../support/journalEvents.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

/** Does `work` a hundred times, and again until it has come to what is asked; others have a turn in between. */
async function until(isSo: () => boolean, work: () => void): Promise<void> {
  do {
    for (let time = 0; time < 100; time += 1) work();
    await wait(5);
  } while (!isSo());
}

describe('checkpoints of the journal', () => {
  const directory = useTemporaryDirectory();
  const file = () => path.join(directory(), 'trellis.db');

  it('bring the log into the database while it is written, again and again', async () => {
    const journal = new SqliteJournal({ file: file(), clock: systemClock });
    const runId = asRunId('run_1');
    const size = () => statSync(file()).size;
    for (let round = 1; round <= 3; round += 1) {
      const before = size();
      await until(
        () => size() > before,
        () => journal.append(runId, warnedPayload('x'.repeat(1000)), 'c'),
      );
    }
    const { length } = journal.read(runId);
    await journal.dispose();
    const again = new SqliteJournal({ file: file(), clock: systemClock });
    assert.equal(again.read(runId).length, length);
    await again.dispose();
  });

  it('are tried again when one failed, and say why', async () => {
    writeFileSync(file(), 'this is not a database. '.repeat(500));
    const problems: unknown[] = [];
    const checkpoints = new Checkpoints(file(), error => problems.push(error));
    await until(
      () => problems.length > 1,
      () => checkpoints.appended(),
    );
    await checkpoints.dispose();
    assert.match(String(problems[1]), /file is not a database/);
  });
});
