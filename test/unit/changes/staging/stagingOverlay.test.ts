import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { StorageError } from '../../../../src/base/errors.ts';
import { MemoryBlobStore } from '../../../../src/changes/memoryBlobStore.ts';
import type { MergeResult, StagedView } from '../../../../src/changes/stagedFiles.ts';
import { StagingOverlay } from '../../../../src/changes/staging/stagingOverlay.ts';
import type { FileEdit } from '../../../../src/domain/schema/changes.ts';
import { MemoryWorkspace } from '../../../support/memoryWorkspace.ts';

const write = (path: string, content: string): FileEdit => ({ type: 'writeFile', path, content, mustBeNew: false });
const replace = (path: string, search: string, replacement: string): FileEdit => ({
  type: 'replaceBlocks',
  path,
  blocks: [{ search: `${search}\n`, replace: replacement === '' ? '' : `${replacement}\n` }],
});
const TEN = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n';

class Fixture {
  readonly workspace: MemoryWorkspace;
  readonly blobs = new MemoryBlobStore();
  readonly staged: StagingOverlay;

  constructor(texts: Readonly<Record<string, string | Uint8Array>>) {
    this.workspace = new MemoryWorkspace(texts);
    this.staged = new StagingOverlay({ workspace: this.workspace, blobs: this.blobs });
  }

  /** Opens an item, stages the edits, and leaves it open. */
  async open(itemId: string, dependencyIds: readonly string[], ...edits: FileEdit[]): Promise<StagedView> {
    const view = await this.staged.viewFor(itemId, dependencyIds);
    const result = await view.apply(edits);
    if (!result.ok) assert.fail(result.problems.map(problem => problem.reason).join('\n'));
    return view;
  }

  async commit(itemId: string, dependencyIds: readonly string[], ...edits: FileEdit[]): Promise<MergeResult> {
    await this.open(itemId, dependencyIds, ...edits);
    return this.staged.commit(itemId);
  }

  async result(): Promise<Record<string, string | undefined>> {
    const changes = await this.staged.changes();
    return Object.fromEntries(
      changes.map(change => [change.path, change.after && Buffer.from(change.after.content).toString()]),
    );
  }
}

