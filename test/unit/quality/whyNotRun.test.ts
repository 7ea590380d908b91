import assert from 'node:assert/strict';
import type { TestCommand } from '../../../src/quality/testCommand.ts';
import { whyNotRun } from '../../../src/quality/testResults/whyNotRun.ts';
import type { CommandResult } from '../../../src/sandbox/sandbox.ts';

const command: TestCommand = {
  argv: ['sh', '-c', 'mocha'],
  display: 'npm test',
  runner: 'mocha',
  source: 'package.json',
  isReportExpected: true,
};

function why(changes: Partial<CommandResult>): string | undefined {
  const ended = { outcome: 'exited', exitCode: 1, signal: null, stdout: '', stderr: '' } as const;
  return whyNotRun(command, { ...ended, isOutputTruncated: false, durationMs: 1, tier: 'process', ...changes });
}

describe('whyNotRun', () => {
  it('names the program that is not there', () => {
    assert.equal(
      why({ exitCode: 127, stderr: 'sh: 1: mocha: not found\n' }),
      'The test command "npm test" (package.json) needs "mocha", which was not found in the sandbox; install what it calls, or set testCommand in .trellis/config.yml.',
    );
    assert.match(why({ exitCode: 127, stderr: 'bash: line 1: x: command not found\n' }) ?? '', /needs "x"/);
    assert.match(why({ outcome: 'notFound', exitCode: null }) ?? '', /was not found in the sandbox/);
  });

  it('names the package that is to be installed', () => {
    assert.match(why({ stderr: '/usr/bin/python3: No module named pytest\n' }) ?? '', /apt-get install python3-pytest/);
    assert.match(why({ stderr: "Error: Cannot find module 'mocha'\n" }) ?? '', /run "npm install"/);
  });

  it('leaves alone what was run, whatever came of it', () => {
    for (const stderr of [
      "Error: Cannot find module './lib/mocha'\n",
      "Error: Cannot find package 'left-pad'\n",
      "E   ModuleNotFoundError: No module named 'pytest_mock'\n",
    ]) {
      assert.equal(why({ stderr }), undefined);
    }
    assert.equal(why({ exitCode: 127, stdout: '  127 failing\n' }), undefined);
    assert.equal(why({ exitCode: 0, stdout: "Cannot find module 'mocha'" }), undefined);
  });
});
