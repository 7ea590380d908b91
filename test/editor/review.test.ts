import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Emitter } from '../../src/base/emitter.ts';
import type { OpenReview } from '../../src/editor/review/openReview.ts';
import { ReviewActions } from '../../src/editor/review/reviewActions.ts';
import { contentUri } from '../../src/editor/review/reviewAddress.ts';
import { ReviewComments } from '../../src/editor/review/reviewComments.ts';
import { ReviewDiffs } from '../../src/editor/review/reviewDiffs.ts';
import { ReviewEnding } from '../../src/editor/review/reviewEnding.ts';
import type { ReviewNode } from '../../src/editor/review/reviewOutline.ts';
import { ReviewTree } from '../../src/editor/review/reviewTree.ts';
import { StagedFileSystem } from '../../src/editor/review/stagedFileSystem.ts';
import type { ReviewDecision } from '../../src/orchestrator/humanChannel.ts';
import { buildItem, buildPlan } from '../support/builders.ts';
import { ReviewFixture } from '../support/reviewFixture.ts';
import { waitUntil } from '../support/sandbox.ts';
import { stagedChange } from '../support/stagedChange.ts';
import { TestFiles } from './files.ts';

// The extension itself holds the real one.
const scheme = 'trellis-staged-test';
const lines = Array.from({ length: 40 }, (_, index) => `line ${index + 1}\n`);
const base = lines.join('');
const staged = base.replace('line 3\n', 'three\n').replace('line 20\n', '').replace('line 35\n', 'thirty-five\n');

const plan = buildPlan([
  buildItem('one', { filePath: 'src/a.ts', description: 'Change a' }),
  buildItem('two', { filePath: 'src/new.ts', description: 'Add new' }),
]);

