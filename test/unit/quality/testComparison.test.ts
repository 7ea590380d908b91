import assert from 'node:assert/strict';
import type { TestFailure, TestReport } from '../../../src/domain/schema/testReport.ts';
import { compareTests, countTests } from '../../../src/quality/testComparison.ts';

function report(changes: Partial<TestReport> = {}): TestReport {
  const counts = { passed: 3, failed: 0, skipped: 0 };
  return { outcome: 'passed', isParsed: true, ...counts, failures: [], durationMs: 1, outputTail: '', ...changes };
}

const failure = (name: string, file?: string): TestFailure => ({ name, message: 'no', ...(file && { file }) });

function failed(...failures: TestFailure[]): TestReport {
  return report({ outcome: 'failed', failed: failures.length, failures });
}

const unread = (changes: Partial<TestReport> = {}) =>
  report({ outcome: 'failed', isParsed: false, passed: 0, ...changes });

describe('compareTests', () => {
  const table: [string, TestReport, TestReport | undefined, string, string[]][] = [
    ['tests that pass', report(), failed(failure('a')), 'passes', []],
    ['no tests', report({ outcome: 'noTests' }), undefined, 'noTests', []],
    ['a failure without a baseline', failed(failure('a')), undefined, 'fails', ['a']],
    ['a failure after a pass', failed(failure('a')), report(), 'fails', ['a']],
    ['the same failure', failed(failure('a')), failed(failure('a')), 'asBefore', []],
    ['fewer failures', failed(failure('a')), failed(failure('a'), failure('b')), 'asBefore', []],
    ['a new failure beside an old one', failed(failure('a'), failure('b')), failed(failure('a')), 'fails', ['b']],
    ['a new failure in place of an old one', failed(failure('b')), failed(failure('a')), 'fails', ['b']],
    ['one more of the same name', failed(failure('a'), failure('a')), failed(failure('a')), 'fails', ['a']],
    ['the same name in another file', failed(failure('a', 'x')), failed(failure('a', 'y')), 'fails', ['a']],
    ['failures without names as before', unread(), unread(), 'asBefore', []],
    ['failures without names after a pass', unread(), report(), 'fails', []],
    ['more failures than have names', { ...failed(failure('a')), failed: 5 }, failed(failure('a')), 'fails', ['a']],
    [
      'known failures after an error',
      failed(failure('a')),
      { ...failed(failure('a')), outcome: 'error' },
      'asBefore',
      [],
    ],
    ['an error as before', report({ outcome: 'error' }), report({ outcome: 'error' }), 'asBefore', []],
    [
      'an error that keeps tests from running',
      report({ outcome: 'error', passed: 0 }),
      report({ outcome: 'error' }),
      'fails',
      [],
    ],
    ['an error after failures', report({ outcome: 'error' }), failed(failure('a')), 'fails', []],
    ['a time limit after an error', report({ outcome: 'timedOut' }), report({ outcome: 'error' }), 'fails', []],
  ];
  for (const [name, tests, baseline, kind, failures] of table) {
    it(`takes ${name} as ${kind}`, () => {
      const comparison = compareTests(tests, baseline);
      assert.equal(comparison.kind, kind);
      assert.deepEqual(comparison.kind === 'fails' ? comparison.failures.map(({ name: test }) => test) : [], failures);
    });
  }

  it('counts tests only where they were read', () => {
    assert.equal(countTests(report({ skipped: 2, failed: 1 })), 6);
    assert.equal(countTests(report({ outcome: 'noTests', isParsed: false, passed: 0 })), 0);
    assert.equal(countTests(unread()), undefined);
  });
});
