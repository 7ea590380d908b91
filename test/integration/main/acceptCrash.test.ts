import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { openWorkspaceSink } from '../../../src/app/workspaceSink.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { SqliteJournal } from '../../../src/journal/sqliteJournal.ts';
import { JournaledRun } from '../../../src/orchestrator/journaledRun.ts';
import { settleChanges } from '../../../src/orchestrator/review/settleChanges.ts';
import { projectBefore } from '../../support/acceptFixture.ts';
import { runChanges } from '../../support/acceptRunAndDie.ts';
import { ReviewFixture } from '../../support/reviewFixture.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { snapshotTree, writeTree } from '../../support/treeSnapshot.ts';

const { 'deleted.ts': _, ...untouched } = projectBefore;
const projectAfter = { ...untouched, 'edited.ts': 'one\nTWO\nthree\n', 'new/added.ts': 'added\n' };

describe('a run whose process is killed', function () {
  this.timeout(120_000);
  const directory = useTemporaryDirectory();
  const project = () => path.join(directory(), 'project');
  const title = '“Do it”';

  /** What the next start of the command line does first. */
  async function start() {
    const storage = path.join(directory(), 'storage');
    const { found } = await openWorkspaceSink(project(), storage, systemClock);
    const journal = new SqliteJournal({ file: path.join(directory(), 'trellis.db'), clock: systemClock });
    try {
      const messages = (await settleChanges(journal, found, silentLogger)).map(({ message }) => message);
      const { applied, end, warnings } = JournaledRun.reopen(journal, ReviewFixture.runId, silentLogger).state;
      if (applied)
        assert.deepEqual(
          applied.map(change => change.path),
          runChanges.map(change => change.path),
        );
      return { messages, isApplied: applied !== undefined, end: end && { [end.outcome]: end.message }, warnings };
    } finally {
      await journal.dispose();
    }
  }

  function killAt(kind: 'accept' | 'revert', step: number): void {
    for (const name of ['project', 'storage', 'trellis.db', 'trellis.db-wal', 'trellis.db-shm'])
      rmSync(path.join(directory(), name), { recursive: true, force: true });
    writeTree(project(), projectBefore);
    const script = path.join(import.meta.dirname, '../../support/acceptRunAndDie.ts');
    const { signal, stderr } = spawnSync(process.execPath, [script, kind, directory(), String(step)], {
      encoding: 'utf8',
    });
    assert.equal(signal, 'SIGKILL', `step ${step}: ${stderr}`);
  }

  it('has all of its changes in the files or none after the next start, and its journal says which', async () => {
    const seen = { before: 0, cutShort: 0, made: 0 };
    for (const step of [1, 6, 9, 12, 15, 18, 20, 22, 24, 26, 28, 30, 1_000]) {
      killAt('accept', step);
      const { messages, isApplied, end } = await start();
      assert.deepEqual(snapshotTree(project()), isApplied ? projectAfter : projectBefore, `step ${step}`);
      const cutShort = `Applying ${title} was cut short when Trellis ended, so none of it is in your files; review the changes to apply them again.`;
      if (isApplied) {
        seen.made++;
        assert.deepEqual(messages, [`All of ${title} is in your files; Trellis ended before it could say so.`]);
        assert.deepEqual(end, { applied: '3 files changed; Trellis ended before it could say so.' });
      } else if (messages.length > 0) {
        seen.cutShort++;
        assert.deepEqual({ messages, end }, { messages: [cutShort], end: { failed: cutShort } });
      } else {
        seen.before++;
        assert.equal(end, undefined, 'the files were not touched yet');
      }
      assert.deepEqual((await start()).messages, [], 'and says it once');
    }
    assert.ok(seen.before > 0 && seen.cutShort > 3 && seen.made > 0, JSON.stringify(seen));
  });

  it('has all of its changes taken back or none after the next start, and its journal says which', async () => {
    const seen = { before: 0, cutShort: 0, made: 0 };
    for (const step of [1, 6, 9, 12, 15, 18, 20, 22, 24, 26, 28, 30, 1_000]) {
      killAt('revert', step);
      const { messages, isApplied, warnings } = await start();
      assert.deepEqual(snapshotTree(project()), isApplied ? projectAfter : projectBefore, `step ${step}`);
      const cutShort = `Taking back ${title} was cut short when Trellis ended, so all of it is still in your files; revert the run again to take it back.`;
      if (!isApplied) {
        seen.made++;
        assert.deepEqual(messages, [`${title} is taken back as a whole; Trellis ended before it could say so.`]);
      } else if (messages.length > 0) {
        seen.cutShort++;
        assert.deepEqual({ messages, warnings }, { messages: [cutShort], warnings: [cutShort] });
      } else {
        seen.before++;
      }
      assert.deepEqual((await start()).messages, [], 'and says it once');
    }
    assert.ok(seen.before > 0 && seen.cutShort > 3 && seen.made > 0, JSON.stringify(seen));
  });
});
