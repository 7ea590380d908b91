import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StorageError } from '../../../src/base/errors.ts';
import { prepareStorageDirectory } from '../../../src/journal/storageDirectory.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

describe('the storage folder of a workspace', () => {
  const workspace = useTemporaryDirectory();

  it("stays out of the user's repository, except the configuration", async () => {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: workspace(), encoding: 'utf8' });
    git('init', '-q');
    const directory = await prepareStorageDirectory(workspace());
    writeFileSync(path.join(directory, 'trellis.db'), '');
    assert.equal(git('status', '--porcelain'), '');
    writeFileSync(path.join(directory, 'config.yml'), '');
    assert.match(git('status', '--porcelain', '-uall'), /^\?\? \.trellis\/config\.yml\n$/);
  });

  it('keeps an ignore file that the user changed', async () => {
    const directory = await prepareStorageDirectory(workspace());
    writeFileSync(path.join(directory, '.gitignore'), 'mine');
    await prepareStorageDirectory(workspace());
    assert.equal(readFileSync(path.join(directory, '.gitignore'), 'utf8'), 'mine');
  });

  it('refuses a file or a link in its place, with the remedy', async () => {
    const elsewhere = path.join(workspace(), 'elsewhere');
    mkdirSync(elsewhere);
    const linked = path.join(workspace(), 'linked');
    mkdirSync(linked);
    symlinkSync(elsewhere, path.join(linked, '.trellis'));
    await assert.rejects(
      prepareStorageDirectory(linked),
      /\.trellis, where runs are recorded, cannot be used \(it is a link\)/,
    );
    writeFileSync(path.join(elsewhere, '.trellis'), '');
    await assert.rejects(prepareStorageDirectory(elsewhere), StorageError);
  });
});
