import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { LogFile } from '../../../src/base/logFile.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const clock = { now: () => 0 };

describe('the log file', () => {
  const directory = useTemporaryDirectory();
  const file = () => path.join(directory(), 'log.jsonl');
  const open = (changes: Partial<ConstructorParameters<typeof LogFile>[0]> = {}) =>
    new LogFile({ file: file(), clock, onFailure: error => assert.fail(String(error)), ...changes });

  it('holds a line of JSON for each entry, in order, for its owner alone', async () => {
    const log = open();
    for (let number = 0; number < 500; number += 1) log.write({ level: 'info', message: 'state', fields: { number } });
    log.write({ level: 'trace', message: 'the whole prompt', fields: {} });
    await log.dispose();
    const lines = readFileSync(file(), 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { number: number });
    assert.deepEqual(lines[0], { at: '1970-01-01T00:00:00.000Z', level: 'info', message: 'state', number: 0 });
    assert.deepEqual(
      lines.map(line => line.number),
      Array.from({ length: 500 }, (_, index) => index),
    );
    assert.equal(statSync(file()).mode & 0o777, 0o600);
  });

  it('begins another file when one is full, and keeps three', async () => {
    for (let round = 0; round < 10; round += 1) {
      const log = open({ maxBytes: 1000 });
      for (let number = 0; number < 20; number += 1)
        log.write({ level: 'info', message: 'x'.repeat(30), fields: { round } });
      await log.dispose();
    }
    assert.deepEqual(readdirSync(directory()).sort(), ['log.jsonl', 'log.jsonl.1', 'log.jsonl.2']);
    assert.match(readFileSync(file(), 'utf8'), /"round":9/);
    assert.match(readFileSync(`${file()}.1`, 'utf8'), /"round":8/);
  });

  it('says once that it cannot be written, and keeps nobody from working', async () => {
    mkdirSync(file());
    const failures: unknown[] = [];
    const log = open({ onFailure: error => void failures.push(error) });
    log.write({ level: 'info', message: 'one', fields: {} });
    await log.dispose();
    log.write({ level: 'info', message: 'two', fields: {} });
    await log.dispose();
    assert.equal(failures.length, 1);
  });

  it('takes lines of two processes', async () => {
    const [first, second] = [open(), open()];
    for (const log of [first, second]) log.write({ level: 'info', message: 'hello', fields: {} });
    await Promise.all([first.dispose(), second.dispose()]);
    assert.equal(readFileSync(file(), 'utf8').trimEnd().split('\n').length, 2);
  });
});
