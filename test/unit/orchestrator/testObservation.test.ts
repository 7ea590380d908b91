import assert from 'node:assert/strict';
import type { TestReport } from '../../../src/domain/schema/testReport.ts';
import { observeTests } from '../../../src/orchestrator/testObservation.ts';

function report(changes: Partial<TestReport> = {}): TestReport {
  const counts = { passed: 3, failed: 0, skipped: 0 };
  return { outcome: 'passed', isParsed: true, ...counts, failures: [], durationMs: 1, outputTail: 'tail', ...changes };
}

function failing(count: number): TestReport {
  const failures = Array.from({ length: count }, (_, index) => ({
    name: `test ${index}`,
    message: 'x'.repeat(5000),
    file: 'a.test.ts',
    line: index + 1,
  }));
  return report({ outcome: 'failed', failed: count, failures });
}

describe('a test run, as an agent sees it', () => {
  it('succeeds when the tests pass', () => {
    assert.deepEqual(observeTests(report(), undefined), { outcome: 'succeeded', text: '3 tests pass.' });
    assert.deepEqual(observeTests(report({ isParsed: false }), undefined).text, 'The tests pass.');
  });

  it('succeeds when only those fail that failed before', () => {
    assert.deepEqual(observeTests(failing(2), failing(3)), {
      outcome: 'succeeded',
      text: '3 tests pass; 2 fail as before the change.',
    });
    const unread = report({ outcome: 'failed', isParsed: false });
    assert.equal(observeTests(unread, unread).text, 'The tests fail as before the change.');
  });

  it('proves nothing when the tests came to no result before the change either', () => {
    const slow = report({ outcome: 'timedOut', durationMs: 120_040 });
    assert.deepEqual(observeTests(slow, slow), {
      outcome: 'notRun',
      text: 'The tests did not end within 2 min, as before the change: they say nothing of it.',
    });
  });

  it('fails with a bounded number of bounded messages', () => {
    const { outcome, text } = observeTests(failing(30), failing(1));
    assert.equal(outcome, 'failed');
    assert.match(text, /^The tests fail: 30 of 33\.\n\ntest 1 \(a\.test\.ts:2\): xxx/);
    assert.match(text, /\n\n19 more fail\.$/);
    assert.ok(!text.includes('test 0 ') && text.length < 17_000);
  });

  it('fails with the end of the output when nothing has a name', () => {
    assert.equal(
      observeTests(report({ outcome: 'timedOut', durationMs: 90_000 }), undefined).text,
      'The tests did not end within 1 min 30 s.\n\ntail',
    );
    assert.equal(
      observeTests(report({ outcome: 'error' }), undefined).text,
      'The tests broke off with an error.\n\ntail',
    );
    assert.equal(
      observeTests(report({ outcome: 'failed', isParsed: false }), undefined).text,
      'The tests fail.\n\ntail',
    );
  });

  it('fails when there is no test', () => {
    const { outcome, text } = observeTests(report({ outcome: 'noTests', passed: 0 }), undefined);
    assert.deepEqual([outcome, text], ['failed', 'The test command found no test.\ntail']);
  });
});
