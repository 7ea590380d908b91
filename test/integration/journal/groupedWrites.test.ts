import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { StorageError } from '../../../src/base/errors.ts';
import { GroupedWrites } from '../../../src/journal/groupedWrites.ts';

describe('writes in groups', () => {
  let database: DatabaseSync;
  let writes: GroupedWrites;
  const insert = (value: string) => database.prepare('INSERT INTO t VALUES (?)').run(value);
  const stored = () =>
    database
      .prepare('SELECT x FROM t')
      .all()
      .map(row => row['x']);

  beforeEach(() => {
    database = new DatabaseSync(':memory:');
    database.exec("CREATE TABLE t (x TEXT CHECK (x <> 'wrong')) STRICT");
    writes = new GroupedWrites(database, work => work());
  });

  it('writes what waits before the next work, in its transaction', () => {
    writes.add(() => insert('waiting'), 7);
    assert.deepEqual(stored(), []);
    const result = writes.run(() => insert('work').changes);
    assert.equal(result, 1);
    assert.deepEqual(stored(), ['waiting', 'work']);
    writes.run(() => insert('more'));
    assert.deepEqual(stored(), ['waiting', 'work', 'more']);
  });

  it('writes nothing of a transaction that fails, and what waited with the next', () => {
    writes.add(() => insert('waiting'), 7);
    assert.throws(() => writes.run(() => insert('wrong')), /CHECK constraint failed/);
    assert.deepEqual(stored(), []);
    writes.run(() => insert('right'));
    assert.deepEqual(stored(), ['waiting', 'right']);
  });

  it('goes on when SQLite itself has taken a transaction back', () => {
    database.exec('PRAGMA max_page_count = 10');
    writes.add(() => insert('waiting'), 7);
    assert.throws(() => writes.run(() => insert('x'.repeat(100_000))), /database or disk is full/);
    database.exec('PRAGMA max_page_count = 1000');
    writes.flush();
    assert.deepEqual(stored(), ['waiting']);
  });

  it('lets no more wait than a megabyte, and a larger row not at all', () => {
    writes.add(() => insert('first'), 600_000);
    writes.add(() => insert('second'), 600_000);
    assert.deepEqual(stored(), ['first']);
    writes.add(() => insert('large'), 2_000_000);
    assert.deepEqual(stored(), ['first', 'second', 'large']);
    assert.throws(() => writes.add(() => insert('wrong'), 2_000_000), /CHECK constraint failed/);
    writes.flush();
    assert.deepEqual(stored(), ['first', 'second', 'large']);
  });

  it('takes nothing more when the database is closed', () => {
    database.close();
    assert.throws(() => writes.add(() => undefined, 1), StorageError);
  });
});
