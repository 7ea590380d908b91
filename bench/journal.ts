// For how long one append to a large journal holds up its thread: 100,000 events, each with a content of its own, as fast as
// they can be written.   node bench/journal.ts
import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../src/base/clock.ts';
import { runIdSchema } from '../src/domain/schema/ids.ts';
import { SqliteJournal } from '../src/journal/sqliteJournal.ts';
import { scheduled } from './scheduled.ts';

const limitMs = 50;
const events = 100_000;
const eventsPerRun = 1000;
/** As many events at a time as a model call and what its agent does with the answer make. */
const eventsAtOnce = 10;
const text = 'export const value = compute(1); // of this module\n'.repeat(80);

/** Milliseconds of each append with its content, without those in which others had the processor, in order of size. */
async function timeAppends(journal: SqliteJournal): Promise<number[]> {
  const times: number[] = [];
  for (let event = 0; event < events; event += 1) {
    const { waitedMs } = scheduled();
    const start = performance.now();
    const message = journal.contents.put(`${event}\n${text}`);
    journal.append(
      runIdSchema.parse(`run_${Math.floor(event / eventsPerRun)}`),
      { type: 'run.warned', message },
      `c_${event}`,
    );
    const tookMs = performance.now() - start;
    times.push(tookMs - (scheduled().waitedMs - waitedMs));
    if (event % eventsAtOnce === 0) await journal.sync();
  }
  return times.sort((one, other) => one - other);
}

const directory = await mkdtemp(path.join(tmpdir(), 'bench-journal-'));
const file = path.join(directory, 'journal.db');
const journal = new SqliteJournal({ file, clock: systemClock });
try {
  const times = await timeAppends(journal);
  const ms = (share: number) => `${(times[Math.ceil(share * times.length) - 1] ?? NaN).toFixed(2)} ms`;
  console.table({
    'size of the journal': `${Math.round(statSync(file).size / 1e6)} MB`,
    'an append, median': ms(0.5),
    'an append, 99.9th percentile': ms(0.999),
    'the longest of 100,000': ms(1),
  });
  if (!((times.at(-1) ?? NaN) <= limitMs)) {
    console.error('Missed:', { limitMs });
    process.exitCode = 1;
  }
} finally {
  await journal.dispose();
  await rm(directory, { recursive: true });
}