describe('StagingOverlay', () => {
  it('shows an item the workspace, its own edits, and the results of what it depends on, directly or not', async () => {
    const run = new Fixture({ 'a.ts': 'a\n', 'z.ts': 'z\n' });
    await run.commit('first', [], write('a.ts', 'A\n'));
    await run.commit('second', ['first'], write('b.ts', 'b\n'));
    const view = await run.open('third', ['second'], write('c.ts', 'c\n'));
    assert.equal(await view.readText('a.ts'), 'A\n');
    assert.equal(await view.readText('b.ts'), 'b\n');
    assert.equal(await view.readText('c.ts'), 'c\n');
    assert.equal(await view.readText('z.ts'), 'z\n');
    assert.equal(await view.readText('none.ts'), undefined);
  });

  it('shows an item nothing of its siblings, committed or not', async () => {
    const run = new Fixture({ 'a.ts': TEN });
    await run.commit('left', [], replace('a.ts', 'two', 'TWO'));
    await run.open('open', [], write('b.ts', 'b\n'));
    const view = await run.staged.viewFor('right', []);
    assert.equal(await view.readText('a.ts'), TEN);
    assert.equal(await view.readText('b.ts'), undefined);
  });

  it('leaves the workspace alone and reports the result against it', async () => {
    const run = new Fixture({ 'a.ts': TEN, 'gone.ts': 'x\n' });
    await run.commit('one', [], replace('a.ts', 'two', 'TWO'), write('new.ts', 'n\n'), {
      type: 'delete',
      path: 'gone.ts',
    });
    const changes = await run.staged.changes();
    assert.deepEqual(
      changes.map(({ path, kind, additions, deletions }) => [path, kind, additions, deletions]),
      [
        ['a.ts', 'modified', 1, 1],
        ['gone.ts', 'deleted', 0, 1],
        ['new.ts', 'added', 1, 0],
      ],
    );
    assert.equal(Buffer.from((await run.workspace.read('a.ts'))!.content).toString(), TEN);
  });

  it('merges two items on one file, whichever is committed first', async () => {
    for (const order of [
      ['left', 'right'],
      ['right', 'left'],
    ]) {
      const run = new Fixture({ 'a.ts': TEN });
      await run.open('left', [], replace('a.ts', 'two', 'TWO'));
      await run.open('right', [], replace('a.ts', 'nine', 'NINE'));
      for (const itemId of order) assert.ok((await run.staged.commit(itemId)).ok);
      assert.deepEqual(await run.result(), { 'a.ts': TEN.replace('two', 'TWO').replace('nine', 'NINE') });
    }
  });

  it('gives a conflict to the later item with both sides, and changes nothing', async () => {
    const run = new Fixture({ 'a.ts': TEN });
    await run.commit('left', [], replace('a.ts', 'two', 'TWO'));
    const merge = await run.commit('right', [], replace('a.ts', 'two', 'deux'));
    assert.ok(!merge.ok);
    const [conflict] = merge.conflicts;
    assert.deepEqual(conflict?.otherItemIds, ['left']);
    assert.match(conflict.markedText ?? '', /<<<<<<< left\nTWO\n\|{7} before\ntwo\n=======\ndeux\n>>>>>>> right\n/);
    assert.deepEqual(await run.result(), { 'a.ts': TEN.replace('two', 'TWO') });
    assert.deepEqual(run.staged.uncommittedItemIds(), ['right']);
  });

  it('lets the later item do it again on top of the other one', async () => {
    const run = new Fixture({ 'a.ts': TEN });
    await run.commit('left', [], replace('a.ts', 'two', 'TWO'));
    await run.commit('right', [], replace('a.ts', 'two', 'deux'));
    await run.staged.discard('right');
    assert.ok((await run.commit('right', ['left'], replace('a.ts', 'TWO', 'TWO deux'))).ok);
    assert.deepEqual(await run.result(), { 'a.ts': TEN.replace('two', 'TWO deux') });
  });

  it('takes deleting what another item changed, two files at one path, and binary files for conflicts', async () => {
    const cases: [left: FileEdit, right: FileEdit][] = [
      [replace('a.ts', 'two', 'TWO'), { type: 'delete', path: 'a.ts' }],
      [{ type: 'delete', path: 'a.ts' }, replace('a.ts', 'two', 'TWO')],
      [write('new.ts', 'x\n'), write('new.ts', 'y\n')],
      [write('x', 'x\n'), write('x/y.ts', 'y\n')],
      [write('Name.ts', 'x\n'), write('name.ts', 'y\n')],
    ];
    for (const [left, right] of cases) {
      const run = new Fixture({ 'a.ts': TEN });
      await run.commit('left', [], left);
      const merge = await run.commit('right', [], right);
      assert.ok(!merge.ok, JSON.stringify(right));
      assert.deepEqual(merge.conflicts[0]?.otherItemIds, ['left']);
    }
  });

  it('takes the same change of two items once', async () => {
    const run = new Fixture({ 'a.ts': TEN, 'b.ts': 'b\n' });
    for (const itemId of ['left', 'right'])
      assert.ok((await run.commit(itemId, [], write('n.ts', 'n\n'), { type: 'delete', path: 'b.ts' })).ok);
    assert.deepEqual(await run.result(), { 'n.ts': 'n\n', 'b.ts': undefined });
  });

  it('keeps an item’s edits when it is opened again, moved onto what it depends on', async () => {
    const run = new Fixture({ 'a.ts': TEN });
    await run.commit('base', [], replace('a.ts', 'two', 'TWO'));
    await run.commit('item', ['base'], replace('a.ts', 'nine', 'NINE'));
    const base = await run.staged.viewFor('base', []);
    await base.apply([replace('a.ts', 'TWO', 'TWO!')]);
    await run.staged.commit('base');
    const item = await run.staged.viewFor('item', ['base']);
    assert.equal(await item.readText('a.ts'), TEN.replace('two', 'TWO!').replace('nine', 'NINE'));
    assert.deepEqual(run.staged.uncommittedItemIds(), ['item']);
    assert.ok((await run.staged.commit('item')).ok);
  });

  it('puts back what was merged on top of work that is taken out', async () => {
    const run = new Fixture({ 'a.ts': TEN });
    await run.commit('first', [], replace('a.ts', 'two', 'TWO'));
    await run.commit('second', ['first'], replace('a.ts', 'TWO', 'TWO two'));
    await run.staged.discard('first');
    assert.deepEqual(run.staged.uncommittedItemIds(), ['second']);
    assert.deepEqual(await run.result(), {});
  });

  it('refuses an edit of a file that changed after it was read, until it is read again', async () => {
    const run = new Fixture({ 'a.ts': TEN });
    const view = await run.staged.viewFor('item', []);
    await view.readText('a.ts');
    run.workspace.set('a.ts', `${TEN}eleven\n`);
    const refused = await view.apply([write('a.ts', 'all new\n')]);
    assert.ok(!refused.ok);
    assert.equal(refused.problems[0]?.kind, 'stale');
    await view.readText('a.ts');
    assert.ok((await view.apply([replace('a.ts', 'eleven', 'ELEVEN')])).ok);
  });

  it('holds all items of a run to the version that the first of them edited', async () => {
    const run = new Fixture({ 'a.ts': TEN });
    await run.commit('left', [], replace('a.ts', 'two', 'TWO'));
    run.workspace.set('a.ts', 'the user wrote this meanwhile\n');
    const view = await run.staged.viewFor('right', []);
    assert.equal(await view.readText('a.ts'), TEN);
  });

  it('stages all edits of a reply or none', async () => {
    const run = new Fixture({ 'a.ts': TEN });
    const view = await run.staged.viewFor('item', []);
    const result = await view.apply([write('b.ts', 'b\n'), replace('a.ts', 'none', 'x')]);
    assert.ok(!result.ok);
    assert.equal(await view.readText('b.ts'), undefined);
    assert.deepEqual(view.layer().entries, []);
  });

  it('refuses paths that are no paths, and files where a folder or a twin is', async () => {
    const run = new Fixture({ 'src/a.ts': 'a\n' });
    const view = await run.open('item', [], write('docs/x.md', 'x\n'));
    for (const path of ['/etc/passwd', 'docs', 'docs/x.md/y', 'Docs/X.md']) {
      const result = await view.apply([write(path, 'y\n')]);
      assert.ok(!result.ok, path);
      assert.equal(result.problems[0]?.kind, 'path');
    }
    await assert.rejects(view.read('../x'), /leads out of the workspace/);
    await assert.rejects(view.list('/etc'), /absolute/);
    await assert.rejects(async () => view.search('x', { directory: '../..' }), /leads out of the workspace/);
  });

  it('reports a moved file as one rename, also when it was edited', async () => {
    const run = new Fixture({ 'a.ts': TEN });
    await run.commit('item', [], { type: 'move', path: 'a.ts', to: 'b.ts' }, replace('b.ts', 'two', 'TWO'));
    const [change, ...rest] = await run.staged.changes();
    assert.deepEqual(rest, []);
    assert.deepEqual(
      [change?.kind, change?.previousPath, change?.path, change?.additions, change?.deletions],
      ['renamed', 'a.ts', 'b.ts', 1, 1],
    );
  });

  it('lists folders with what is staged in them and without what is deleted', async () => {
    const run = new Fixture({ 'src/a.ts': 'a\n', 'src/b.ts': 'b\n', 'README.md': 'r\n' });
    const view = await run.open('item', [], write('src/sub/c.ts', 'c\n'), { type: 'delete', path: 'src/a.ts' });
    assert.deepEqual(await view.list('src'), [
      { name: 'b.ts', kind: 'file' },
      { name: 'sub', kind: 'directory' },
    ]);
    assert.deepEqual(
      (await view.list(''))?.map(entry => entry.name),
      ['README.md', 'src'],
    );
    assert.deepEqual(await view.list('src/sub'), [{ name: 'c.ts', kind: 'file' }]);
    assert.equal(await view.list('none'), undefined);
  });

  it('searches what the item sees, by text and by expression, up to a limit', async () => {
    const run = new Fixture({
      'a.ts': TEN,
      'b.bin': new Uint8Array([0, 111, 110, 101]),
      'src/c.ts': 'one\none\none\n',
    });
    const view = await run.open('item', [], replace('a.ts', 'two', 'one more'));
    const { matches } = await view.search('one');
    assert.deepEqual(
      matches.map(match => `${match.path}:${match.line}: ${match.text}`),
      ['a.ts:1: one', 'a.ts:2: one more', 'src/c.ts:1: one', 'src/c.ts:2: one', 'src/c.ts:3: one'],
    );
    assert.equal((await view.search(/^(one|six)$/g, { directory: 'a.ts' })).matches.length, 2);
    const limited = await view.search('one', { directory: 'src', limit: 2 });
    assert.deepEqual([limited.matches.length, limited.isTruncated], [2, true]);
    await assert.rejects(view.search('one', { signal: AbortSignal.abort(new Error('enough')) }), /enough/);
  });

  it('records what was really read, and not what the item wrote itself', async () => {
    const run = new Fixture({ 'a.ts': TEN, 'b.ts': 'b\n' });
    const view = await run.open('item', [], write('n.ts', 'n\n'));
    await view.read('b.ts');
    await view.read('n.ts');
    await view.read('missing.ts');
    const hash = (await run.workspace.read('b.ts'))?.hash;
    assert.deepEqual(Object.fromEntries(view.reads), { 'b.ts': hash, 'missing.ts': '' });
  });

  it('gives the tree of an item and of the whole result', async () => {
    const run = new Fixture({ 'a.ts': TEN, 'run.sh': 'x\n' });
    await run.commit(
      'one',
      [],
      { type: 'delete', path: 'a.ts' },
      { type: 'setExecutable', path: 'run.sh', isExecutable: true },
    );
    await run.open('two', ['one'], write('b.ts', 'b\n'));
    await run.open('three', [], write('c.ts', 'c\n'));
    const [whole, two] = [await run.staged.treeFor(), await run.staged.treeFor('two')];
    assert.deepEqual([...whole.keys()], ['a.ts', 'run.sh']);
    assert.equal(whole.get('a.ts'), null);
    assert.equal(whole.get('run.sh')?.isExecutable, true);
    assert.deepEqual([...two.keys()], ['a.ts', 'run.sh', 'b.ts']);
  });

  it('is restored from what went into the journal', async () => {
    const run = new Fixture({ 'a.ts': TEN });
    await run.commit('left', [], replace('a.ts', 'two', 'TWO'));
    await run.commit('right', [], replace('a.ts', 'nine', 'NINE'));
    const open = await run.open('open', ['left'], write('n.ts', 'n\n'));
    const layers = [];
    for (const itemId of ['left', 'right']) {
      const merge = await run.staged.commit(itemId);
      assert.ok(merge.ok);
      layers.push(merge.layer);
    }
    const again = new StagingOverlay({ workspace: run.workspace, blobs: run.blobs });
    await again.restore([...layers, open.layer()]);
    assert.deepEqual(await again.changes(), await run.staged.changes());
    assert.deepEqual(again.uncommittedItemIds(), ['open']);
    const lost = new StagingOverlay({ workspace: run.workspace, blobs: new MemoryBlobStore() });
    await assert.rejects(lost.restore(layers), StorageError);
  });

  it('reads no text out of a binary file', async () => {
    const run = new Fixture({ 'a.bin': new Uint8Array([0, 1]) });
    const view = await run.staged.viewFor('item', []);
    await assert.rejects(view.readText('a.bin'), /binary/);
  });

  it('does not take edits from a view whose item is committed', async () => {
    const run = new Fixture({});
    const view = await run.open('item', [], write('a.ts', 'a\n'));
    await run.staged.commit('item');
    await assert.rejects(view.apply([write('b.ts', 'b\n')]), /open it again/);
  });
});
