import assert from 'node:assert/strict';
import { StorageError } from '../../src/base/errors.ts';
import { hashContent } from '../../src/journal/contentHash.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { asRunId, endedPayload, resumedPayload, startedPayload, warnedPayload } from './journalEvents.ts';

/** What every journal promises; `open` makes an empty one. */
export function describeJournal(open: (options: { clock: { now(): number } }) => Journal): void {
  const runId = asRunId('run_1');
  let now: number;
  let journal: Journal;

  beforeEach(() => {
    now = 1000;
    journal = open({ clock: { now: () => now } });
  });
  afterEach(() => journal.dispose());

  it('numbers and stamps the events of each run apart', () => {
    const first = journal.append(runId, startedPayload('one'), 'c1');
    now = 2000;
    const second = journal.append(runId, warnedPayload('careful'), 'c2');
    const other = journal.append(asRunId('run_2'), startedPayload('two'), 'c3');
    assert.deepEqual([first.seq, first.at, first.correlationId], [1, 1000, 'c1']);
    assert.deepEqual([second.seq, second.at, second.correlationId], [2, 2000, 'c2']);
    assert.deepEqual([other.seq, other.runId], [1, 'run_2']);
  });

  it('reads back exactly what was appended, from any number on', () => {
    const events = [
      journal.append(runId, startedPayload('one'), 'c'),
      journal.append(runId, warnedPayload('ünïcode \u0000 "quoted"'), 'c'),
      journal.append(runId, endedPayload(), 'c'),
    ];
    assert.deepEqual(journal.read(runId), events);
    assert.deepEqual(journal.read(runId, 2), events.slice(2));
    assert.deepEqual(journal.read(runId, 3), []);
    assert.deepEqual(journal.read(asRunId('run_unknown')), []);
  });

  it('refuses an event that does not keep the schema, and stores nothing of it', () => {
    assert.throws(() => journal.append(runId, { ...warnedPayload('x'), extra: 1 } as never, 'c'));
    assert.deepEqual(journal.read(runId), []);
  });

  it('lists runs, newest first, with how they ended', () => {
    journal.append(runId, startedPayload('one'), 'c');
    now = 2000;
    journal.append(asRunId('run_2'), startedPayload('two'), 'c');
    journal.append(asRunId('run_2'), warnedPayload('careful'), 'c');
    now = 3000;
    journal.append(runId, endedPayload(), 'c');
    assert.deepEqual(journal.runs(), [
      { runId: 'run_2', title: 'two', startedAt: 2000, events: 2 },
      { runId: 'run_1', title: 'one', startedAt: 1000, events: 2, endedAt: 3000, outcome: 'applied' },
    ]);
    journal.append(runId, resumedPayload, 'c');
    journal.append(runId, warnedPayload('careful'), 'c');
    assert.deepEqual(journal.runs()[1], { runId: 'run_1', title: 'one', startedAt: 1000, events: 4 }, 'it goes on');
  });

  it('reads the calls of all runs since a time, and on from where it was', () => {
    const call = (exchangeId: string) =>
      ({ type: 'model.failed', exchangeId, message: 'm', willRetry: false }) as const;
    journal.append(runId, startedPayload('one'), 'c');
    journal.append(runId, call('early'), 'c');
    now = 2000;
    const events = [journal.append(asRunId('run_2'), call('first'), 'c'), journal.append(runId, call('second'), 'c')];
    const { events: read, position } = journal.readCalls(2000, 0);
    assert.deepEqual(read, events);
    journal.append(runId, warnedPayload('no call'), 'c');
    const late = journal.append(runId, call('third'), 'c');
    const next = journal.readCalls(2000, position);
    assert.deepEqual(next.events, [late]);
    assert.deepEqual(journal.readCalls(2000, next.position), { events: [], position: next.position });
  });

  it('keeps content by its hash, text as UTF-8', () => {
    const hash = journal.contents.put('häßlich');
    assert.equal(hash, hashContent(Buffer.from('häßlich', 'utf8')));
    assert.equal(journal.contents.put(Buffer.from('häßlich')), hash);
    assert.equal(Buffer.from(journal.contents.get(hash) ?? []).toString('utf8'), 'häßlich');
    assert.equal(journal.contents.get(hashContent('never stored')), undefined);
    assert.equal(journal.contents.get(journal.contents.put(new Uint8Array()))?.length, 0);
  });

  it('keeps memos by their key, the last of each', () => {
    const { memos } = journal;
    assert.equal(memos.get('key'), undefined);
    memos.put('key', 'one');
    memos.put('key', 'two ✓');
    memos.put('other', '');
    assert.deepEqual([memos.get('key'), memos.get('other')], ['two ✓', '']);
  });

  it('leases a run to one writer at a time', () => {
    const lease = journal.acquire(runId);
    assert.throws(() => journal.acquire(runId), StorageError);
    journal.append(runId, startedPayload('one'), 'c');
    void lease.dispose();
    void journal.acquire(runId).dispose();
  });

  it('syncs when it is empty and when it is not', async () => {
    await journal.sync();
    journal.append(runId, startedPayload('one'), 'c');
    await Promise.all([journal.sync(), journal.sync(), journal.sync()]);
  });
}
