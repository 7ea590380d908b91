import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestReport } from '../../../src/domain/schema/testReport.ts';
import { parseTestResults } from '../../../src/quality/testResults/parseTestResults.ts';
import type { CommandResult } from '../../../src/sandbox/sandbox.ts';

function report(stdout: string, changes: Partial<CommandResult> = {}): TestReport {
  return parseTestResults({
    outcome: 'exited',
    exitCode: 0,
    signal: null,
    stdout,
    stderr: '',
    isOutputTruncated: false,
    durationMs: 12,
    tier: 'process',
    ...changes,
  });
}

/** What a runner really printed for the same few tests. */
const printed = (runner: string) =>
  readFileSync(new URL(`../../fixtures/runners/${runner}.txt`, import.meta.url), 'utf8');

const expected: Record<string, { counts: [number, number, number]; failures: [string, RegExp][] }> = {
  'node-spec': {
    counts: [1, 2, 1],
    failures: [
      ['bad one', /1 !== 2/],
      ['top fail', /boom/],
    ],
  },
  'node-tap': {
    counts: [1, 2, 1],
    failures: [
      ['outer: bad one', /1 !== 2/],
      ['top fail', /boom/],
    ],
  },
  mocha: {
    counts: [1, 2, 1],
    failures: [
      ['outer bad', /1 == 2/],
      ['outer in deep bad', /x\ny/],
    ],
  },
  jest: { counts: [1, 1, 1], failures: [['outer › bad', /Expected: 2/]] },
  vitest: { counts: [1, 1, 1], failures: [['v.spec.mjs > outer > bad', /expected 1 to be 2/]] },
  ava: { counts: [1, 1, 1], failures: [['bad', /- 1\n\+ 2/]] },
  tape: { counts: [1, 1, 1], failures: [['outer: bad one', /expected: 2/]] },
  pytest: {
    counts: [1, 2, 1],
    failures: [
      ['test_bad', /assert 1 == 2/],
      ['TestX.test_err', /ValueError: boom/],
    ],
  },
  unittest: { counts: [1, 1, 1], failures: [['test_bad (u_test.T.test_bad)', /AssertionError: 1 != 2/]] },
};

describe('reading what test runners print', () => {
  for (const [runner, { counts, failures }] of Object.entries(expected)) {
    it(`counts and names the failures of ${runner}`, () => {
      const { outcome, isParsed, passed, failed, skipped, failures: found } = report(printed(runner), { exitCode: 1 });
      assert.deepEqual(
        { outcome, isParsed, counts: [passed, failed, skipped] },
        { outcome: 'failed', isParsed: true, counts },
      );
      assert.deepEqual(
        found.map(({ name }) => name),
        failures.map(([name]) => name),
      );
      failures.forEach(([, message], index) => assert.match(found[index]?.message ?? '', message));
    });
  }

  it('names the place of a failure', () => {
    assert.deepEqual(
      report(printed('pytest'), { exitCode: 1 }).failures.map(({ file, line }) => [file, line]),
      [
        ['test_a.py', 4],
        ['test_a.py', 9],
      ],
    );
  });

  it('adds up the runners of one command', () => {
    const { passed, failed } = report(`${printed('mocha')}\n${printed('pytest')}`, { exitCode: 1 });
    assert.deepEqual([passed, failed], [2, 4]);
  });

  it('takes no pass from a command that failed', () => {
    assert.equal(report('  3 passing (4ms)\n', { exitCode: 1 }).outcome, 'error');
    assert.equal(report('  3 passing (4ms)\n').outcome, 'passed');
    assert.equal(
      report('  3 passing (4ms)\n', { outcome: 'killed', exitCode: null, signal: 'SIGKILL' }).outcome,
      'error',
    );
    assert.equal(report('  3 passing (4ms)\n', { outcome: 'timedOut', exitCode: null }).outcome, 'timedOut');
  });

  it('takes no pass from tests that failed in a command that did not', () => {
    assert.equal(report('  2 passing (4ms)\n  1 failing\n').outcome, 'failed');
  });

  it('says that nothing was collected', () => {
    assert.equal(report('  0 passing (1ms)\n').outcome, 'noTests');
    assert.equal(report('no tests ran in 0.00s\n', { exitCode: 5 }).outcome, 'noTests');
    assert.equal(report('', { stderr: '\nRan 0 tests in 0.000s\n\nOK\n' }).outcome, 'noTests');
  });

  it('goes by the exit code when it cannot read the output, and says so', () => {
    const { outcome, isParsed, passed } = report('all good\n');
    assert.deepEqual({ outcome, isParsed, passed }, { outcome: 'passed', isParsed: false, passed: 0 });
    assert.equal(report('oh no\n', { exitCode: 2 }).outcome, 'error');
  });
});
