import assert from 'node:assert/strict';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../../src/base/clock.ts';
import type { Logger } from '../../../src/base/logger.ts';
import { SqliteJournal } from '../../../src/journal/sqliteJournal.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const dayMs = 24 * 3_600_000;

describe('memos on SQLite', () => {
  const directory = useTemporaryDirectory();
  const file = () => path.join(directory(), 'trellis.db');
  const open = (now: number) => new SqliteJournal({ file: file(), clock: { now: () => now } });
  const query = (sql: string) => {
    const database = new DatabaseSync(file());
    const rows = database.prepare(sql).all();
    database.close();
    return rows.map(row => Object.values(row)[0]);
  };

  it('are given for 90 days, and deleted when the journal is opened after that', async () => {
    const first = open(0);
    first.memos.put('old', 'value');
    first.memos.put('written again', 'value');
    await first.dispose();
    const second = open(30 * dayMs);
    second.memos.put('written again', 'another');
    await second.dispose();
    const third = open(90 * dayMs - 1);
    assert.equal(third.memos.get('old'), 'value');
    await third.dispose();
    const fourth = open(90 * dayMs);
    assert.equal(fourth.memos.get('old'), undefined);
    assert.equal(fourth.memos.get('written again'), 'another');
    await fourth.dispose();
    assert.deepEqual(query('SELECT key FROM memo'), ['written again']);
  });

  it('are no more than 20,000, the last, which is seen to a part at a time', async () => {
    await open(0).dispose();
    query(`INSERT INTO memo WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 20800)
           SELECT 'key ' || n, 'value', 0 FROM number`);
    await open(1).dispose();
    assert.deepEqual(query('SELECT count(*) FROM memo'), [20_300]);
    await open(1).dispose();
    const last = open(1);
    assert.equal(last.memos.get('key 800'), undefined);
    assert.equal(last.memos.get('key 801'), 'value');
    await last.dispose();
    assert.deepEqual(query('SELECT count(*) FROM memo'), [20_000]);
  });

  it('that cannot be deleted are logged, and keep nobody from the journal', async () => {
    const first = open(0);
    first.memos.put('old', 'value');
    await first.dispose();
    query("CREATE TRIGGER keep BEFORE DELETE ON memo BEGIN SELECT raise(ABORT, 'they stay'); END");
    const lines: unknown[] = [];
    const logger: Logger = { log: (...line) => lines.push(line), child: () => logger };
    const journal = new SqliteJournal({ file: file(), clock: systemClock, logger });
    assert.deepEqual(lines, [['warn', 'old memos not deleted', { reason: 'they stay' }]]);
    await journal.dispose();
  });
});
