import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { AcceptConflictError } from '../../../../src/changes/accept/planOperations.ts';
import { fileVersion } from '../../../../src/changes/memoryBlobStore.ts';
import type { FileVersion, StagedChange } from '../../../../src/changes/stagedFiles.ts';
import { acceptReview } from '../../../../src/orchestrator/review/acceptReview.ts';
import { firstConflictLine, stagedText } from '../../../../src/orchestrator/review/reviewFile.ts';
import { ReviewFixture, testReport } from '../../../support/reviewFixture.ts';
import { stagedChange, textOfChange } from '../../../support/stagedChange.ts';

const { signal } = new AbortController();
const numbered = (changes: Readonly<Record<number, string>> = {}) =>
  Array.from({ length: 30 }, (_, index) => `${changes[index + 1] ?? `line ${index + 1}`}\n`).join('');
const version = (text: string) => fileVersion(Buffer.from(text), false);

/** A workspace that holds these texts, into which changes are put as they are. */
function setUp(fixture: ReviewFixture, texts: Readonly<Record<string, string | undefined>>) {
  const current = new Map<string, FileVersion | undefined>();
  for (const [path, text] of Object.entries(texts)) current.set(path, text === undefined ? undefined : version(text));
  const applied: StagedChange[] = [];
  const sink = {
    apply: (changes: readonly StagedChange[]) => {
      applied.push(...changes);
      return Promise.resolve({ checkpointId: 'checkpoint_1' });
    },
  };
  const { run, review } = fixture;
  const currentVersion = (path: string) => Promise.resolve(current.get(path));
  return { parts: { run, review, sink, currentVersion }, applied, current };
}

