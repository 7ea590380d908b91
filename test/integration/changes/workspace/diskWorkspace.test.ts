import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MemoryBlobStore } from '../../../../src/changes/memoryBlobStore.ts';
import { StagingOverlay } from '../../../../src/changes/staging/stagingOverlay.ts';
import { DiskWorkspace } from '../../../../src/changes/workspace/diskWorkspace.ts';
import { useTemporaryDirectory } from '../../../support/temporaryDirectory.ts';

describe('DiskWorkspace', () => {
  const temporary = useTemporaryDirectory();

  function put(file: string, content = 'x\n'): string {
    const absolute = path.join(temporary(), 'project', file);
    mkdirSync(path.dirname(absolute), { recursive: true });
    writeFileSync(absolute, content);
    return absolute;
  }

  async function openProject(): Promise<DiskWorkspace> {
    put('src/a.ts', 'a\n');
    return DiskWorkspace.open(path.join(temporary(), 'project'));
  }

  it('reads files with their executable bit, and nothing where nothing is', async () => {
    chmodSync(put('run.sh'), 0o755);
    const workspace = await openProject();
    assert.equal((await workspace.read('run.sh'))?.isExecutable, true);
    assert.equal((await workspace.read('./src//a.ts'))?.isExecutable, false);
    assert.equal(await workspace.read('src/none.ts'), undefined);
    assert.equal(await workspace.read('src'), undefined);
    assert.equal(await workspace.read('src/a.ts/below'), undefined);
  });

  it('says what is wrong with a workspace that is none', async () => {
    await assert.rejects(DiskWorkspace.open(path.join(temporary(), 'none')), /cannot be opened/);
    await assert.rejects(DiskWorkspace.open(put('file')), /is a file/);
  });

  it('passes over files and folders whose names no path can have', async () => {
    for (const name of ['Icon\r', 'folder. ', 'back\\slash', 'bell\u0007/inside.ts', 'a.ts']) put(name, 'needle\n');
    const workspace = await openProject();
    assert.deepEqual(
      (await workspace.list(''))?.map(entry => entry.name),
      ['a.ts', 'src'],
    );
    const view = await new StagingOverlay({ workspace, blobs: new MemoryBlobStore() }).viewFor('item', []);
    assert.deepEqual(
      (await view.search('needle')).matches.map(match => match.path),
      ['a.ts'],
    );
  });

  it('does not show what is ignored or may hold secrets', async () => {
    put('.gitignore', '*.log\n/dist/\n!keep.log\n');
    put('.trellisignore', 'private/\n');
    put('sub/.gitignore', '*.tmp\n!b.log\n');
    put('.git/info/exclude', 'excluded\n');
    const hidden = [
      'a.log',
      'dist/x.js',
      'private/x.ts',
      'sub/a.tmp',
      'excluded',
      'node_modules/m/index.js',
      '.env',
      '.env.local',
      'keys/server.pem',
      '.ssh/config',
      '.npmrc',
      '.trellis/config.yml',
    ];
    const shown = ['keep.log', 'sub/b.log', 'sub/dist/x.js', '.env.example', 'src/environment.ts'];
    for (const file of [...hidden, ...shown]) put(file);
    const workspace = await openProject();
    for (const file of hidden) {
      assert.equal(await workspace.read(file), undefined, file);
      const permission = await workspace.permitEdit(file);
      assert.ok(!permission.ok, file);
    }
    for (const file of shown) {
      assert.ok(await workspace.read(file), file);
      assert.ok((await workspace.permitEdit(file)).ok, file);
    }
    assert.deepEqual(
      (await workspace.list(''))?.map(entry => entry.name),
      ['.env.example', '.gitignore', '.trellisignore', 'keep.log', 'keys', 'src', 'sub'],
    );
    const view = await new StagingOverlay({ workspace, blobs: new MemoryBlobStore() }).viewFor('item', []);
    const found = (await view.search('x')).matches.map(match => match.path);
    assert.deepEqual(found, ['.env.example', 'keep.log', 'src/environment.ts', 'sub/b.log', 'sub/dist/x.js']);
    assert.equal(await workspace.list('dist'), undefined);
  });

  it('follows links that stay inside for reading, and edits only what they lead to', async () => {
    const workspace = await openProject();
    const root = path.join(temporary(), 'project');
    symlinkSync('src', path.join(root, 'linked'));
    symlinkSync('src/a.ts', path.join(root, 'a-link.ts'));
    assert.ok(await workspace.read('linked/a.ts'));
    assert.ok(await workspace.read('a-link.ts'));
    for (const file of ['linked/a.ts', 'a-link.ts']) {
      const permission = await workspace.permitEdit(file);
      assert.ok(!permission.ok);
      assert.match(permission.reason, /edit src\/a\.ts instead/);
    }
  });

  it('follows no link out of the workspace, to nowhere, into .git or to a hidden file', async () => {
    const workspace = await openProject();
    const root = path.join(temporary(), 'project');
    writeFileSync(path.join(temporary(), 'secret'), 'secret\n');
    put('.env');
    put('.git/config');
    const links = { out: '..', file: '../secret', nowhere: 'none', loop: 'loop', git: '.git', env: '.env' };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, path.join(root, name));
    for (const file of ['out/secret', 'file', 'nowhere', 'loop', 'git/config']) {
      await assert.rejects(workspace.read(file), /"/, file);
      assert.equal((await workspace.permitEdit(file)).ok, false, file);
    }
    assert.equal(await workspace.read('env'), undefined);
    assert.equal((await workspace.permitEdit('env')).ok, false);
    assert.deepEqual(
      (await workspace.list(''))?.map(entry => entry.name),
      ['src'],
    );
  });

  it('permits no edit of a folder, below a file, of a pipe, or in another spelling of a path that is there', async () => {
    const workspace = await openProject();
    execFileSync('mkfifo', [path.join(temporary(), 'project', 'pipe')]);
    put('Straße.txt');
    put('Café/a.txt'.normalize('NFD'));
    const refused = {
      ['Café/a.txt'.normalize('NFC')]: /another Unicode form/,
      'Straße.TXT': /only by case/,
      src: /folder/,
      'src/a.ts/b': /is a file/,
      pipe: /regular/,
      'SRC/b.ts': /only by case/,
      'src/A.ts': /only by case/,
    };
    for (const [file, reason] of Object.entries(refused)) {
      const permission = await workspace.permitEdit(file);
      assert.ok(!permission.ok, file);
      assert.match(permission.reason, reason, file);
    }
    assert.ok((await workspace.permitEdit('src/A.ts', 'src/a.ts')).ok, 'a rename may change the case');
    assert.deepEqual(await workspace.permitEdit('new/folder/b.ts'), { ok: true, version: undefined });
  });

  it('permits no edit of a write-protected file, and says that it can be changed', async () => {
    chmodSync(put('locked.ts'), 0o444);
    const workspace = await openProject();
    for (const permission of [await workspace.permitEdit('locked.ts'), await workspace.permitWrite('locked.ts')])
      assert.deepEqual(permission, {
        ok: false,
        reason: 'it is write-protected; make it writable first',
        isWriteProtected: true,
      });
    const view = await new StagingOverlay({ workspace, blobs: new MemoryBlobStore() }).viewFor('item', []);
    assert.match((await view.writeProtection('./locked.ts')) ?? '', /write-protected/);
    assert.equal(await view.writeProtection('src/a.ts'), undefined);
    assert.equal(await view.writeProtection('node_modules/x'), undefined, 'that is refused whatever the permissions');
  });

  it('does not read what is too large, or what the system keeps from it', async () => {
    truncateSync(put('large.bin'), 50_000_000);
    const workspace = await openProject();
    await assert.rejects(workspace.read('large.bin'), /50 MB/);
    assert.equal((await workspace.permitEdit('large.bin')).ok, false);
    await assert.rejects(workspace.read(`${'n'.repeat(300)}.ts`), /longer than the system allows/);
  });
});
