import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MemoryBlobStore } from '../../../src/changes/memoryBlobStore.ts';
import { StagingOverlay } from '../../../src/changes/staging/stagingOverlay.ts';
import { DiskWorkspace } from '../../../src/changes/workspace/diskWorkspace.ts';
import type { FileEdit } from '../../../src/domain/schema/changes.ts';
import { openSink } from '../../support/acceptFixture.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const options = { runId: 'run_1', signal: new AbortController().signal };
const replaceTwo: FileEdit = {
  type: 'replaceBlocks',
  path: 'file',
  blocks: [{ search: 'two\n', replace: 'TWO\nmore\n' }],
};

describe('files that are not as one would have them', () => {
  const temporary = useTemporaryDirectory();
  const project = () => path.join(temporary(), 'project');
  const put = (name: string, content: string | Uint8Array) => {
    mkdirSync(project(), { recursive: true });
    writeFileSync(path.join(project(), name), content);
    return path.join(project(), name);
  };
  const open = async () => {
    const workspace = await DiskWorkspace.open(project());
    const staged = new StagingOverlay({ workspace, blobs: new MemoryBlobStore() });
    return { staged, view: await staged.viewFor('item', []) };
  };

  /** From the disk through staging to the disk. */
  async function editAndAccept(...edits: FileEdit[]): Promise<void> {
    const { staged, view } = await open();
    const result = await view.apply(edits);
    assert.ok(result.ok, result.ok ? '' : result.problems[0]?.reason);
    assert.ok((await staged.commit('item')).ok);
    await (await openSink(temporary())).apply(await staged.changes(), options);
  }

  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
  const texts: [name: string, before: string | Uint8Array, after: string | Uint8Array][] = [
    ['lone carriage returns', 'one\rtwo\rthree\r', 'one\rTWO\rmore\rthree\r'],
    ['mixed line ends', 'one\r\ntwo\nthree\r\n', 'one\r\nTWO\nmore\nthree\r\n'],
    ['a carriage return within a line', 'o\rne\ntwo\nthree\n', 'o\rne\nTWO\nmore\nthree\n'],
    ['no final newline', 'one\ntwo', 'one\nTWO\nmore'],
    ['a byte order mark', '\ufeffone\r\ntwo\r\n', '\ufeffone\r\nTWO\r\nmore\r\n'],
    ['UTF-16, little end first', utf16('öne\r\ntwo\r\n'), utf16('öne\r\nTWO\r\nmore\r\n')],
    ['UTF-16, big end first', utf16('one\ntwo\n').swap16(), utf16('one\nTWO\nmore\n').swap16()],
    [
      'latin-1',
      Buffer.from('\u00f6ne\ntwo\n\u00ff\n', 'latin1'),
      Buffer.from('\u00f6ne\nTWO\nmore\n\u00ff\n', 'latin1'),
    ],
    ['a name of other scripts', 'один\ntwo\n三\n', 'один\nTWO\nmore\n三\n'],
    ['a line of a million letters', `${'x'.repeat(1_000_000)}\ntwo\n`, `${'x'.repeat(1_000_000)}\nTWO\nmore\n`],
  ];
  for (const [name, before, after] of texts)
    it(`keep every byte that is not edited: ${name}`, async () => {
      const file = put('file', before);
      chmodSync(file, 0o750);
      await editAndAccept(replaceTwo);
      assert.deepEqual(readFileSync(file), Buffer.from(after as string));
      assert.equal(statSync(file).mode & 0o777, 0o750);
    });

  const refused: [name: string, content: Uint8Array, reason: RegExp][] = [
    ['NUL bytes', Buffer.from('one\0\ntwo\n'), /not a text file/],
    ['half a UTF-16 character', Buffer.concat([utf16('one\ntwo\n'), Buffer.from([1])]), /not a text file/],
    ['more than can be edited', Buffer.alloc(6_000_000, 'two\n'), /too large to edit/],
  ];
  for (const [name, content, reason] of refused)
    it(`are edited by nothing, and moved and deleted all the same: ${name}`, async () => {
      const file = put('file', content);
      const { view } = await open();
      const result = await view.apply([replaceTwo]);
      assert.match(result.ok ? '' : (result.problems[0]?.reason ?? ''), reason);
      await editAndAccept({ type: 'move', path: 'file', to: 'moved' });
      assert.deepEqual(readFileSync(path.join(project(), 'moved')), content);
      await editAndAccept({ type: 'delete', path: 'moved' });
      assert.throws(() => statSync(path.join(project(), 'moved')), /ENOENT/);
      assert.throws(() => statSync(file), /ENOENT/);
    });

  it('are neither read nor edited when they have 50 MB, and a reply may not make them so', async () => {
    truncateSync(put('large', ''), 50_000_000);
    const { view } = await open();
    await assert.rejects(view.read('large'), /"large" has 50 MB; files over 10 MB are not read/);
    for (const edit of [
      { ...replaceTwo, path: 'large' },
      { type: 'delete', path: 'large' } as const,
      { type: 'writeFile', path: 'new', content: 'x'.repeat(50_000_000), mustBeNew: true } as const,
    ]) {
      const result = await view.apply([edit]);
      assert.match(result.ok ? '' : (result.problems[0]?.reason ?? ''), /MB/);
    }
    assert.deepEqual((await view.search('x')).matches, []);
  });

  it('may not get characters that they cannot hold', async () => {
    put('file', Buffer.from([0xf6, 0x0a, 0x74, 0x77, 0x6f, 0x0a]));
    const { view } = await open();
    for (const replace of ['→\n', 'x\0y\n', '\ud800\n']) {
      const result = await view.apply([{ ...replaceTwo, blocks: [{ search: 'two\n', replace }] }]);
      assert.equal(result.ok ? '' : result.problems[0]?.kind, 'encoding');
    }
  });

  it('may be binary, executable, or behind a link; a deletion, a rename and a mode are changes like others', async () => {
    const bytes = Buffer.from([0, 1, 2, 255]);
    put('image.png', bytes);
    put('run.sh', 'echo\n');
    put('old.ts', 'old\n');
    put('target.ts', 'target\n');
    symlinkSync('target.ts', path.join(project(), 'link.ts'));
    const { view } = await open();
    assert.equal(await view.readText('link.ts'), 'target\n');
    const throughLink = await view.apply([{ type: 'writeFile', path: 'link.ts', content: 'x\n', mustBeNew: false }]);
    assert.match(throughLink.ok ? '' : (throughLink.problems[0]?.reason ?? ''), /edit target\.ts instead/);
    await editAndAccept(
      { type: 'move', path: 'image.png', to: 'images/image.png' },
      { type: 'setExecutable', path: 'run.sh', isExecutable: true },
      { type: 'delete', path: 'old.ts' },
    );
    assert.deepEqual(readFileSync(path.join(project(), 'images/image.png')), bytes);
    assert.equal(statSync(path.join(project(), 'run.sh')).mode & 0o111, 0o111);
    assert.throws(() => statSync(path.join(project(), 'old.ts')), /ENOENT/);
    assert.throws(() => statSync(path.join(project(), 'image.png')), /ENOENT/);
  });
});
