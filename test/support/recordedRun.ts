import { silentLogger } from '../../src/base/logger.ts';
import type { RunEventOf } from '../../src/domain/schema/events.ts';
import { runIdSchema } from '../../src/domain/schema/ids.ts';
import { MemoryJournal } from '../../src/journal/memoryJournal.ts';
import { JournaledRun } from '../../src/orchestrator/journaledRun.ts';
import { RecordingObserver } from '../../src/orchestrator/observed/observer.ts';

/** A run in memory that records what it sees of the world. */
export function recordedRun() {
  const journal = new MemoryJournal({ clock: { now: () => 7 } });
  const runId = runIdSchema.parse('run_test');
  const run = new JournaledRun(journal, runId, silentLogger);
  return {
    run,
    observer: new RecordingObserver(run),
    /** What was seen so far, each with what is kept of it. */
    seen: () =>
      journal
        .read(runId)
        .filter((event): event is RunEventOf<'world.observed'> => event.type === 'world.observed')
        .map(({ what, subject, valueHash }) => ({
          what,
          subject,
          kept: JSON.parse(Buffer.from(journal.contents.get(valueHash) ?? '').toString()) as unknown,
        })),
  };
}
