import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/emitter.ts';
import { AbortError, ValidationError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { reduceAll } from '../../../src/domain/reduceRun.ts';
import type { RunState } from '../../../src/domain/runState.ts';
import type { RunEvent, RunEventPayload } from '../../../src/domain/schema/events.ts';
import type { Engine } from '../../../src/editor/engine.ts';
import { RunService } from '../../../src/editor/runService.ts';
import { MemoryJournal } from '../../../src/journal/memoryJournal.ts';
import type { ChangeSink } from '../../../src/orchestrator/changeSink.ts';
import type { HumanChannel } from '../../../src/orchestrator/humanChannel.ts';
import { buildItem, buildPlan } from '../../support/builders.ts';
import { asRunId, endedPayload, startedPayload } from '../../support/journalEvents.ts';
import { ReviewFixture } from '../../support/reviewFixture.ts';

const root = { name: 'project', path: '/project' };
const plan = buildPlan([buildItem('a')]);
const score = {
  overall: 1,
  completeness: 1,
  correctness: 1,
  passed: true,
  evidence: [],
  feedback: [],
  itemsAtFault: [],
};
const sink: ChangeSink = { apply: () => Promise.resolve({}) };

/** An engine whose runs do nothing but what the test tells them to. */
class FakeEngine implements Engine {
  readonly autoApprove = false;
  readonly journal = new MemoryJournal({ clock: { now: () => 1000 } });
  readonly runs: FakeRun[] = [];
  isDisposed = false;

  start(request: string, options: { human: HumanChannel; signal: AbortSignal }) {
    const run = new FakeRun(this.journal, `run_${this.runs.length + 1}`, options);
    run.append(startedPayload(request));
    this.runs.push(run);
    return run;
  }

  openReview(): never {
    throw new Error('Nothing here is reviewed later.');
  }

  revert(): never {
    throw new Error('Nothing here is reverted.');
  }

  dispose() {
    this.isDisposed = true;
  }
}

class FakeRun {
  readonly runId;
  readonly done: Promise<RunState>;
  readonly human: HumanChannel;
  readonly signal: AbortSignal;
  readonly #journal: MemoryJournal;
  readonly #emitter = new Emitter<RunEvent>(assert.ifError);
  #end: (state: RunState) => void = () => undefined;

  constructor(journal: MemoryJournal, id: string, options: { human: HumanChannel; signal: AbortSignal }) {
    this.#journal = journal;
    this.runId = asRunId(id);
    this.human = options.human;
    this.signal = options.signal;
    this.done = new Promise(resolve => (this.#end = resolve));
    this.signal.addEventListener('abort', () => this.end());
  }

  get state() {
    return reduceAll(this.runId, this.#journal.read(this.runId));
  }

  get onDidAppend() {
    return this.#emitter.event;
  }

  append(payload: RunEventPayload) {
    this.#emitter.fire(this.#journal.append(this.runId, payload, 'test'));
  }

  end() {
    this.append(endedPayload());
    this.#end(this.state);
  }
}

function setUp() {
  const engines: FakeEngine[] = [];
  const service = new RunService({
    logger: silentLogger,
    openEngine: () => {
      const engine = new FakeEngine();
      engines.push(engine);
      return Promise.resolve(engine);
    },
  });
  const engine = () => engines.at(-1)!;
  const run = () => engine().runs.at(-1)!;
  /** Resolves when the service has taken in the end of its run. */
  const idle = () =>
    new Promise<void>(resolve => {
      const subscription = service.onDidChange(() => {
        if (service.live) return;
        void subscription.dispose();
        resolve();
      });
    });
  return { service, engines, engine, run, idle };
}

describe('RunService', () => {
  it('loads the engine of a folder once, and only when it is needed', async () => {
    const { service, engines } = setUp();
    assert.equal(engines.length, 0);
    await Promise.all([service.engine(root), service.engine(root), service.runs(root)]);
    assert.equal(engines.length, 1);
  });

  it('tries again to load an engine that could not be loaded', async () => {
    let attempts = 0;
    const service = new RunService({
      logger: silentLogger,
      openEngine: () => {
        attempts += 1;
        return Promise.reject(new Error('no'));
      },
    });
    await assert.rejects(service.engine(root), /no/);
    await assert.rejects(service.engine(root), /no/);
    assert.equal(attempts, 2);
  });

  it('shows the live run, passes its events on, and keeps showing it after its end', async () => {
    const { service, run, idle } = setUp();
    const seen: string[] = [];
    service.onDidAppend(event => seen.push(event.type));
    await service.start(root, 'Do it', sink);
    assert.equal(service.shown?.isLive, true);
    run().append({ type: 'run.warned', message: 'careful' });
    assert.deepEqual(service.shown.state.warnings, ['careful']);
    const ended = idle();
    run().end();
    await ended;
    assert.equal(service.live, undefined);
    assert.equal(service.shown.isLive, false);
    assert.equal(service.shown.state.phase, 'ended');
    assert.deepEqual(seen, ['run.warned', 'run.ended']);
  });

  it('refuses an empty request and a second run beside the first', async () => {
    const { service } = setUp();
    await assert.rejects(service.start(root, '  ', sink), ValidationError);
    await service.start(root, 'Do it', sink);
    await assert.rejects(service.start(root, 'And that', sink), /A run is going on/);
  });

  it('starts one run only when asked twice at the same time', async () => {
    const { service, engine } = setUp();
    const results = await Promise.allSettled([service.start(root, 'one', sink), service.start(root, 'two', sink)]);
    assert.deepEqual(
      results.map(result => result.status),
      ['fulfilled', 'rejected'],
    );
    assert.equal(engine().runs.length, 1);
  });

  it('passes decisions on, and says so when nothing waits for them', async () => {
    const { service, run } = setUp();
    assert.throws(() => service.approvePlan(plan), /No plan waits/);
    await service.start(root, 'Do it', sink);
    assert.throws(() => service.answer('q', 'x'), /Nobody waits/);
    await assert.rejects(service.decideReview({ kind: 'accept' }), /No changes wait/);
    const { signal } = new AbortController();
    const approval = run().human.approvePlan(plan, { signal });
    service.approvePlan(plan);
    assert.deepEqual(await approval, { kind: 'approve', plan, by: 'human' });
  });

  it('takes the decision on a review, and keeps showing what is decided on', async () => {
    const { service, run } = setUp();
    await service.start(root, 'Do it', sink);
    const { signal } = new AbortController();
    const review = run().human.review({ score, review: new ReviewFixture([]).review }, { signal });
    assert.deepEqual([service.review?.root, service.review?.isPending], [root, true]);
    const ended = service.decideReview({ kind: 'accept' });
    assert.deepEqual(await review, { kind: 'accept' });
    assert.equal(service.review?.isPending, false);
    run().end();
    assert.equal(await ended, undefined);
    assert.equal(service.review, undefined);
  });

  it('tells who decided on a review why it is asked for again', async () => {
    const { service, run } = setUp();
    await service.start(root, 'Do it', sink);
    const { signal } = new AbortController();
    const { review } = new ReviewFixture([]);
    void run().human.review({ score, review }, { signal });
    const again = service.decideReview({ kind: 'accept' });
    const setback = { kind: 'nothingKept', message: 'Nothing is kept.' } as const;
    void run().human.review({ score, review, setback }, { signal });
    assert.deepEqual((await again)?.setback, setback);
  });

  it('cancels the live run with an abort, and says when there is none', async () => {
    const { service, run, idle } = setUp();
    assert.equal(service.cancel(), false);
    await service.start(root, 'Do it', sink);
    const ended = idle();
    assert.equal(service.cancel(), true);
    assert.ok(run().signal.reason instanceof AbortError);
    await ended;
  });

  it('shows a run of the past while another is live, and goes back to that one', async () => {
    const { service, engine } = setUp();
    await service.start(root, 'Do it', sink);
    engine().journal.append(asRunId('run_old'), startedPayload('Earlier'), 'test');
    await service.show(root, 'run_old');
    assert.equal(service.shown?.state.task?.title, 'Earlier');
    assert.equal(service.shown.isLive, false);
    await service.show(root, 'run_1');
    assert.equal(service.shown.isLive, true);
    await assert.rejects(service.show(root, 'run_none'), /does not know/);
  });

  it('keeps a run of the past shown when the live one ends', async () => {
    const { service, engine, run, idle } = setUp();
    await service.start(root, 'Do it', sink);
    engine().journal.append(asRunId('run_old'), startedPayload('Earlier'), 'test');
    await service.show(root, 'run_old');
    const ended = idle();
    run().end();
    await ended;
    assert.equal(service.shown?.state.runId, 'run_old');
  });

  it('gives the next run a new engine after the settings changed, and the live one its own', async () => {
    const { service, engines, run, idle } = setUp();
    await service.start(root, 'Do it', sink);
    await service.forgetEngines();
    assert.equal(engines[0]?.isDisposed, false);
    const ended = idle();
    run().end();
    await ended;
    await service.start(root, 'Again', sink);
    assert.equal(engines.length, 2);
    assert.equal(engines[0].isDisposed, true);
  });

  it('cancels, waits for the end and closes the engines when it is disposed', async () => {
    const { service, engine, run } = setUp();
    await service.start(root, 'Do it', sink);
    await service.dispose();
    assert.equal(run().state.phase, 'ended');
    assert.equal(engine().isDisposed, true);
  });
});
