import assert from 'node:assert/strict';
import { reduceAll } from '../../../src/domain/reduceRun.ts';
import { resultOfError, resultOfRun } from '../../../src/terminal/resultObject.ts';
import { buildEvents } from '../../support/builders.ts';
import { endPayloads, planPayloads, samplePlan, sampleScore, workPayloads } from '../../support/sampleRun.ts';

describe('the result object', () => {
  it('holds all that is documented for a run that was applied', () => {
    const state = reduceAll('run_test', buildEvents([...planPayloads, ...workPayloads, ...endPayloads]));
    const { itemsAtFault: _, ...quality } = sampleScore;
    assert.deepEqual(resultOfRun(state, 0), {
      runId: 'run_test',
      status: 'applied',
      plan: samplePlan,
      items: [
        { id: 'analyse', filePath: 'src/math.js', mode: 'analyzer', status: 'done', attempts: 1, durationMs: 1000 },
        { id: 'implement', filePath: 'src/fibonacci.js', mode: 'coder', status: 'done', attempts: 1, durationMs: 5000 },
        { id: 'test', filePath: 'test/fibonacci.test.js', mode: 'sdet', status: 'planned', attempts: 0, durationMs: 0 },
      ].map(item => ({ ...item, isReused: false })),
      quality,
      changes: [{ path: 'src/fibonacci.js', kind: 'added', additions: 3, deletions: 0 }],
      usage: { calls: 2, inputTokens: 2400, outputTokens: 600, cachedCalls: 0, costUsd: 0.0024 },
      safety: [],
      durationMs: 18_000,
      errors: [],
    });
  });

  it('says why a run failed, and that one has not ended', () => {
    const failed = { type: 'run.ended', outcome: 'failed', errorKind: 'model', message: 'No model.' } as const;
    const state = reduceAll('run_test', buildEvents([...planPayloads, failed]));
    const { status, errors, quality, durationMs } = resultOfRun(state, 0);
    assert.deepEqual([status, errors, quality], ['failed', [{ kind: 'model', message: 'No model.' }], null]);
    assert.equal(durationMs, 4000);
    const open = resultOfRun(reduceAll('run_test', buildEvents([...planPayloads])), 9000);
    assert.deepEqual([open.status, open.durationMs], ['running', 8000]);
  });

  it('has the same fields where no run came about', () => {
    const keys = (value: object) => Object.keys(value).sort();
    const state = reduceAll('run_test', []);
    const none = resultOfError('configuration', 'Wrong.');
    assert.deepEqual(keys(none), keys(resultOfRun(state, 0)));
    assert.deepEqual(
      [none.runId, none.status, none.errors],
      [null, 'failed', [{ kind: 'configuration', message: 'Wrong.' }]],
    );
    assert.equal(resultOfError('abort', '').status, 'cancelled');
  });
});
