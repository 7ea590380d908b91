import assert from 'node:assert/strict';
import type { TreeOverlay } from '../../../../src/changes/stagedFiles.ts';
import { ReviewFixture, testReport } from '../../../support/reviewFixture.ts';
import { stagedChange } from '../../../support/stagedChange.ts';

const { signal } = new AbortController();
const names = (count: number) => Array.from({ length: count }, (_, index) => `n${String(index).padStart(2, '0')}.ts`);

/** A review with all of `count` files rejected but `kept.ts`; the tests pass when every one of `needed` is there. */
function setUp(count: number, needed: readonly string[], test?: (overlay: TreeOverlay) => boolean) {
  const passes = test ?? ((overlay: TreeOverlay) => needed.every(name => overlay.has(name)));
  const fixture = new ReviewFixture(
    ['kept.ts', ...names(count)].map(path => stagedChange(path, undefined, `export const ${path.slice(0, 3)} = 1;\n`)),
    { test: overlay => testReport(passes(overlay) ? [] : ['all is there']) },
  );
  fixture.review.decide({ kind: 'all' }, 'rejected');
  fixture.review.decide({ kind: 'file', path: 'kept.ts' }, 'kept');
  return fixture;
}

describe('the rejected hunks that the tests need', () => {
  it('are named when it is one, by adding each alone', async () => {
    const { review } = setUp(5, ['n03.ts']);
    assert.equal((await review.prove({ signal })).verdict, 'fails');
    const search = await review.findNeededHunks({ signal });
    assert.ok(search.kind === 'found');
    assert.deepEqual(
      search.needed.hunks.map(hunk => hunk.path),
      ['n03.ts'],
    );
    assert.ok(search.needed.isMinimal);
    assert.equal(search.needed.testRuns, 4);
    assert.deepEqual(review.proof?.needed, search.needed, 'what was found is part of what is known');
  });

  it('are named when they are several, by halves', async () => {
    const fixture = setUp(8, ['n01.ts', 'n06.ts']);
    await fixture.review.prove({ signal });
    const search = await fixture.review.findNeededHunks({ signal, maxTestRuns: 60 });
    assert.ok(search.kind === 'found' && search.needed.isMinimal);
    assert.deepEqual(
      search.needed.hunks.map(hunk => hunk.path),
      ['n01.ts', 'n06.ts'],
    );
    const runs = fixture.journal.read(ReviewFixture.runId).filter(event => event.type === 'tests.finished');
    assert.equal(runs.filter(event => event.scope === 'selection').length, search.needed.testRuns + 1);
  });

  it('are as few as could be found within the runs allowed, and that is said', async () => {
    const { review } = setUp(16, ['n01.ts', 'n14.ts']);
    await review.prove({ signal });
    const search = await review.findNeededHunks({ signal, maxTestRuns: 18 });
    assert.ok(search.kind === 'found');
    assert.equal(search.needed.isMinimal, false);
    assert.equal(search.needed.testRuns, 18);
    assert.ok(['n01.ts', 'n14.ts'].every(path => search.needed.hunks.some(hunk => hunk.path === path)));
  });

  it('are not looked for when the whole fails too', async () => {
    const { review } = setUp(3, [], () => false);
    await review.prove({ signal });
    const search = await review.findNeededHunks({ signal });
    assert.deepEqual(search, {
      kind: 'notFound',
      reason: 'The tests fail with every hunk too, so no rejected hunk is the reason.',
    });
  });

  it('are no longer looked for once that is cancelled', async () => {
    const cancellation = new AbortController();
    let runs = 0;
    const { review } = setUp(6, [], overlay => {
      if (++runs === 5) cancellation.abort(new Error('enough'));
      return overlay.size > 6;
    });
    await assert.rejects(review.findNeededHunks({ signal: cancellation.signal }), /enough/);
    assert.equal(runs, 5);
  });
});
