import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestReport } from '../../../src/domain/schema/testReport.ts';
import { type ParseOptions, parseTestResults } from '../../../src/quality/testResults/parseTestResults.ts';
import type { CommandResult } from '../../../src/sandbox/sandbox.ts';

function report(stdout: string, changes: Partial<CommandResult> = {}, options: ParseOptions = {}): TestReport {
  return parseTestResults(
    {
      outcome: 'exited',
      exitCode: 0,
      signal: null,
      stdout,
      stderr: '',
      isOutputTruncated: false,
      durationMs: 12,
      tier: 'process',
      ...changes,
    },
    { workspaceRoot: '/project', ...options },
  );
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
  'unittest-import': {
    counts: [0, 1, 0],
    failures: [['tests.test_a (unittest.loader._FailedTest.tests.test_a)', /No module named 'missing_thing'/]],
  },
  'pytest-syntax': { counts: [0, 1, 0], failures: [['ERROR collecting test_a.py', /SyntaxError/]] },
  'node-20': {
    counts: [3, 4, 1],
    failures: [
      ['outer: bad', /1 == 2/],
      ['parent: child bad', /boom/],
      ['parent own', /error: 'own'/],
      ['test/b.test.js', /Cannot find module 'test\/missing\.js'/],
    ],
  },
  'node-24': {
    // Of a test with subtests that fail, this runner counts the failure again, and does not name it.
    counts: [3, 5, 1],
    failures: [
      ['bad', /1 == 2/],
      ['child bad', /boom/],
      ['parent own', /own/],
      ['test/b.test.js', /Cannot find module 'test\/missing\.js'/],
    ],
  },
  tap: { counts: [1, 1, 0], failures: [['test/a.js: bad', /-2\n *\+1/]] },
  jasmine: { counts: [1, 1, 1], failures: [['outer bad', /Expected 1 to be 2/]] },
  'mocha-json': { counts: [1, 1, 1], failures: [['outer bad', /1 == 2/]] },
  'vitest-json': { counts: [1, 1, 1], failures: [['outer bad', /expected 1 to be 2/]] },
  'jest-json': {
    counts: [1, 1, 1],
    failures: [
      ['outer bad', /Expected: 2/],
      ['b.test.js', /Cannot find module '\.\/missing'/],
    ],
  },
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

  it('names the places of failures, relative to the tree', () => {
    const places = (runner: string) =>
      report(printed(runner), { exitCode: 1 }).failures.map(({ file, line }) => [file, line]);
    assert.deepEqual(places('pytest'), [
      ['test_a.py', 4],
      ['test_a.py', 9],
    ]);
    assert.deepEqual(places('pytest-syntax'), [['test_a.py', 1]]);
    assert.deepEqual(places('unittest-import'), [['tests/test_a.py', 2]]);
    for (const runner of ['node-20', 'node-24']) {
      assert.deepEqual(places(runner), [
        ['test/a.test.js', 2],
        ['test/a.test.js', 3],
        ['test/a.test.js', 4],
        ['test/b.test.js', 1],
      ]);
    }
    for (const runner of ['mocha-json', 'tap', 'jasmine', 'vitest-json', 'jest-json']) {
      assert.match(places(runner)[0]?.join(':') ?? '', /^(?:test\/|spec\/)?a(?:\.test)?\.js:2$/, runner);
    }
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
    for (const words of [
      'Error: No test files found: "test"',
      'No test files found, exiting with code 1',
      'No tests found, exiting with code 1',
      'No specs found',
    ]) {
      assert.equal(report('', { exitCode: 1, stderr: `\n${words}\n` }).outcome, 'noTests', words);
    }
  });

  it('does not count a file without tests as a test', () => {
    const { outcome, passed } = report('✔ test/a.test.js (5.2ms)\nℹ tests 1\nℹ pass 1\nℹ fail 0\n');
    assert.deepEqual([outcome, passed], ['noTests', 0]);
    const tap = report('TAP version 13\n# Subtest: /project/a.test.js\nok 1 - /project/a.test.js\n1..1\n');
    assert.deepEqual([tap.outcome, tap.passed], ['noTests', 0]);
  });

  it('takes no pass from a known runner that was kept from reporting', () => {
    assert.equal(report('something else\n', {}, { isReportExpected: true }).outcome, 'error');
    assert.equal(report('  1 passing (2ms)\n', {}, { isReportExpected: true }).outcome, 'passed');
  });

  it('goes by the exit code when it cannot read the output, and says so', () => {
    const { outcome, isParsed, passed } = report('all good\n');
    assert.deepEqual({ outcome, isParsed, passed }, { outcome: 'passed', isParsed: false, passed: 0 });
    assert.equal(report('oh no\n', { exitCode: 2 }).outcome, 'error');
  });
});
