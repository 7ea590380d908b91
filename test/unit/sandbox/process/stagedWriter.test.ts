import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { AbortError, ValidationError } from '../../../../src/base/errors.ts';
import { writeStagedChanges } from '../../../../src/sandbox/process/stagedWriter.ts';
import type { StagedTree } from '../../../../src/sandbox/sandbox.ts';
import { neverAborted, staged, writeFiles } from '../../../support/sandbox.ts';
import { useTemporaryDirectory } from '../../../support/temporaryDirectory.ts';

describe('writeStagedChanges', () => {
  const outside = useTemporaryDirectory();
  const root = () => path.join(outside(), 'root');
  const copy = () => path.join(outside(), 'copy');
  const write = (changes: StagedTree['changes'], signal = neverAborted()) =>
    writeStagedChanges(copy(), { root: root(), changes }, { signal });
  const read = (name: string) => readFileSync(path.join(copy(), name), 'utf8');

  beforeEach(() => {
    for (const folder of [root(), copy()]) mkdirSync(folder);
  });

  it('makes folders, replaces files, and sets whether they can be run', async () => {
    writeFiles(copy(), { 'a.txt': 'old' });
    await write(
      new Map([
        ...staged({ 'a.txt': 'new', 'b/c/d.txt': 'deep' }),
        ['run', { content: Buffer.from([0xff, 0]), isExecutable: true }],
      ]),
    );
    assert.deepEqual([read('a.txt'), read('b/c/d.txt')], ['new', 'deep']);
    assert.deepEqual(readFileSync(path.join(copy(), 'run')), Buffer.from([0xff, 0]));
    assert.deepEqual(
      ['a.txt', 'run'].map(name => statSync(path.join(copy(), name)).mode & 0o777),
      [0o644, 0o755],
    );
  });

  it('deletes before it writes, whatever the order, and does not mind what is gone', async () => {
    writeFiles(copy(), { file: '', 'folder/inner': '' });
    await write(staged({ 'file/inner': 'a', folder: 'b', file: null, 'folder/inner': null, 'never/there': null }));
    assert.deepEqual([read('file/inner'), read('folder')], ['a', 'b']);
    assert.deepEqual(readdirSync(copy()).sort(), ['file', 'folder']);
  });

  it('follows links that stay in the workspace to the real folder', async () => {
    for (const folder of [root(), copy()]) {
      mkdirSync(path.join(folder, 'real'));
      symlinkSync('real', path.join(folder, 'alias'));
    }
    await write(staged({ 'alias/deep/a.txt': 'a' }));
    assert.equal(read('real/deep/a.txt'), 'a');
  });

  it('refuses a link that leaves the workspace, now or by the time of writing', async () => {
    const target = path.join(outside(), 'target');
    mkdirSync(target);
    symlinkSync(target, path.join(root(), 'out'));
    symlinkSync(target, path.join(copy(), 'late'));
    symlinkSync(path.join(target, 'file'), path.join(copy(), 'file'));
    for (const name of ['out/a', 'out/deep/a', 'late/a']) {
      await assert.rejects(write(staged({ [name]: 'x' })), ValidationError, name);
      await assert.rejects(write(staged({ [name]: null })), ValidationError, name);
    }
    await write(staged({ file: 'x' }));
    assert.equal(read('file'), 'x');
    assert.deepEqual(readdirSync(target), []);
  });

  it('refuses a folder with files in it, and a file in the place of a folder', async () => {
    writeFiles(copy(), { 'folder/inner': '', file: '' });
    await assert.rejects(write(staged({ folder: 'x' })), /is a folder in the workspace/);
    await assert.rejects(write(staged({ 'file/inner': 'x' })), /goes through a file or a link/);
  });

  it('refuses paths that are none of a workspace', async () => {
    for (const name of ['', '/a', '../a', 'a/../../b', '.git/config', 'a\0b', 'a/']) {
      await assert.rejects(write(staged({ [name]: 'x' })), ValidationError, name);
    }
  });

  it('stops on abort', async () => {
    await assert.rejects(write(staged({ a: 'x' }), AbortSignal.abort()), AbortError);
    assert.deepEqual(readdirSync(copy()), []);
  });
});
