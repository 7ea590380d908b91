import assert from 'node:assert/strict';
import type { PanelRequestMessage, PanelSnapshot } from '../../../../src/domain/panelProtocol.ts';
import { reduceAll } from '../../../../src/domain/reduceRun.ts';
import type { RunEvent } from '../../../../src/domain/schema/events.ts';
import { HostLink } from '../../../../webview/common/hostLink.ts';
import { RunStore } from '../../../../webview/common/runStore.ts';
import { buildEvents } from '../../../support/builders.ts';
import { startedPayload, warnedPayload } from '../../../support/journalEvents.ts';

const events = buildEvents([
  startedPayload('Do it'),
  warnedPayload('one'),
  warnedPayload('two'),
  warnedPayload('three'),
]);

function setUp(rememberedRunId?: string) {
  const posted: PanelRequestMessage[] = [];
  const frames: (() => void)[] = [];
  const retries: (() => void)[] = [];
  const link = new HostLink(message => posted.push(message));
  const store = new RunStore({
    link,
    scheduleFrame: callback => frames.push(callback),
    scheduleRetry: callback => retries.push(callback),
    ...(rememberedRunId === undefined ? {} : { rememberedRunId }),
  });
  /** Answers the last request with the run as it is after `count` events. */
  const answer = async (count: number) => {
    const snapshot: PanelSnapshot = {
      run: reduceAll('run_test', events.slice(0, count)),
      isLive: true,
      canUndo: false,
      now: 0,
    };
    link.receive({ kind: 'response', id: posted.at(-1)!.id, result: snapshot });
    await settled();
  };
  const send = (...sent: RunEvent[]) =>
    link.receive({ kind: 'notification', name: 'runEvents', params: { runId: 'run_test', events: sent } });
  const warnings = () => store.snapshot?.run?.warnings;
  return { link, store, posted, frames, retries, answer, send, warnings };
}

/** What follows from a response that has arrived has happened. */
const settled = () => new Promise(resolve => setImmediate(resolve));

describe('RunStore', () => {
  it('pulls a snapshot, naming what was shown before a reload', () => {
    const { store, posted } = setUp('run_old');
    store.pull();
    assert.deepEqual(
      posted.map(({ name, params }) => [name, params]),
      [['getSnapshot', { runId: 'run_old' }]],
    );
  });

  it('asks again when the answer was lost, and takes no late one', async () => {
    const { link, store, posted, retries, answer, warnings } = setUp();
    store.pull();
    retries[0]?.();
    assert.equal(posted.length, 2);
    await answer(2);
    const late: PanelSnapshot = { run: null, isLive: false, canUndo: false, now: 0 };
    link.receive({ kind: 'response', id: posted[0]!.id, result: late });
    await settled();
    assert.deepEqual(warnings(), ['one']);
    retries[1]?.();
    assert.equal(posted.length, 2, 'what was answered is not asked for again');
  });

  it('reduces the events that follow a snapshot', async () => {
    const { store, answer, send, warnings } = setUp();
    store.pull();
    await answer(2);
    send(events[2]!, events[3]!);
    assert.deepEqual(warnings(), ['one', 'two', 'three']);
  });

  it('ignores events that the snapshot has in it already, and those of other runs', async () => {
    const { link, store, answer, send, posted, warnings } = setUp();
    store.pull();
    await answer(3);
    send(events[1]!, events[2]!);
    link.receive({ kind: 'notification', name: 'runEvents', params: { runId: 'run_other', events: [events[3]!] } });
    assert.deepEqual(warnings(), ['one', 'two']);
    assert.equal(posted.length, 1);
  });

  it('pulls again when an event is missing', async () => {
    const { store, answer, send, posted, warnings } = setUp();
    store.pull();
    await answer(2);
    send(events[3]!);
    assert.equal(posted.length, 2);
    await answer(4);
    assert.deepEqual(warnings(), ['one', 'two', 'three']);
  });

  it('pulls once more after a pull during which something arrived', async () => {
    const { link, store, answer, posted } = setUp();
    store.pull();
    link.receive({ kind: 'notification', name: 'snapshotChanged', params: {} });
    link.receive({ kind: 'notification', name: 'snapshotChanged', params: {} });
    assert.equal(posted.length, 1);
    await answer(1);
    assert.equal(posted.length, 2);
    await answer(1);
    assert.equal(posted.length, 2);
  });

  it('keeps the last state and says why when the host cannot answer', async () => {
    const { link, store, answer, posted, warnings } = setUp();
    store.pull();
    await answer(2);
    store.pull();
    link.receive({ kind: 'failure', id: posted.at(-1)!.id, problem: 'The journal is broken.' });
    await settled();
    assert.equal(store.problem, 'The journal is broken.');
    assert.deepEqual(warnings(), ['one']);
  });

  it('tells of many changes once a frame, and of none after the end of a subscription', async () => {
    const { store, frames, answer, send } = setUp();
    let told = 0;
    const unsubscribe = store.subscribe(() => (told += 1));
    store.pull();
    await answer(1);
    send(events[1]!);
    send(events[2]!);
    assert.equal(frames.length, 1);
    frames.pop()?.();
    assert.equal(told, 1);
    unsubscribe();
    send(events[3]!);
    frames.pop()?.();
    assert.equal(told, 1);
  });
});

describe('HostLink', () => {
  it('binds each answer to its request, in whatever order they come', async () => {
    const posted: PanelRequestMessage[] = [];
    const link = new HostLink(message => posted.push(message));
    const first = link.request('cancelRun', {});
    const second = link.request('showHistory', {});
    link.receive({ kind: 'failure', id: 2, problem: 'There is no history.' });
    link.receive({ kind: 'response', id: 1, result: null });
    await assert.rejects(second, /There is no history/);
    assert.equal(await first, null);
    assert.deepEqual(
      posted.map(({ id, name }) => [id, name]),
      [
        [1, 'cancelRun'],
        [2, 'showHistory'],
      ],
    );
  });

  it('takes an answer to a request that nobody made for nothing', () => {
    const link = new HostLink(() => undefined);
    link.receive({ kind: 'response', id: 9, result: null });
    link.receive({ kind: 'failure', id: 9, problem: 'x' });
  });
});
