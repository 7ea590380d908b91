import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { openWorkspaceSink } from '../../../src/app/workspaceSink.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { SqliteJournal } from '../../../src/journal/sqliteJournal.ts';
import { JournaledRun } from '../../../src/orchestrator/journaledRun.ts';
import { settleAccept } from '../../../src/orchestrator/review/settleAccept.ts';
import { projectBefore } from '../../support/acceptFixture.ts';
import { runChanges } from '../../support/acceptRunAndDie.ts';
import { ReviewFixture } from '../../support/reviewFixture.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { snapshotTree, writeTree } from '../../support/treeSnapshot.ts';

const { 'deleted.ts': _, ...untouched } = projectBefore;
const projectAfter = { ...untouched, 'edited.ts': 'one\nTWO\nthree\n', 'new/added.ts': 'added\n' };

describe('a run whose process is killed while its changes are applied', function () {
  this.timeout(120_000);
  const directory = useTemporaryDirectory();
  const project = () => path.join(directory(), 'project');

  /** What the next start of the command line does first. */
  async function start(): Promise<{ readonly isApplied: boolean; readonly wasSettled: boolean }> {
    const storage = path.join(directory(), 'storage');
    const { lastAccept } = await openWorkspaceSink(project(), storage, systemClock);
    const journal = new SqliteJournal({ file: path.join(directory(), 'trellis.db'), clock: systemClock });
    try {
      const wasSettled = lastAccept !== undefined && (await settleAccept(journal, lastAccept, silentLogger));
      const { state } = JournaledRun.reopen(journal, ReviewFixture.runId, silentLogger);
      assert.equal(state.end?.outcome, state.applied && 'applied');
      if (state.applied)
        assert.deepEqual(
          state.applied.map(change => change.path),
          runChanges.map(change => change.path),
        );
      return { isApplied: state.applied !== undefined, wasSettled };
    } finally {
      await journal.dispose();
    }
  }

  it('has all of them or none after the next start, and its journal says which', async () => {
    const script = path.join(import.meta.dirname, '../../support/acceptRunAndDie.ts');
    const seen = { all: 0, none: 0 };
    for (const step of [1, 6, 9, 12, 15, 18, 20, 22, 24, 26, 28, 30, 1_000]) {
      for (const name of ['project', 'storage', 'trellis.db', 'trellis.db-wal', 'trellis.db-shm'])
        rmSync(path.join(directory(), name), { recursive: true, force: true });
      writeTree(project(), projectBefore);
      const { signal, stderr } = spawnSync(process.execPath, [script, directory(), String(step)], { encoding: 'utf8' });
      assert.equal(signal, 'SIGKILL', `step ${step}: ${stderr}`);
      const { isApplied, wasSettled } = await start();
      assert.deepEqual(snapshotTree(project()), isApplied ? projectAfter : projectBefore, `step ${step}`);
      assert.equal(wasSettled, isApplied);
      assert.deepEqual(await start(), { isApplied, wasSettled: false }, 'and says it once');
      seen[isApplied ? 'all' : 'none']++;
    }
    assert.ok(seen.all > 0 && seen.none > 5, JSON.stringify(seen));
  });
});
