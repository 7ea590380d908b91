import assert from 'node:assert/strict';
import { handleRequest, type PanelRequestHandlers, parseEnvelope } from '../../../../src/editor/panel/panelMessages.ts';
import { buildItem, buildPlan } from '../../../support/builders.ts';

const snapshot = { run: null, isLive: false, canUndo: false, now: 1 };

function handlers(calls: unknown[]): PanelRequestHandlers {
  const record = (name: string) => (params: unknown) => {
    calls.push([name, params]);
    return Promise.resolve(null);
  };
  return {
    getSnapshot: () => Promise.resolve(snapshot),
    startRun: record('startRun'),
    approvePlan: record('approvePlan'),
    cancelRun: record('cancelRun'),
    answerQuestion: record('answerQuestion'),
    reviewChanges: record('reviewChanges'),
    acceptChanges: record('acceptChanges'),
    refuseChanges: record('refuseChanges'),
    undoAccept: record('undoAccept'),
    openFile: record('openFile'),
    showPanel: record('showPanel'),
    showChat: record('showChat'),
    showHistory: record('showHistory'),
    openSettings: record('openSettings'),
  };
}

describe('parseEnvelope', () => {
  it('takes a request and nothing else', () => {
    const request = { kind: 'request', id: 1, name: 'cancelRun', params: {} };
    assert.deepEqual(parseEnvelope(request), request);
    for (const message of [
      undefined,
      null,
      'cancelRun',
      [],
      { ...request, kind: 'response' },
      { ...request, id: -1 },
      { ...request, id: 'x' },
      { ...request, name: 'deleteEverything' },
      { ...request, name: 'toString' },
      { ...request, name: '__proto__' },
      { ...request, extra: 1 },
    ]) {
      assert.equal(parseEnvelope(message), undefined, JSON.stringify(message));
    }
  });
});

describe('handleRequest', () => {
  it('calls the handler of the request with its parameters', async () => {
    const calls: unknown[] = [];
    const params = { questionId: 'q1', text: ' yes ' };
    assert.equal(await handleRequest(handlers(calls), { name: 'answerQuestion', params }), null);
    assert.deepEqual(calls, [['answerQuestion', { questionId: 'q1', text: 'yes' }]]);
    assert.equal(await handleRequest(handlers(calls), { name: 'getSnapshot', params: {} }), snapshot);
  });

  it('takes a plan only if every item of it is one', async () => {
    const calls: unknown[] = [];
    const plan = buildPlan([buildItem('a')]);
    await handleRequest(handlers(calls), { name: 'approvePlan', params: { plan } });
    assert.equal(calls.length, 1);
    const outside = { ...plan, items: [{ ...plan.items[0], filePath: '../../etc/passwd' }] };
    await assert.rejects(
      handleRequest(handlers(calls), { name: 'approvePlan', params: { plan: outside } }),
      /plan\.items\.0\.filePath: "\.\.\/\.\.\/etc\/passwd" leads out of the workspace/,
    );
    assert.equal(calls.length, 1);
  });

  it('says what is wrong with parameters', async () => {
    const calls: unknown[] = [];
    await assert.rejects(handleRequest(handlers(calls), { name: 'openFile', params: { path: 7 } }), /path: /);
    await assert.rejects(handleRequest(handlers(calls), { name: 'cancelRun', params: { force: true } }), /force/);
    await assert.rejects(
      handleRequest(handlers(calls), { name: 'startRun', params: { request: 'x'.repeat(100_001) } }),
      /request: /,
    );
    assert.deepEqual(calls, []);
  });
});