describe('accepting a review', () => {
  const twoHunks = () => stagedChange('a.ts', numbered(), numbered({ 3: 'three', 25: 'twenty-five' }));
  const reject = ({ review }: ReviewFixture, index: number) => {
    const hunk = review.files[0]?.hunks[index];
    assert.ok(hunk);
    review.decide({ kind: 'hunk', path: 'a.ts', hunkId: hunk.id }, 'rejected');
    return hunk;
  };

  it('applies the whole without testing it again', async () => {
    const fixture = new ReviewFixture([twoHunks()]);
    const { parts, applied } = setUp(fixture, { 'a.ts': numbered() });
    const outcome = await acceptReview(parts, { signal });
    assert.equal(outcome.kind, 'applied');
    assert.equal(fixture.testRuns, 0);
    assert.equal(textOfChange(applied[0]), numbered({ 3: 'three', 25: 'twenty-five' }));
    assert.deepEqual(
      fixture.run.state.applied?.map(change => change.path),
      ['a.ts'],
    );
  });

  it('tests exactly what is kept before it lands', async () => {
    let tested: string | undefined;
    const fixture = new ReviewFixture([twoHunks()], {
      test: overlay => {
        tested = Buffer.from(overlay.get('a.ts')?.content ?? '').toString();
        return testReport();
      },
    });
    const { parts, applied } = setUp(fixture, { 'a.ts': numbered() });
    reject(fixture, 1);
    assert.equal((await acceptReview(parts, { signal })).kind, 'applied');
    assert.equal(fixture.testRuns, 1);
    assert.equal(tested, numbered({ 3: 'three' }));
    assert.equal(textOfChange(applied[0]), tested);
  });

  it('lands a part whose tests fail only when the human wants it in spite of them', async () => {
    const fixture = new ReviewFixture([twoHunks()], {
      test: overlay =>
        testReport(Buffer.from(overlay.get('a.ts')?.content ?? '').includes('twenty-five') ? [] : ['counts on']),
    });
    const { parts, applied } = setUp(fixture, { 'a.ts': numbered() });
    reject(fixture, 1);
    const refused = await acceptReview(parts, { signal });
    assert.ok(refused.kind === 'notProven');
    assert.equal(refused.message, 'The tests fail: "counts on".');
    assert.deepEqual(applied, []);
    assert.equal(fixture.run.state.applied, undefined);
    assert.equal((await acceptReview(parts, { signal, despiteProof: true })).kind, 'applied');
    assert.equal(fixture.testRuns, 1, 'the same part is not tested twice');
    const decided = fixture.journal.read(ReviewFixture.runId).find(event => event.type === 'review.decided');
    assert.equal(decided?.despite, 'fails');
  });

  it('applies nothing whose tests fail by now, for what changed beside it, before the human has seen that', async () => {
    let failures: string[] = [];
    const fixture = new ReviewFixture([twoHunks()], { test: () => testReport(failures) });
    const { parts, applied } = setUp(fixture, { 'a.ts': numbered() });
    fixture.workspaceHash = 'another';
    failures = ['counts on'];
    const refused = await acceptReview(parts, { signal, despiteProof: true });
    assert.ok(refused.kind === 'notProven');
    assert.match(refused.message, /workspace has changed since .* again\. The tests fail: "counts on"\./);
    assert.deepEqual(applied, []);
    assert.equal((await acceptReview(parts, { signal, despiteProof: true })).kind, 'applied');
    assert.equal(fixture.testRuns, 1);
  });

  it('takes a part without tests for proven only where the whole was no better', async () => {
    const nothing = { ...testReport([], 0), outcome: 'noTests' as const };
    const wholeTested = new ReviewFixture([twoHunks()], {
      test: overlay =>
        Buffer.from(overlay.get('a.ts')?.content ?? '').includes('twenty-five') ? testReport() : nothing,
    });
    reject(wholeTested, 1);
    const first = setUp(wholeTested, { 'a.ts': numbered() });
    assert.equal((await acceptReview(first.parts, { signal })).kind, 'notProven');
    const untested = new ReviewFixture([twoHunks()], { test: () => 'There is no sandbox on this machine.' });
    reject(untested, 1);
    const second = setUp(untested, { 'a.ts': numbered() });
    assert.equal((await acceptReview(second.parts, { signal })).kind, 'applied');
  });

  it('applies nothing when nothing is kept', async () => {
    const fixture = new ReviewFixture([twoHunks()]);
    fixture.review.decide({ kind: 'all' }, 'rejected');
    const { parts, applied } = setUp(fixture, { 'a.ts': numbered() });
    assert.equal((await acceptReview(parts, { signal })).kind, 'nothingKept');
    assert.deepEqual(applied, []);
  });

  it('brings the change onto what the user wrote meanwhile, and tests that', async () => {
    const fixture = new ReviewFixture([twoHunks()]);
    const mine = numbered({ 14: 'mine' });
    const { parts, applied } = setUp(fixture, { 'a.ts': mine });
    const rejected = reject(fixture, 1);
    assert.equal((await acceptReview(parts, { signal })).kind, 'applied');
    assert.equal(fixture.testRuns, 1);
    assert.equal(textOfChange(applied[0]), numbered({ 3: 'three', 14: 'mine' }));
    assert.equal(Buffer.from(applied[0]?.before?.content ?? '').toString(), mine);
    const [file] = fixture.reopened().files;
    assert.ok(file?.isRebased);
    assert.deepEqual(
      file.hunks.map(hunk => [hunk.id, hunk.decision]),
      [
        [file.hunks[0]?.id, 'kept'],
        [rejected.id, 'rejected'],
      ],
      'what was rejected is still on offer',
    );
  });

  it('shows both versions in the staged text where the user changed the same lines, and overwrites nothing', async () => {
    const fixture = new ReviewFixture([twoHunks()]);
    const { parts, applied } = setUp(fixture, { 'a.ts': numbered({ 3: 'drei' }) });
    const outcome = await acceptReview(parts, { signal });
    assert.deepEqual(outcome.kind === 'conflicts' && outcome.paths, ['a.ts']);
    assert.deepEqual(applied, []);
    const file = fixture.review.files[0];
    assert.ok(file);
    assert.equal(file.conflicts, 1);
    assert.equal(firstConflictLine(file), 2);
    assert.match(
      stagedText(file) ?? '',
      /<<<<<<< in your workspace\ndrei\n\|{7} before\nline 3\n=======\nthree\n>>>>>>> staged by Trellis\n/,
    );
    assert.equal((await acceptReview(parts, { signal })).kind, 'conflicts', 'it stays so until it is resolved');
    const [opening] = fixture.review.files[0]?.hunks ?? [];
    assert.ok(opening);
    assert.ok(opening.lines.some(line => line.text.startsWith('<<<<<<<')));
    fixture.review.decide({ kind: 'hunk', path: 'a.ts', hunkId: opening.id }, 'rejected');
    assert.equal((await acceptReview(parts, { signal })).kind, 'conflicts', 'half of the markers is a conflict too');
    fixture.review.edit('a.ts', numbered({ 3: 'drei, three', 25: 'twenty-five' }));
    assert.equal(firstConflictLine(fixture.review.files[0]!), undefined);
    assert.equal((await acceptReview(parts, { signal })).kind, 'applied');
    assert.equal(textOfChange(applied[0]), numbered({ 3: 'drei, three', 25: 'twenty-five' }));
  });

  it('waits for a decision where the two cannot stand in one text', async () => {
    const fixture = new ReviewFixture([
      stagedChange('gone.ts', 'one\n', undefined),
      stagedChange('new.ts', undefined, 'x\n'),
    ]);
    const { parts, applied } = setUp(fixture, { 'gone.ts': 'one\nand mine\n' });
    assert.equal((await acceptReview(parts, { signal })).kind, 'conflicts');
    assert.equal(fixture.review.files[0]?.conflicts, 1);
    fixture.review.decide({ kind: 'file', path: 'gone.ts' }, 'rejected');
    assert.equal((await acceptReview(parts, { signal })).kind, 'applied');
    assert.deepEqual(
      applied.map(change => change.path),
      ['new.ts'],
    );
  });

  it('shows the conflict too when the file changes in the moment of applying', async () => {
    const fixture = new ReviewFixture([twoHunks()]);
    const { parts, current } = setUp(fixture, { 'a.ts': numbered() });
    const apply = () => {
      const mine = version(numbered({ 3: 'drei' }));
      current.set('a.ts', mine);
      const conflict = { path: 'a.ts', current: mine, accepted: undefined, markedText: undefined };
      return Promise.reject(new AcceptConflictError([conflict]));
    };
    const outcome = await acceptReview({ ...parts, sink: { apply } }, { signal });
    assert.equal(outcome.kind, 'conflicts');
    assert.equal(fixture.review.files[0]?.conflicts, 1);
    assert.equal(fixture.run.state.applied, undefined);
  });

  it('asks the sink for what the user has, where that knows of text that is not saved', async () => {
    const fixture = new ReviewFixture([twoHunks()]);
    const { parts, applied } = setUp(fixture, { 'a.ts': numbered() });
    const unsaved = version(numbered({ 14: 'not saved' }));
    const sink = { ...parts.sink, current: () => Promise.resolve(unsaved) };
    assert.equal((await acceptReview({ ...parts, sink }, { signal })).kind, 'applied');
    assert.equal(textOfChange(applied[0]), numbered({ 3: 'three', 14: 'not saved', 25: 'twenty-five' }));
  });
});
