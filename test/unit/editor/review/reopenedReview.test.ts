import assert from 'node:assert/strict';
import { silentLogger } from '../../../../src/base/logger.ts';
import type { Engine } from '../../../../src/editor/engine.ts';
import { RunService } from '../../../../src/editor/runService.ts';
import { EndedReview } from '../../../../src/orchestrator/review/endedReview.ts';
import { ReviewFixture, testReport } from '../../../support/reviewFixture.ts';
import { stagedChange } from '../../../support/stagedChange.ts';

const root = { name: 'project', path: '/project' };
const base = 'one\ntwo\nthree\n';

/** An engine that knows one run, which is over, and whose changes go nowhere. */
function setUp() {
  const staged = stagedChange('a.ts', base, base.replace('two', '2'));
  const fixture = new ReviewFixture([staged], { test: overlay => testReport(overlay.size === 0 ? ['it'] : []) });
  const { run, review, journal } = fixture;
  const log: string[] = [];
  const sink = {
    apply: () => {
      log.push('applied');
      return Promise.resolve({});
    },
    revert: () => Promise.resolve(['a.ts']),
  };
  const release = { dispose: () => void log.push('released') };
  const currentVersion = () => Promise.resolve(staged.before);
  const engine: Engine = {
    journal,
    autoApprove: false,
    start: () => assert.fail('Nothing is started.'),
    openReview: () => new EndedReview({ run, review, sink, currentVersion }, release),
    revert: () => {
      run.append({ type: 'changes.reverted', paths: ['a.ts'] });
      return Promise.resolve(['a.ts']);
    },
    dispose: () => undefined,
  };
  const service = new RunService({ logger: silentLogger, openEngine: () => Promise.resolve(engine) });
  const { runId } = run;
  const reopen = async () => {
    await service.show(root, runId);
    await service.reopenReview(root, runId, sink);
  };
  return { service, fixture, log, sink, runId, reopen };
}

describe('a review that is opened again', () => {
  it('is the review that there is, and its run is shown as it goes on', async () => {
    const { service, fixture, runId, reopen } = setUp();
    await reopen();
    assert.deepEqual(
      [service.review?.runId, service.review?.isPending, service.review?.canRequestChanges],
      [runId, true, false],
    );
    const seen: string[] = [];
    service.onDidAppend(({ type }) => seen.push(type));
    fixture.review.decide({ kind: 'all' }, 'rejected');
    assert.deepEqual(seen, ['review.hunksDecided']);
    assert.equal(service.shown?.state.review.files['a.ts']?.rejectedHunks.length, 1);
  });

  it('is accepted, says meanwhile that it is at work, and lets go of the run', async () => {
    const { service, log, reopen } = setUp();
    await reopen();
    const ended = service.decideReview({ kind: 'accept' });
    assert.equal(service.review?.isPending, false);
    assert.equal(await ended, undefined);
    assert.equal(service.review, undefined);
    assert.deepEqual(log, ['applied', 'released']);
    assert.equal(service.shown?.state.applied?.length, 1);
  });

  it('goes on with the reason when it cannot be accepted', async () => {
    const { service, fixture, log, reopen } = setUp();
    await reopen();
    fixture.review.decide({ kind: 'all' }, 'rejected');
    const again = await service.decideReview({ kind: 'accept' });
    assert.equal(again?.setback?.kind, 'nothingKept');
    assert.equal(service.review?.isPending, true);
    assert.deepEqual(log, []);
  });

  it('is refused and can be opened once more, and takes no comments for agents that are gone', async () => {
    const { service, log, reopen } = setUp();
    await reopen();
    await assert.rejects(service.decideReview({ kind: 'requestChanges' }), /no agent to send comments to/);
    await service.decideReview({ kind: 'refuse' });
    assert.deepEqual([service.review, log], [undefined, ['released']]);
    await reopen();
    assert.ok(service.review);
    await service.dispose();
    assert.deepEqual(log, ['released', 'released']);
  });

  it('is over when its changes were taken back from the files', async () => {
    const { service, sink, runId, reopen } = setUp();
    await reopen();
    await service.decideReview({ kind: 'accept' });
    assert.deepEqual(await service.revert(root, runId, sink), ['a.ts']);
    assert.equal(service.shown?.state.applied, undefined);
  });
});
