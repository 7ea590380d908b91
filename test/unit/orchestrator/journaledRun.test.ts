import assert from 'node:assert/strict';
import sinon from 'sinon';
import { StorageError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { MemoryJournal } from '../../../src/journal/memoryJournal.ts';
import { JournaledRun } from '../../../src/orchestrator/journaledRun.ts';
import { asRunId } from '../../support/journalEvents.ts';

describe('a journaled run', () => {
  /** A run whose syncs end when and how the test says. */
  function openRun() {
    const journal = new MemoryJournal({ clock: { now: () => 0 } });
    const syncs: PromiseWithResolvers<void>[] = [];
    sinon.stub(journal, 'sync').callsFake(() => {
      const sync = Promise.withResolvers<void>();
      syncs.push(sync);
      return sync.promise;
    });
    return { run: new JournaledRun(journal, asRunId('run_1'), silentLogger), syncs };
  }

  it('waits in a sync for those that were begun before it', async () => {
    const { run, syncs } = openRun();
    run.syncSoon();
    run.syncSoon();
    const done: string[] = [];
    const synced = run.sync().then(() => done.push('sync'));
    syncs[2]?.resolve();
    syncs[1]?.resolve();
    await new Promise(setImmediate);
    assert.deepEqual(done, []);
    syncs[0]?.resolve();
    await synced;
    assert.deepEqual(done, ['sync']);
  });

  it('tells the next sync, and only that, of one that failed while nobody waited', async () => {
    const { run, syncs } = openRun();
    run.syncSoon();
    run.syncSoon();
    syncs[0]?.reject(new StorageError('The disk is broken.'));
    syncs[1]?.resolve();
    await new Promise(setImmediate);
    const failing = run.sync();
    syncs[2]?.resolve();
    await assert.rejects(failing, /The disk is broken/);
    const sound = run.sync();
    syncs[3]?.resolve();
    await sound;
  });
});
