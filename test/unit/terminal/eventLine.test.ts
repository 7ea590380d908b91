import assert from 'node:assert/strict';
import { reduceAll } from '../../../src/domain/reduceRun.ts';
import type { RunEventPayload } from '../../../src/domain/schema/events.ts';
import { eventLine, testSummary } from '../../../src/terminal/eventLine.ts';
import { noColours } from '../../../src/terminal/palette.ts';
import { asItemId, buildEvents } from '../../support/builders.ts';
import { asRunId } from '../../support/journalEvents.ts';
import { endPayloads, planPayloads, workPayloads } from '../../support/sampleRun.ts';

/** What is said of the last of the payloads. */
function lineOf(...payloads: readonly RunEventPayload[]): string | undefined {
  const events = buildEvents([...planPayloads, ...workPayloads, ...payloads]);
  const last = events.at(-1);
  assert.ok(last);
  return eventLine(last, reduceAll('run_test', events), noColours);
}

describe('eventLine', () => {
  const orderId = 'order_implement';
  const cases: readonly (readonly [payload: RunEventPayload, line: string | undefined])[] = [
    [{ type: 'order.completed', orderId, summary: 'Wrote it' }, '✔ implement: Wrote it  4.0 s'],
    [{ type: 'order.returned', orderId, reason: 'the lease ran out' }, '↻ implement: the lease ran out'],
    [{ type: 'order.failed', orderId, reason: 'no turn left' }, '✘ implement: no turn left'],
    [
      { type: 'item.blocked', itemId: asItemId('test'), by: asItemId('implement'), reason: 'implement failed' },
      '⊘ test: implement failed',
    ],
    [
      { type: 'budget.reached', scope: 'run', unit: 'tokens', limit: 100, spent: 90, needed: 20 },
      '! The budget of the run (`budget.runTokens`) is 100 tokens: 90 tokens are spent, and the next call may take 20 tokens. Calls wait until it is decided.',
    ],
    [{ type: 'budget.decided', decision: 'raise' }, 'The limit was raised; calls go on.'],
    [{ type: 'budget.decided', decision: 'stop' }, 'The limit was not raised; the run stops.'],
    [
      { type: 'review.proved', treeHash: 't', verdict: 'fails', summary: 'The tests fail: "adds".' },
      'What is kept: The tests fail: "adds".',
    ],
    [
      { type: 'item.reused', itemId: asItemId('implement'), key: '0'.repeat(64), sourceRunId: asRunId('run_before') },
      '= implement: taken over from run_before, on the same inputs',
    ],
    [{ type: 'run.warned', message: '\u001b[2Jno sandbox' }, '! ␛[2Jno sandbox'],
    [
      { type: 'model.failed', exchangeId: 'e', message: 'The server is busy.', willRetry: true },
      '! The server is busy. (it is tried again)',
    ],
    [
      { type: 'violation.found', violation: { kind: 'test-failure', expected: 'tests pass', actual: '1 fails' } },
      '! test-failure: 1 fails',
    ],
    [
      { type: 'iteration.started', iteration: 1, items: [asItemId('implement')], feedback: ['It fails.'] },
      '↻ Iteration 1: implement with the feedback',
    ],
    [{ type: 'iteration.started', iteration: 2, items: [], feedback: [] }, '↻ Iteration 2: nothing more to do'],
    [
      { type: 'plan.rejected', attempt: 1, problems: ['No items.'] },
      'The plan was not valid (No items.); the planner was told.',
    ],
    [
      {
        type: 'edit.unusable',
        itemId: asItemId('implement'),
        sessionId: 's',
        reason: 'A path leads out of the workspace: ../\u001b[2J\u202e',
      },
      '! implement: the edits of its reply will be refused. A path leads out of the workspace: ../␛[2J\ufffd',
    ],
    [{ type: 'edit.begun', itemId: asItemId('implement'), sessionId: 's', path: 'src/a.ts', number: 1 }, undefined],
    [{ type: 'agent.think', itemId: asItemId('implement'), sessionId: 's', text: 'hm' }, undefined],
  ];
  for (const [payload, line] of cases) {
    it(`${line === undefined ? 'says nothing of' : 'tells of'} ${payload.type}`, () =>
      assert.equal(lineOf(payload), line));
  }

  it('tells of a claim, of the tests, the score and the end', () => {
    assert.match(
      lineOf(...endPayloads.slice(0, 3)) ?? '',
      /^Tests \(final, in the process sandbox\): 5 passed, 0 failed \(1\.2 s\)$/,
    );
    assert.equal(
      lineOf(...endPayloads.slice(0, 4)),
      [
        'Quality 0.92 (completeness 0.90, correctness 0.94): passed',
        '  ✔ 5 tests pass',
        '  → Say what happens for negative numbers',
      ].join('\n'),
    );
    assert.equal(lineOf(...endPayloads.slice(0, 5)), 'Applied: 1 file.');
  });
});

describe('testSummary', () => {
  const report = {
    outcome: 'failed',
    isParsed: true,
    passed: 1,
    failed: 1,
    skipped: 0,
    durationMs: 10,
    outputTail: '',
  } as const;

  it('names the first failures', () => {
    const failures = Array.from({ length: 7 }, (_, index) => ({
      name: `test ${index}`,
      message: 'expected 1\nto be 2',
    }));
    const lines = testSummary({ ...report, failures }, noColours).split('\n');
    assert.deepEqual(
      [lines.length, lines[0], lines[1]],
      [6, '1 passed, 1 failed (10 ms)', '    test 0: expected 1 to be 2'],
    );
  });

  it('says what is wrong where there are no counts to trust', () => {
    assert.equal(
      testSummary({ ...report, outcome: 'error', isParsed: false, failures: [] }, noColours),
      'broke off with an error (10 ms)',
    );
    assert.equal(
      testSummary(
        {
          ...report,
          outcome: 'error',
          passed: 3,
          failed: 0,
          failures: [],
          outputTail: 'a\n\nb\nc\nnpm error ENOTFOUND\n',
        },
        noColours,
      ),
      '3 passed, 0 failed, broke off with an error (10 ms)\n    b\n    c\n    npm error ENOTFOUND',
    );
    assert.equal(
      testSummary({ ...report, outcome: 'noTests', passed: 0, failed: 0, failures: [] }, noColours),
      '0 passed, 0 failed, found no test (10 ms)',
    );
    assert.match(
      testSummary({ ...report, outcome: 'timedOut', durationMs: 120_012, failures: [] }, noColours),
      /1 passed, 1 failed, did not end within 2 min$/,
    );
  });
});
