import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { openWorkspaceSink } from '../../src/app/workspaceSink.ts';
import { systemClock } from '../../src/base/clock.ts';
import { withCheckpoints } from '../../src/editor/files/withCheckpoints.ts';
import { WorkspaceChangeSink } from '../../src/editor/files/workspaceChangeSink.ts';
import { acceptReview } from '../../src/orchestrator/review/acceptReview.ts';
import { stagedText } from '../../src/orchestrator/review/reviewFile.ts';
import { ReviewFixture } from '../support/reviewFixture.ts';
import { waitUntil } from '../support/sandbox.ts';
import { stagedChange } from '../support/stagedChange.ts';
import { change, TestFiles } from './files.ts';

const { signal } = new AbortController();
const options = { runId: 'run_test', signal };

describe('accepting changes in the editor', () => {
  let files: TestFiles;
  let sink: WorkspaceChangeSink;
  let round = 0;

  beforeEach(() => {
    files = new TestFiles(`accept-${round++}`);
    sink = new WorkspaceChangeSink(files.root);
  });
  afterEach(() => files.clear());

  const open = async (name: string) => vscode.window.showTextDocument(files.uri(name), { preview: false });
  const type = async (name: string, text: string) => {
    const editor = await open(name);
    await editor.edit(builder => builder.insert(new vscode.Position(0, 0), text));
    return editor.document;
  };

  it('adds, changes, deletes and renames files as one edit, and saves them', async () => {
    files.write('changed.ts', 'one\ntwo\nthree\n');
    files.write('gone.ts', 'gone\n');
    files.write('old/name.ts', 'moved\n');
    const changes = [
      change('changed.ts', { before: 'one\ntwo\nthree\n', after: 'one\n2\nthree\n' }),
      change('deep/er/new.ts', { after: 'new\n' }),
      change('gone.ts', { before: 'gone\n' }),
      change('new/name.ts', { before: 'moved\n', after: 'moved and more\n', previousPath: 'old/name.ts' }),
    ];
    await sink.apply(changes, options);
    assert.equal(files.read('changed.ts'), 'one\n2\nthree\n');
    assert.equal(files.read('deep/er/new.ts'), 'new\n');
    assert.equal(files.read('new/name.ts'), 'moved and more\n');
    assert.deepEqual([files.has('gone.ts'), files.has('old/name.ts')], [false, false]);
  });

  it('is taken back by one undo of the editor', async () => {
    files.write('changed.ts', 'one\n');
    files.write('other.ts', 'a\n');
    await sink.apply(
      [
        change('changed.ts', { before: 'one\n', after: 'two\n' }),
        change('added.ts', { after: 'new\n' }),
        change('other.ts', { before: 'a\n', after: 'b\n' }),
      ],
      options,
    );
    await open('changed.ts');
    await vscode.commands.executeCommand('undo');
    await waitUntil('the added file is gone', () => !files.has('added.ts'));
    const text = async (name: string) => (await vscode.workspace.openTextDocument(files.uri(name))).getText();
    assert.deepEqual([await text('changed.ts'), await text('other.ts')], ['one\n', 'a\n']);
  });

  it('is taken back by revert, on the disk too', async () => {
    files.write('changed.ts', 'one\n');
    files.write('gone.ts', 'gone\n');
    const changes = [
      change('changed.ts', { before: 'one\n', after: 'two\n' }),
      change('added.ts', { after: 'new\n' }),
      change('gone.ts', { before: 'gone\n' }),
    ];
    await sink.apply(changes, options);
    await sink.revert(changes, options);
    assert.deepEqual(
      [files.read('changed.ts'), files.read('gone.ts'), files.has('added.ts')],
      ['one\n', 'gone\n', false],
    );
  });

  it('keeps edits made after it when it is reverted', async () => {
    files.write('changed.ts', 'one\ntwo\nthree\nfour\n');
    const changes = [change('changed.ts', { before: 'one\ntwo\nthree\nfour\n', after: 'one\ntwo\nthree\n4\n' })];
    await sink.apply(changes, options);
    files.write('changed.ts', 'ONE\ntwo\nthree\n4\n');
    await waitUntil('the editor has read the file', async () =>
      (await vscode.workspace.openTextDocument(files.uri('changed.ts'))).getText().startsWith('ONE'),
    );
    await sink.revert(changes, options);
    assert.equal(files.read('changed.ts'), 'ONE\ntwo\nthree\nfour\n');
  });

  it('takes a checkpoint of the files that it writes, and writes as without one', async () => {
    files.write('saved.ts', 'one\n');
    files.write('typed.ts', 'one\ntwo\nthree\n');
    const document = await type('typed.ts', 'zero\n');
    const storage = mkdtempSync(path.join(tmpdir(), 'trellis-checkpoints-'));
    try {
      const { sink: disk } = await openWorkspaceSink(files.root, storage, systemClock);
      const { checkpointId } = await withCheckpoints(sink, disk, files.root).apply(
        [
          change('saved.ts', { before: 'one\n', after: 'two\n' }),
          change('typed.ts', { before: 'one\ntwo\nthree\n', after: 'one\ntwo\n3\n' }),
        ],
        options,
      );
      const kept = (await disk.checkpoints()).map(({ id, paths }) => ({ id, paths }));
      assert.deepEqual(kept, [{ id: checkpointId, paths: ['saved.ts'] }]);
      assert.deepEqual([files.read('saved.ts'), files.read('typed.ts')], ['two\n', 'one\ntwo\nthree\n']);
      assert.deepEqual([document.getText(), document.isDirty], ['zero\none\ntwo\n3\n', true]);
    } finally {
      rmSync(storage, { recursive: true });
    }
  });

  it('merges with unsaved changes and does not save them', async () => {
    files.write('dirty.ts', 'one\ntwo\nthree\n');
    const document = await type('dirty.ts', 'mine\n');
    await sink.apply([change('dirty.ts', { before: 'one\ntwo\nthree\n', after: 'one\ntwo\n3\n' })], options);
    assert.equal(document.getText(), 'mine\none\ntwo\n3\n');
    assert.equal(document.isDirty, true);
    assert.equal(files.read('dirty.ts'), 'one\ntwo\nthree\n');
  });

  it('merges with what was saved since the run read the file', async () => {
    files.write('saved.ts', 'mine\ntwo\nthree\n');
    await sink.apply([change('saved.ts', { before: 'one\ntwo\nthree\n', after: 'one\ntwo\n3\n' })], options);
    assert.equal(files.read('saved.ts'), 'mine\ntwo\n3\n');
  });

  it('changes nothing at all when one change cannot be merged, and says which', async () => {
    files.write('fine.ts', 'fine\n');
    files.write('clash.ts', 'theirs\n');
    const changes = [
      change('fine.ts', { before: 'fine\n', after: 'finer\n' }),
      change('added.ts', { after: 'new\n' }),
      change('clash.ts', { before: 'base\n', after: 'ours\n' }),
    ];
    for (const act of [() => sink.check(changes), () => sink.apply(changes, options)]) {
      await assert.rejects(
        act,
        /^ValidationError: clash\.ts was changed in the workspace meanwhile, in the same places/,
      );
    }
    assert.deepEqual(
      [files.read('fine.ts'), files.read('clash.ts'), files.has('added.ts')],
      ['fine\n', 'theirs\n', false],
    );
  });

  it('refuses to overwrite a file that is there now, and to delete one that has changed', async () => {
    files.write('there.ts', 'mine\n');
    await assert.rejects(
      sink.apply([change('there.ts', { after: 'new\n' })], options),
      /there\.ts was changed in the workspace/,
    );
    await assert.rejects(
      sink.apply([change('there.ts', { before: 'other\n' })], options),
      /there\.ts was changed in the workspace/,
    );
    const document = await type('there.ts', 'unsaved ');
    await assert.rejects(
      sink.apply([change('there.ts', { before: 'mine\n' })], options),
      /there\.ts was changed in the workspace/,
    );
    assert.deepEqual([files.read('there.ts'), document.getText()], ['mine\n', 'unsaved mine\n']);
  });

  it('replaces binary files as a whole, and undo brings the old ones back', async () => {
    const [old, fresh] = [Buffer.from([0, 1, 2, 255]), Buffer.from([0, 9, 9])];
    files.write('image.bin', old);
    files.write('text.ts', 'a\n');
    const changes = [
      change('image.bin', { before: old, after: fresh }, { isBinary: true }),
      change('text.ts', { before: 'a\n', after: 'b\n' }),
    ];
    await sink.apply(changes, options);
    assert.equal(files.read('image.bin'), fresh.toString());
    await sink.revert(changes, options);
    assert.equal(files.read('image.bin'), old.toString());
  });

  it('keeps line ends and the byte order mark', async () => {
    files.write('windows.ts', '\uFEFFone\r\ntwo\r\n');
    const before = '\uFEFFone\r\ntwo\r\n';
    await sink.apply([change('windows.ts', { before, after: '\uFEFFone\r\n2\r\nthree\r\n' })], options);
    assert.equal(files.read('windows.ts'), '\uFEFFone\r\n2\r\nthree\r\n');
  });

  it('sets the executable bit, and takes it away again, of new files too', async () => {
    const isExecutable = () => (statSync(files.uri('run.sh').fsPath).mode & 0o100) !== 0;
    files.write('run.sh', 'echo\n');
    const changes = [change('run.sh', { before: 'echo\n', after: 'echo 1\n' }, { isExecutable: true })];
    await sink.apply(changes, options);
    assert.equal(isExecutable(), true);
    await sink.revert(changes, options);
    assert.equal(isExecutable(), false);
    await sink.apply([change('new.sh', { after: 'echo\n' }, { isExecutable: true })], options);
    assert.equal(statSync(files.uri('new.sh').fsPath).mode & 0o111, 0o111);
  });

  it('leaves the tabs as they were', async () => {
    files.write('open.ts', 'one\n');
    files.write('closed.ts', 'a\n');
    files.write('gone.ts', 'gone\n');
    await open('open.ts');
    const tabs = () => vscode.window.tabGroups.all.flatMap(group => group.tabs).map(tab => tab.label);
    const before = tabs();
    await sink.apply(
      [
        change('open.ts', { before: 'one\n', after: 'two\n' }),
        change('closed.ts', { before: 'a\n', after: 'b\n' }),
        change('added.ts', { after: 'new\n' }),
        change('gone.ts', { before: 'gone\n' }),
      ],
      options,
    );
    assert.deepEqual(tabs(), before);
  });

  it('saves more files than the editor keeps documents of, and leaves the tabs as they were', async () => {
    files.write('open.ts', 'one\n');
    await open('open.ts');
    const before = 'line\n'.repeat(500);
    const names = Array.from({ length: 60 }, (_, index) => `many/${index}`);
    for (const name of names) files.write(`${name}.ts`, before);
    const changes = names.flatMap(name => [
      change(`${name}.ts`, { before, after: `${before}end\n` }),
      change(`${name}.added.ts`, { after: before }),
    ]);
    await sink.apply(changes, options);
    const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs).map(tab => tab.label);
    assert.deepEqual(tabs, ['open.ts']);
    for (const name of names) assert.equal(files.read(`${name}.ts`), `${before}end\n`, name);
  });

  it('knows a file as the user has it, with what is not saved', async () => {
    files.write('file.ts', 'saved\n');
    const text = async () => Buffer.from((await sink.current('file.ts'))?.content ?? []).toString();
    assert.equal(await text(), 'saved\n');
    await type('file.ts', 'typed, ');
    assert.equal(await text(), 'typed, saved\n');
    assert.equal(await sink.current('none.ts'), undefined);
  });

  it('shows what both changed in the staged side, and applies once that is resolved', async () => {
    files.write('clash.ts', 'one\ntwo\nthree\n');
    const staged = stagedChange('clash.ts', 'one\ntwo\nthree\n', 'one\nstaged\nthree\n');
    const { run, review } = new ReviewFixture([staged]);
    const editor = await open('clash.ts');
    await editor.edit(builder => builder.replace(new vscode.Range(1, 0, 1, 3), 'mine'));
    const parts = { run, review, sink, currentVersion: () => Promise.reject(new Error('the sink knows better')) };
    const outcome = await acceptReview(parts, options);
    assert.equal(outcome.kind, 'conflicts');
    assert.match(
      stagedText(review.files[0]!) ?? '',
      /^one\n<<<<<<< .*\nmine\n[^]*=======\nstaged\n>>>>>>> .*\nthree\n$/,
    );
    assert.equal(editor.document.getText(), 'one\nmine\nthree\n');

    review.edit('clash.ts', 'one\nmine, staged\nthree\n');
    assert.equal((await acceptReview(parts, options)).kind, 'applied');
    assert.equal(editor.document.getText(), 'one\nmine, staged\nthree\n');
    assert.equal(files.read('clash.ts'), 'one\ntwo\nthree\n', 'unsaved changes were saved');
  });

  it('takes changes that are there already for done', async () => {
    files.write('same.ts', 'two\n');
    files.write('added.ts', 'new\n');
    const changes = [
      change('same.ts', { before: 'one\n', after: 'two\n' }),
      change('added.ts', { after: 'new\n' }),
      change('gone.ts', { before: 'gone\n' }),
    ];
    await sink.apply(changes, options);
    assert.deepEqual([files.read('same.ts'), files.read('added.ts'), files.has('gone.ts')], ['two\n', 'new\n', false]);
  });

  it('writes nowhere but in the workspace, whatever the path or the links', async () => {
    symlinkSync(tmpdir(), path.join(files.root, 'way-out'));
    for (const name of ['../outside.ts', '/etc/outside.ts', 'way-out/outside.ts', '.git/config']) {
      await assert.rejects(sink.apply([change(name, { after: 'x' })], options), /^ValidationError: The path/, name);
    }
  });

  it('stops before anything is done when it is aborted', async () => {
    const abort = new AbortController();
    abort.abort(new Error('stopped'));
    await assert.rejects(
      sink.apply([change('new.ts', { after: 'x' })], { ...options, signal: abort.signal }),
      /stopped/,
    );
    assert.equal(files.has('new.ts'), false);
  });
});