describe('the review in the editor', () => {
  let files: TestFiles;
  let fixture: ReviewFixture;
  let open: OpenReview | undefined;
  let fileSystem: StagedFileSystem;
  let registration: vscode.Disposable;
  let actions: ReviewActions;
  let selected: ReviewNode | undefined;
  let diffs: ReviewDiffs;
  let revealed: string[];

  beforeEach(() => {
    files = new TestFiles('review');
    fixture = new ReviewFixture(
      [
        stagedChange('src/a.ts', base, staged),
        stagedChange('src/gone.ts', 'gone\n', undefined),
        stagedChange('src/image.bin', undefined, { content: Buffer.from([0, 1, 2]) }),
        stagedChange('src/new.ts', undefined, 'export const new_ = "ä€";\n'),
      ],
      { plan },
    );
    const root = { name: 'review', path: files.root };
    open = { root, runId: fixture.run.runId, review: fixture.review, isPending: true };
    fileSystem = new StagedFileSystem({ review: () => open, scheme });
    registration = vscode.workspace.registerFileSystemProvider(scheme, fileSystem);
    selected = undefined;
    diffs = new ReviewDiffs(fileSystem);
    revealed = [];
    const service = {
      get review() {
        return open;
      },
    };
    actions = new ReviewActions({
      service,
      diffs,
      selected: () => selected,
      reveal: (path, hunkId) => revealed.push(`${path}#${hunkId}`),
      scheme,
    });
  });
  afterEach(async () => {
    await files.clear();
    registration.dispose();
    fileSystem.dispose();
  });

  const fileOf = (path: string) => {
    const file = fixture.review.files.find(each => each.path === path);
    assert.ok(file, path);
    return file;
  };
  const uriOf = (path: string) => {
    const uri = fileSystem.uriOf(fileOf(path));
    assert.ok(uri, path);
    return uri;
  };
  const cursor = () => {
    const editor = vscode.window.activeTextEditor;
    return editor && [editor.document.uri.path, editor.selection.active.line + 1];
  };
  const cursorIs = (path: string, line: number) =>
    waitUntil(`the cursor is at ${path}:${line}`, () => String(cursor()) === String([path, line]));

  describe('its staged texts', () => {
    it('open, are edited and saved like files, into the review and nowhere else', async () => {
      const document = await vscode.workspace.openTextDocument(uriOf('src/a.ts'));
      assert.equal(document.getText(), staged);
      assert.equal(document.languageId, 'typescript');
      const editor = await vscode.window.showTextDocument(document);
      await editor.edit(builder => builder.insert(new vscode.Position(0, 0), 'mine\n'));
      assert.equal(fileOf('src/a.ts').isEdited, false, 'what is typed is the editor’s until it is saved');
      assert.equal(await document.save(), true);
      assert.equal(fileOf('src/a.ts').isEdited, true);
      assert.equal(Buffer.from(fileOf('src/a.ts').change.after!.content).toString(), `mine\n${staged}`);
      assert.equal(files.has('src/a.ts'), false);
    });

    it('show what the review makes of them meanwhile', async () => {
      const document = await vscode.workspace.openTextDocument(uriOf('src/a.ts'));
      await vscode.window.showTextDocument(document);
      fixture.review.edit('src/a.ts', 'from elsewhere\n');
      fileSystem.refresh();
      await waitUntil('the editor has read it again', () => document.getText() === 'from elsewhere\n');
    });

    it('cannot be saved while nothing waits for a decision', async () => {
      const editor = await vscode.window.showTextDocument(uriOf('src/a.ts'));
      await editor.edit(builder => builder.insert(new vscode.Position(0, 0), 'late\n'));
      open = { ...open!, isPending: false };
      assert.equal(await editor.document.save(), false);
      assert.equal(editor.document.isDirty, true);
      assert.equal(fileOf('src/a.ts').isEdited, false);
    });

    it('are there for text only, and cannot be deleted or renamed', async () => {
      assert.equal(fileSystem.uriOf(fileOf('src/gone.ts')), undefined);
      assert.equal(fileSystem.uriOf(fileOf('src/image.bin')), undefined);
      const uri = uriOf('src/a.ts');
      await assert.rejects(async () => vscode.workspace.fs.delete(uri));
      await assert.rejects(async () => vscode.workspace.fs.rename(uri, uri.with({ path: '/src/b.ts' })));
      await assert.rejects(async () => vscode.workspace.fs.readFile(uri.with({ path: '/etc/passwd' })));
      await assert.rejects(async () => vscode.workspace.fs.readFile(uri.with({ authority: 'run_other' })));
    });

    it('are read right whatever encoding files are in', async () => {
      const settings = vscode.workspace.getConfiguration('files');
      await settings.update('encoding', 'iso88591', vscode.ConfigurationTarget.Workspace);
      try {
        const document = await vscode.workspace.openTextDocument(uriOf('src/new.ts'));
        assert.equal(document.getText(), 'export const new_ = "ä€";\n');
        const editor = await vscode.window.showTextDocument(document);
        await editor.edit(builder => builder.insert(new vscode.Position(0, 0), '// “”\n'));
        assert.equal(await document.save(), true);
        assert.equal(
          Buffer.from(fileOf('src/new.ts').change.after!.content).toString(),
          '// “”\nexport const new_ = "ä€";\n',
        );
      } finally {
        await settings.update('encoding', undefined, vscode.ConfigurationTarget.Workspace);
      }
    });
  });

  describe('its commands', () => {
    it('go from hunk to hunk, over the ends of files, and no further', async () => {
      await actions.openFile('src/a.ts');
      await cursorIs('/src/a.ts', 3);
      await actions.go('next');
      await cursorIs('/src/a.ts', 20);
      await actions.go('next');
      await cursorIs('/src/a.ts', 34);
      await actions.go('previous');
      await cursorIs('/src/a.ts', 20);
      assert.deepEqual(
        revealed,
        [1, 2, 1].map(index => `src/a.ts#${fileOf('src/a.ts').hunks[index]?.id}`),
      );
      await actions.openFile('src/gone.ts');
      await cursorIs('/src/gone.ts', 1);
      await actions.go('previous');
      await cursorIs('/src/new.ts', 1);
    });

    it('pass over no file, deleted and binary ones neither, in the order of the tree, and stop at the ends', async () => {
      const order = ['/src/a.ts', '/src/new.ts', '/src/gone.ts', '/src/image.bin'];
      await actions.openFile('src/a.ts');
      await cursorIs('/src/a.ts', 3);
      await actions.decide('kept', 'file');
      await cursorIs('/src/new.ts', 1);
      for (const path of order.slice(2)) {
        await actions.go('next');
        await cursorIs(path, 1);
      }
      await actions.go('next');
      await cursorIs('/src/image.bin', 1);
      await actions.decide('rejected', 'hunk');
      assert.equal(fileOf('src/image.bin').decision, 'rejected');
      await cursorIs('/src/image.bin', 1);
      await actions.go('previous');
      await cursorIs('/src/gone.ts', 1);
      await actions.decide('rejected', 'hunk');
      assert.equal(fileOf('src/gone.ts').decision, 'rejected');
    });

    it('decide on the hunk that the cursor is in, and on its file, and go on to the next', async () => {
      await actions.openFile('src/a.ts');
      await cursorIs('/src/a.ts', 3);
      await actions.decide('rejected', 'hunk');
      const decisions = () => fileOf('src/a.ts').hunks.map(hunk => hunk.decision);
      assert.deepEqual(decisions(), ['rejected', 'kept', 'kept']);
      await cursorIs('/src/a.ts', 20);
      await actions.decide('rejected', 'hunk');
      assert.deepEqual(decisions(), ['rejected', 'rejected', 'kept']);
      await cursorIs('/src/a.ts', 34);
      await actions.decide('kept', 'file');
      assert.deepEqual(decisions(), ['kept', 'kept', 'kept']);
      await cursorIs('/src/new.ts', 1);
    });

    it('say so when the cursor is in no hunk', async () => {
      await actions.openFile('src/a.ts');
      await cursorIs('/src/a.ts', 3);
      vscode.window.activeTextEditor!.selection = new vscode.Selection(10, 0, 10, 0);
      await cursorIs('/src/a.ts', 11);
      await assert.rejects(actions.decide('kept', 'hunk'), /The cursor is in no hunk; go to the next one first\./);
    });

    it('know the left side by its content, and take no decision from the text of an earlier attempt', async () => {
      const { runId } = open!;
      const show = async (hash: string | undefined) =>
        vscode.window.showTextDocument(contentUri({ runId, path: 'src/a.ts' }, files.root, hash));
      await show('f'.repeat(64));
      selected = new ReviewTree(() => open, diffs).outline[0];
      await assert.rejects(actions.decide('rejected', 'file'), /Put the cursor into a change of the review/);
      await show(fileOf('src/a.ts').change.before?.hash);
      await actions.decide('rejected', 'file');
      assert.equal(fileOf('src/a.ts').decision, 'rejected');
    });

    it('save what was typed before they decide', async () => {
      await actions.openFile('src/a.ts');
      await cursorIs('/src/a.ts', 3);
      await vscode.window.activeTextEditor!.edit(builder => builder.insert(new vscode.Position(0, 0), 'typed\n'));
      await cursorIs('/src/a.ts', 4);
      await actions.decide('rejected', 'hunk');
      await cursorIs('/src/a.ts', 21);
      assert.equal(fileOf('src/a.ts').isEdited, true);
      assert.deepEqual(
        fileOf('src/a.ts').hunks.map(hunk => hunk.decision),
        ['kept', 'rejected', 'kept', 'kept'],
      );
    });

    it('take what is selected in the tree when no diff is in front, and nothing while nothing waits', async () => {
      await assert.rejects(actions.decide('rejected', 'file'), /Put the cursor into a change of the review/);
      const tree = new ReviewTree(() => open, diffs);
      selected = tree.outline[1];
      await actions.decide('rejected', 'file');
      assert.equal(fileOf('src/new.ts').decision, 'rejected');
      await actions.decideItem('kept', tree.outline[1]);
      assert.equal(fileOf('src/new.ts').decision, 'kept');
      await assert.rejects(actions.decideItem('rejected', tree.outline[1]?.children[0]), /Choose an item/);
      tree.refresh();
      selected = tree.outline[1];
      await actions.toggle();
      assert.equal(fileOf('src/new.ts').decision, 'rejected');
      tree.refresh();
      selected = tree.outline[1];
      await actions.toggle();
      assert.equal(fileOf('src/new.ts').decision, 'kept');
      open = { ...open!, isPending: false };
      await assert.rejects(actions.decide('kept', 'file'), /What you decided is being worked on/);
      open = undefined;
      await assert.rejects(actions.decide('kept', 'file'), /No changes wait for a review/);
      tree.dispose();
    });

    it('open all files in one editor, and close what they opened and nothing else', async () => {
      files.write('mine.ts', 'mine\n');
      await vscode.window.showTextDocument(files.uri('mine.ts'), { preview: false });
      await diffs.openAll(open!);
      await waitUntil('the overview is in front', () => diffs.isOverviewInFront);
      fixture.review.comment({ path: 'src/a.ts', line: 3, text: 'Make it 33' });
      fixture.review.requestChanges();
      fixture.stage([stagedChange('src/a.ts', base, staged.replace('three', '33'))]);
      await diffs.openSince(open!, fixture.review.changesSinceLastRound());
      await waitUntil('another is in front', () => !diffs.isOverviewInFront);
      await actions.openFile('src/a.ts');
      await cursorIs('/src/a.ts', 3);
      await diffs.close(open!.runId);
      const labels = vscode.window.tabGroups.all.flatMap(group => group.tabs).map(tab => tab.label);
      assert.deepEqual(labels, ['mine.ts']);
    });
  });

  describe('its tree', () => {
    it('has a check box, an icon and words for everything, and knows its way up', () => {
      const tree = new ReviewTree(() => open, diffs);
      const [item] = tree.getChildren();
      const [file] = tree.getChildren(item);
      const [hunk] = tree.getChildren(file);
      assert.ok(item && file && hunk);
      assert.deepEqual([tree.getParent(hunk)?.id, tree.getParent(file)?.id], [file.id, item.id]);
      for (const node of [item, file, hunk]) {
        const shown = tree.getTreeItem(node);
        assert.ok(shown.iconPath !== undefined);
        assert.ok(
          shown.accessibilityInformation?.label.startsWith({ item: 'Item', file: 'File', hunk: 'Hunk' }[node.kind]),
        );
        assert.equal(checkOf(shown), vscode.TreeItemCheckboxState.Checked);
        // The editor's own command: so the tree keeps the focus unless Enter is pressed.
        assert.equal(shown.command?.command, node.kind === 'item' ? undefined : 'vscode.diff');
      }
      assert.equal(tree.find('src/a.ts', fileOf('src/a.ts').hunks[0]!.id)?.id, hunk.id);
      assert.equal(tree.find('src/a.ts', 'nothing'), undefined);
      fixture.review.decide({ kind: 'file', path: 'src/a.ts' }, 'rejected');
      tree.refresh();
      assert.equal(checkOf(tree.getTreeItem(tree.outline[0]!)), vscode.TreeItemCheckboxState.Unchecked);
      open = undefined;
      tree.refresh();
      assert.deepEqual(tree.getChildren(), []);
      tree.dispose();
    });
  });

  describe('its end', () => {
    const changes = new Emitter<void>(error => assert.ifError(error));
    let decisions: string[];
    let ending: ReviewEnding;
    beforeEach(() => {
      files.write('src/a.ts', base);
      files.write('src/gone.ts', 'gone\n');
      decisions = [];
      const service = {
        get review() {
          return open;
        },
        onDidChange: changes.event,
        decideReview: ({ kind }: ReviewDecision) => {
          decisions.push(kind);
          return Promise.resolve(undefined);
        },
      };
      ending = new ReviewEnding({ service, actions, diffs, onDidChange: () => undefined });
    });

    it('is one thing at a time, and its tests stop with the review', async () => {
      // Tests that run until they are stopped.
      fixture.review.prove = ({ signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      fixture.review.decide({ kind: 'file', path: 'src/new.ts' }, 'rejected');
      const applying = ending.apply();
      await waitUntil('the tests run', () => ending.isTesting);
      await assert.rejects(ending.apply(), /The tests still run on what you accepted/);
      changes.fire();
      assert.equal(ending.isTesting, true, 'the review is the same as before');
      open = undefined;
      changes.fire();
      await applying;
      assert.equal(ending.isTesting, false);
      assert.deepEqual(decisions, []);
    });

    it('needs no tests where they ran already', async () => {
      await ending.apply();
      assert.deepEqual(decisions, ['accept']);
      assert.equal(fixture.testRuns, 0);
    });
  });

  describe('its comments', () => {
    let comments: ReviewComments;
    let controller: vscode.CommentController;
    beforeEach(() => {
      comments = new ReviewComments({ review: () => open, scheme });
      controller = vscode.comments.createCommentController('test', 'Test');
    });
    afterEach(async () => {
      controller.dispose();
      await comments.dispose();
    });
    const threadAt = (path: string, line: number) =>
      controller.createCommentThread(uriOf(path), new vscode.Range(line - 1, 0, line - 1, 0), []);

    it('can be put on every line of what an item changed, while the review waits', async () => {
      const document = await vscode.workspace.openTextDocument(uriOf('src/a.ts'));
      assert.deepEqual(comments.rangesOf(document), [new vscode.Range(0, 0, 38, 0)]);
      open = { ...open!, isPending: false };
      assert.deepEqual(comments.rangesOf(document), []);
    });

    it('are kept by the review, shown in their thread, and removed again', () => {
      const thread = threadAt('src/a.ts', 3);
      comments.add({ thread, text: 'Say **why**' });
      const [kept] = fixture.review.comments;
      assert.deepEqual([kept?.path, kept?.line, kept?.side, kept?.text], ['src/a.ts', 3, 'after', 'Say **why**']);
      assert.equal(thread.comments.length, 1);
      comments.add({ thread, text: 'And when' });
      assert.equal(thread.comments.length, 2);
      comments.remove(thread.comments[0]);
      assert.deepEqual(
        fixture.review.comments.map(comment => comment.text),
        ['And when'],
      );
      assert.throws(() => comments.remove('nothing'), /Choose the comment/);
      assert.throws(() => comments.add({ thread, text: ' ' }), /The comment is empty/);
    });

    it('go when they were sent', () => {
      comments.add({ thread: threadAt('src/a.ts', 3), text: 'Again' });
      fixture.review.requestChanges();
      comments.sync();
      assert.deepEqual(fixture.review.comments, []);
      const thread = threadAt('src/a.ts', 3);
      open = undefined;
      assert.throws(() => comments.add({ thread, text: 'Late' }), /Nothing waits for a comment here/);
    });
  });
});

function checkOf({ checkboxState }: vscode.TreeItem): vscode.TreeItemCheckboxState | undefined {
  return typeof checkboxState === 'object' ? checkboxState.state : checkboxState;
}
