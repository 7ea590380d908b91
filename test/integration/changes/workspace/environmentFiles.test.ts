import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readEnvironmentFiles } from '../../../../src/changes/workspace/environmentFiles.ts';
import { useTemporaryDirectory } from '../../../support/temporaryDirectory.ts';

describe('readEnvironmentFiles', () => {
  const directory = useTemporaryDirectory();
  const signal = new AbortController().signal;
  const read = () => readEnvironmentFiles(path.join(directory(), 'project'), { signal });

  function write(name: string, text: string): void {
    const place = path.join(directory(), name);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
  }

  it('reads environment files, also of folders, and no samples, packages or other files', async () => {
    write('project/.env', 'A=1');
    write('project/apps/web/.env.local', 'B=2');
    write('project/deploy/production.env', 'C=3');
    for (const name of ['.env.example', 'node_modules/p/.env', 'settings.txt', 'a/b/c/d/.env'])
      write(`project/${name}`, 'X=0');
    assert.deepEqual([...(await read())].sort(), ['A=1', 'B=2', 'C=3']);
  });

  it('follows no links, passes over what it may not read, and reads 64 KB of 20 files at most', async () => {
    write('elsewhere/.env', 'SECRET=of another');
    write('project/big.env', 'x'.repeat(200_000));
    write('project/closed.env', 'CLOSED=1');
    chmodSync(path.join(directory(), 'project/closed.env'), 0o000);
    symlinkSync('../elsewhere/.env', path.join(directory(), 'project/.env'));
    symlinkSync('../elsewhere', path.join(directory(), 'project/linked'));
    const texts = await read();
    assert.ok(texts.every(text => !text.includes('of another')));
    assert.equal(Math.max(...texts.map(text => text.length)), 65_536);
    for (let number = 0; number < 40; number += 1) write(`project/stage-${number}.env`, 'A=1');
    assert.equal((await read()).length, 20);
  });

  it('finds nothing where there is nothing', async () => {
    assert.deepEqual(await read(), []);
  });
});
