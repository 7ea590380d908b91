import assert from 'node:assert/strict';
import type { StagedChange } from '../../../../src/changes/stagedFiles.ts';
import { decodeText, plainText } from '../../../../src/changes/textFile.ts';
import { stagedText } from '../../../../src/orchestrator/review/reviewFile.ts';
import { asItemId, buildItem, buildPlan } from '../../../support/builders.ts';
import { ReviewFixture, testReport } from '../../../support/reviewFixture.ts';
import { stagedChange, textOfChange } from '../../../support/stagedChange.ts';

const { signal } = new AbortController();
const lines = (...changed: [number, string][]) => {
  const all = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
  for (const [line, text] of changed) all[line - 1] = text;
  return `${all.join('\n')}\n`;
};
const twoHunks = () => stagedChange('src/a.ts', lines(), lines([3, 'three'], [25, 'twenty-five']));
const added = () => stagedChange('src/b.ts', undefined, 'export const b = 1;\n');
const textIn = (changes: readonly StagedChange[], path: string) =>
  textOfChange(changes.find(change => change.path === path));

describe('a review', () => {
  it('keeps every hunk at first, under the items that changed the files', () => {
    const { review } = new ReviewFixture([twoHunks(), added()], {
      plan: buildPlan([buildItem('one', { filePath: 'src/b.ts' }), buildItem('two', { filePath: 'src/a.ts' })]),
    });
    assert.ok(review.isWhole);
    assert.deepEqual(
      review.items.map(({ item, files }) => [item?.id, files.map(file => [file.path, file.hunks.length])]),
      [
        ['one', [['src/b.ts', 1]]],
        ['two', [['src/a.ts', 2]]],
      ],
    );
    assert.deepEqual(
      review.selection().map(change => change.path),
      ['src/a.ts', 'src/b.ts'],
    );
  });

  it('decides by hunk, file, item and all, and selects what is kept to the byte', () => {
    const { review } = new ReviewFixture([twoHunks(), added()]);
    const [first] = review.files[0]?.hunks ?? [];
    assert.ok(first);
    review.decide({ kind: 'hunk', path: 'src/a.ts', hunkId: first.id }, 'rejected');
    assert.equal(review.files[0]?.decision, 'partlyKept');
    assert.equal(textIn(review.selection(), 'src/a.ts'), lines([25, 'twenty-five']));
    review.decide({ kind: 'file', path: 'src/b.ts' }, 'rejected');
    assert.deepEqual(
      review.selection().map(change => change.path),
      ['src/a.ts'],
    );
    review.decide({ kind: 'all' }, 'rejected');
    assert.deepEqual(review.selection(), []);
    review.decide({ kind: 'item', itemId: asItemId('src/a.ts') }, 'kept');
    assert.equal(textIn(review.selection(), 'src/a.ts'), lines([3, 'three'], [25, 'twenty-five']));
    assert.equal(review.isWhole, false);
    review.decide({ kind: 'all' }, 'kept');
    assert.ok(review.isWhole);
  });

  it('is the same when it is opened again from its journal', () => {
    const fixture = new ReviewFixture([twoHunks(), added()]);
    const { review } = fixture;
    const [, second] = review.files[0]?.hunks ?? [];
    assert.ok(second);
    review.decide({ kind: 'hunk', path: 'src/a.ts', hunkId: second.id }, 'rejected');
    review.edit('src/b.ts', 'export const b = 2;\n');
    review.comment({ path: 'src/a.ts', line: 3, text: 'Say it in digits.' });
    const again = fixture.reopened();
    assert.deepEqual(again.files, review.files);
    assert.deepEqual(again.comments, review.comments);
    assert.deepEqual(again.selection(), review.selection());
  });

  it('takes what the human writes into the staged text, and keeps the ids of the hunks that stay', () => {
    const { review } = new ReviewFixture([twoHunks()]);
    const before = review.files[0]?.hunks.map(hunk => hunk.id) ?? [];
    review.edit('src/a.ts', lines([3, 'three'], [14, 'mine'], [25, 'twenty-five']));
    const [file] = review.files;
    const after = file?.hunks.map(hunk => hunk.id) ?? [];
    assert.deepEqual([after[0], after[2], after.length], [before[0], before[1], 3]);
    assert.ok(file?.isEdited);
    assert.equal(review.isWhole, false);
    assert.equal(textIn(review.selection(), 'src/a.ts'), lines([3, 'three'], [14, 'mine'], [25, 'twenty-five']));
    review.edit('src/a.ts', lines([3, 'three'], [25, 'twenty-five']));
    assert.ok(review.isWhole, 'an edit that is taken back is none');
  });

  it('keeps line ends and encoding where the human edits', () => {
    const { review } = new ReviewFixture([stagedChange('a.txt', 'one\r\ntwo\r\n', 'one\r\n2\r\n')]);
    const [file] = review.files;
    assert.ok(file);
    assert.equal(stagedText(file), 'one\n2\n');
    review.edit('a.txt', 'one\n2\nthree\n');
    assert.equal(textIn(review.selection(), 'a.txt'), 'one\r\n2\r\nthree\r\n');
    review.edit('a.txt', 'one\n2\nthree');
    assert.equal(textIn(review.selection(), 'a.txt'), 'one\r\n2\r\nthree');
  });

  it('notes comments with the lines that they are on, and sends them once', () => {
    const { review, run } = new ReviewFixture([twoHunks()]);
    const comment = review.comment({ path: 'src/a.ts', line: 3, text: 'Say it in digits.' });
    assert.deepEqual(comment.quotedLines, ['line 1', 'line 2', 'three', 'line 4', 'line 5']);
    assert.deepEqual(review.requestChanges(), ['src/a.ts']);
    assert.deepEqual(review.requestChanges(), []);
    assert.equal(run.state.review.requests.length, 1);
    const other = review.comment({ path: 'src/a.ts', text: 'As a whole.' });
    review.removeComment(other.id);
    assert.deepEqual(review.comments, []);
  });

  it('shows what changed since the last round, apart from what the human decided', () => {
    const fixture = new ReviewFixture([twoHunks(), added()]);
    assert.deepEqual(fixture.review.changesSinceLastRound(), []);
    fixture.stage([stagedChange('src/a.ts', lines(), lines([3, '3'], [25, 'twenty-five']))]);
    const since = fixture.review.changesSinceLastRound();
    assert.deepEqual(
      since.map(change => [change.path, change.kind, change.additions, change.deletions]),
      [
        ['src/a.ts', 'modified', 1, 1],
        ['src/b.ts', 'deleted', 0, 1],
      ],
    );
    const [first] = since;
    assert.ok(first?.before);
    const text = decodeText(first.before.content);
    assert.equal(text && plainText(text), lines([3, 'three'], [25, 'twenty-five']));
  });

  it('runs the tests on exactly what is kept, once for each selection', async () => {
    const seen: (string | undefined)[] = [];
    const fixture = new ReviewFixture([twoHunks(), added()], {
      test: overlay => {
        seen.push([...overlay.keys()].join());
        return testReport(overlay.has('src/b.ts') ? [] : ['b is one']);
      },
    });
    const { review } = fixture;
    assert.equal((await review.prove({ signal })).verdict, 'passes');
    assert.equal(fixture.testRuns, 0, 'the whole was tested before the review');
    review.decide({ kind: 'file', path: 'src/b.ts' }, 'rejected');
    assert.equal(review.proof, undefined);
    const proof = await review.prove({ signal });
    assert.deepEqual([proof.verdict, proof.summary], ['fails', 'The tests fail: "b is one".']);
    assert.deepEqual(await review.prove({ signal }), proof);
    assert.equal(fixture.testRuns, 1);
    assert.equal(seen.at(-1), 'src/a.ts');
    assert.deepEqual(fixture.reopened().proof, proof);
  });

  it('runs the tests again when the workspace has changed since', async () => {
    const fixture = new ReviewFixture([twoHunks()]);
    const { review } = fixture;
    await review.prove({ signal });
    assert.equal(fixture.testRuns, 0);
    fixture.workspaceHash = 'another';
    assert.equal((await review.prove({ signal })).workspaceHash, 'another');
    await review.prove({ signal });
    assert.equal(fixture.testRuns, 1);
  });

  it('refuses decisions on what is not there, and on what is applied', () => {
    const { review, run } = new ReviewFixture([twoHunks()]);
    assert.throws(() => review.decide({ kind: 'file', path: 'c.ts' }, 'kept'), /does not change c\.ts/);
    assert.throws(() => review.decide({ kind: 'hunk', path: 'src/a.ts', hunkId: 'x' }, 'kept'), /has no hunk x/);
    assert.throws(() => review.comment({ path: 'src/a.ts', line: 99, text: 'x' }), /30 lines .* no line 99/);
    run.append({ type: 'changes.applied', changes: [] });
    assert.throws(() => review.decide({ kind: 'all' }, 'kept'), /applied already/);
  });
});
