// A process that appends events to the run named on its command line until it is ended, or an append fails. Each line
// it prints is the number of an event whose append has returned; the last may be `error: <sentence>`. The message of
// each event is the hash of a content, in the mode `contents`.
import { writeSync } from 'node:fs';
import { systemClock } from '../../../src/base/clock.ts';
import { errorMessage } from '../../../src/base/errors.ts';
import { SqliteJournal } from '../../../src/journal/sqliteJournal.ts';
import { asRunId, warnedPayload } from '../../support/journalEvents.ts';

const [file = '', run = '', count = 'Infinity', mode = ''] = process.argv.slice(2);
const journal = new SqliteJournal({ file, clock: systemClock });
const runId = asRunId(run);
try {
  if (mode === 'lease') journal.acquire(runId);
  for (let appended = 0; appended < Number(count); appended += 1) {
    const message = mode === 'contents' ? journal.contents.put(`content ${appended}`) : 'x'.repeat(300);
    const event = journal.append(runId, warnedPayload(message), 'c');
    writeSync(1, `${event.seq}\n`);
  }
} catch (error) {
  writeSync(1, `error: ${errorMessage(error)}\n`);
}
await journal.dispose();
