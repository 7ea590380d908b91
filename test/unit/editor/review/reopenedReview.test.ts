import assert from 'node:assert/strict';
import { silentLogger } from '../../../../src/base/logger.ts';
import type { RunState } from '../../../../src/domain/runState.ts';
import type { Engine } from '../../../../src/editor/engine.ts';
import { RunService } from '../../../../src/editor/runService.ts';
import { EndedReview, type GoOnOptions } from '../../../../src/orchestrator/review/endedReview.ts';
import { endedPayload, resumedPayload } from '../../../support/journalEvents.ts';
import { ReviewFixture, testReport } from '../../../support/reviewFixture.ts';
import { sampleScore } from '../../../support/sampleRun.ts';
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
  const running = Promise.withResolvers<RunState>();
  const gone: GoOnOptions[] = [];
  const goOn = (options: GoOnOptions) => {
    gone.push(options);
    run.append(resumedPayload);
    return {
      runId: run.runId,
      get state() {
        return run.state;
      },
      onDidAppend: run.onDidAppend,
      done: running.promise,
    };
  };
  const currentVersion = () => Promise.resolve(staged.before);
  const engine: Engine = {
    journal,
    autoApprove: false,
    start: () => assert.fail('Nothing is started.'),
    openReview: () => new EndedReview({ run, review, sink, currentVersion }, { release, goOn }),
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
  /** Ends the run that went on. */
  const end = () => {
    run.append(endedPayload());
    running.resolve(run.state);
  };
  return { service, fixture, log, sink, runId, reopen, gone, end };
}

describe('a review that is opened again', () => {
  it('is the review that there is, and its run is shown as it goes on', async () => {
    const { service, fixture, runId, reopen } = setUp();
    await reopen();
    assert.deepEqual([service.review?.runId, service.review?.isPending], [runId, true]);
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

  it('sends comments back, so that its run is live again and the review stays in sight', async () => {
    const { service, fixture, log, runId, reopen, gone, end } = setUp();
    await reopen();
    const standing = () => {
      const { live, shown, review } = service;
      return [live?.runId, shown?.isLive, review?.isPending, review?.review];
    };
    await assert.rejects(service.decideReview({ kind: 'requestChanges' }), /There is no comment yet/);
    assert.deepEqual(standing(), [undefined, false, true, fixture.review], 'what cannot be sent leaves all as it was');
    fixture.review.comment({ path: 'a.ts', line: 1, text: 'Why?' });
    const seen: string[] = [];
    service.onDidAppend(({ type }) => seen.push(type));
    const again = service.decideReview({ kind: 'requestChanges' });
    await Promise.resolve();
    await service.runs(root);
    assert.deepEqual(standing(), [runId, true, false, fixture.review]);
    fixture.review.requestChanges();
    assert.deepEqual(seen, ['run.resumed', 'review.changesRequested'], 'each event is told once');
    const [options] = gone;
    const decision = options?.human.review({ score: sampleScore, review: fixture.review }, options);
    assert.equal((await again)?.isPending, true);
    assert.equal(
      await Promise.race([service.decideReview({ kind: 'refuse' }), decision?.then(({ kind }) => kind)]),
      'refuse',
    );
    end();
    await service.dispose();
    assert.deepEqual(log, [], 'the run lets go of itself when it ends');
  });

  it('is opened anew when settings change, so that it goes on with those', async () => {
    const { service, runId, log, reopen } = setUp();
    await reopen();
    await service.forgetEngines();
    assert.deepEqual([service.review?.runId, service.review?.isPending, log], [runId, true, ['released']]);
  });

  it('is refused and can be opened once more', async () => {
    const { service, log, reopen } = setUp();
    await reopen();
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
