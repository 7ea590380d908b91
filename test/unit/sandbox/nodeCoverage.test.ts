import assert from 'node:assert/strict';
import { nodeCoverageReader, parseNodeCoverage, withNodeCoverage } from '../../../src/sandbox/nodeCoverage.ts';
import { nodeCoverageProgram } from '../../../src/sandbox/nodeCoverageProgram.ts';
import type { CommandResult } from '../../../src/sandbox/sandbox.ts';

/** What the reader printed about `a.js` and `b.js`. */
const parsed = (stdout: string, rest: Partial<CommandResult> = {}) =>
  parseNodeCoverage(
    {
      ...{ outcome: 'exited', exitCode: 0, signal: null, tier: 'process' },
      ...{ stdout, stderr: '', isOutputTruncated: false, durationMs: 5 },
      ...rest,
    },
    ['a.js', 'b.js'],
  );

describe('reading what ran in Node', () => {
  it('has Node write it down, unless the command has that written elsewhere', () => {
    const folderOf = (environment: Readonly<Record<string, string>>) =>
      withNodeCoverage({ argv: ['npm', 'test'], environment }).environment;
    assert.deepEqual(folderOf({ A: 'b' }), { A: 'b', NODE_V8_COVERAGE: '/tmp/trellis-coverage' });
    assert.deepEqual(folderOf({ NODE_V8_COVERAGE: '' }), { NODE_V8_COVERAGE: '' });
  });

  it('asks for no more files than a command line has room for', () => {
    const paths = Array.from({ length: 1000 }, (_, index) => `${'long/'.repeat(40)}${index}.js`);
    const { argv } = nodeCoverageReader(paths);
    const asked = argv.filter(argument => argument.endsWith('.js'));
    assert.deepEqual(asked, paths.slice(0, asked.length));
    assert.ok(asked.length > 100 && asked.join('').length <= 64 * 1024);
    // The system's limits: 128 KiB for one argument, 2 MiB for all.
    assert.ok(Buffer.byteLength(nodeCoverageProgram) < 16 * 1024);
  });

  it('takes what is of its form and of the files that were asked for, or nothing', () => {
    const good = { path: 'b.js', length: 9, missed: [1, 4] };
    assert.deepEqual(parsed(JSON.stringify([good])), [good]);
    for (const other of [
      { ...good, path: '../b.js' },
      { ...good, length: -1 },
      { ...good, missed: [0.5, 1] },
      { ...good, missed: [[1, 4]] },
      { ...good, more: true },
    ])
      assert.deepEqual(parsed(JSON.stringify([good, other])), [], JSON.stringify(other));
    for (const text of ['', '[', '{}', 'null']) assert.deepEqual(parsed(text), [], text);
  });

  it('takes nothing from a reader that failed', () => {
    const text = JSON.stringify([{ path: 'a.js', length: 9, missed: [] }]);
    assert.equal(parsed(text).length, 1);
    assert.deepEqual(parsed(text, { exitCode: 1 }), []);
    for (const outcome of ['outputLimit', 'timedOut', 'notFound', 'killed'] as const)
      assert.deepEqual(parsed(text, { outcome, exitCode: null }), []);
  });
});
