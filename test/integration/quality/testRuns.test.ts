import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestReport } from '../../../src/domain/schema/testReport.ts';
import { checkSyntax } from '../../../src/quality/syntax.ts';
import { findTestCommand } from '../../../src/quality/testCommand.ts';
import { parseTestResults } from '../../../src/quality/testResults/parseTestResults.ts';
import { whyNotRun } from '../../../src/quality/testResults/whyNotRun.ts';
import type { StagedTree } from '../../../src/sandbox/sandbox.ts';
import { neverAborted, staged, useRealSandbox, writeFiles } from '../../support/sandbox.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

const manifest = (test: string, scripts: Readonly<Record<string, string>> = {}) =>
  JSON.stringify({ name: 'example', type: 'module', scripts: { ...scripts, test } });

describe('running the tests of a project in the sandbox', () => {
  const sandbox = useRealSandbox();
  const folder = useTemporaryDirectory();
  const signal = neverAborted();

  /** Finds the command in the tree, runs it and reads what it printed, as a run of Trellis does. */
  async function runTests(root: string, changes: StagedTree['changes'] = new Map()): Promise<TestReport | string> {
    const readText = async (name: string) => {
      const change = changes.get(name);
      if (change) return Buffer.from(change.content).toString();
      return readdirSync(path.dirname(path.join(root, name))).includes(path.basename(name))
        ? readFileSync(path.join(root, name), 'utf8')
        : undefined;
    };
    const paths = async () => [...readdirSync(root, { recursive: true, encoding: 'utf8' }), ...changes.keys()];
    const command = await findTestCommand({ paths, readText });
    if (typeof command === 'string') return command;
    const session = await sandbox().open({ root, changes }, { signal, limits: { wallTimeMs: 50_000 } });
    try {
      const result = await session.run(command, { signal });
      const { workspaceRoot } = session;
      const { isReportExpected } = command;
      return whyNotRun(command, result) ?? parseTestResults(result, { workspaceRoot, isReportExpected });
    } finally {
      await session.dispose();
    }
  }

  async function reportOn(files: Readonly<Record<string, string>>): Promise<TestReport> {
    writeFiles(folder(), files);
    const report = await runTests(folder());
    return typeof report === 'string' ? assert.fail(report) : report;
  }

  const summary = ({ outcome, passed, failed, skipped }: TestReport) => [outcome, passed, failed, skipped];

  describe('with node --test', () => {
    const suite = (body: string) =>
      `import { describe, it } from 'node:test'; import assert from 'node:assert/strict';\n${body}\n`;

    it('counts, and names the place of a failure', async () => {
      const report = await reportOn({
        'package.json': manifest('node --test', { pretest: 'echo before > made-by-pretest' }),
        'sum.js': 'export const sum = (a, b) => a - b;',
        'test/sum.test.js': suite(`import { sum } from '../sum.js'; import { readFileSync } from 'node:fs';
          describe('sum', () => {
            it('adds', () => assert.equal(sum(1, 2), 3));
            it('runs after pretest', () => assert.equal(readFileSync('made-by-pretest', 'utf8'), 'before\\n'));
            it.skip('is exact', () => {});
          });`),
      });
      assert.deepEqual(summary(report), ['failed', 1, 1, 1]);
      assert.deepEqual(
        report.failures.map(({ name, file, line }) => [name.replace('sum: ', ''), file, line]),
        [['adds', 'test/sum.test.js', 4]],
      );
      assert.match(report.failures[0]?.message ?? '', /-1 !== 3/);
    });

    it('takes neither an empty file nor an early end for a pass', async () => {
      assert.equal((await reportOn({ 'package.json': manifest('node --test'), 'a.test.js': '' })).outcome, 'noTests');
      const ended = await reportOn({ 'a.test.js': suite(`it('a', () => {}); process.exit(0);`) });
      assert.notEqual(ended.outcome, 'passed');
    });

    it('says what broke a file that cannot be loaded', async () => {
      const report = await reportOn({ 'package.json': manifest('node --test'), 'a.test.js': `import './missing.js';` });
      assert.deepEqual(summary(report), ['failed', 0, 1, 0]);
      assert.match(report.failures[0]?.message ?? '', /Cannot find module 'missing\.js'/);
      assert.equal(report.failures[0]?.file, 'a.test.js');
    });
  });

  describe('with the mocha of this repository', () => {
    const mocha = 'mocha --no-config trial.test.js';
    const run = async (text: string, script = mocha) => {
      const report = await runTests(REPOSITORY, staged({ 'package.json': manifest(script), 'trial.test.js': text }));
      return typeof report === 'string' ? assert.fail(report) : report;
    };

    it('counts, by the usual report and by JSON', async () => {
      const text = `import assert from 'node:assert/strict';
        describe('outer', () => { it('good', () => {}); it('bad', () => { assert.equal(1, 2); }); it.skip('later', () => {}); });`;
      for (const script of [mocha, `${mocha} --reporter dot`, `${mocha} --reporter json`, 'npm run unit && false']) {
        const report = await run(text, script.replace('npm run unit', mocha));
        assert.deepEqual(summary(report), ['failed', 1, 1, 1], script);
        assert.deepEqual(
          report.failures.map(({ name, file, line }) => [name, file, line]),
          [['outer bad', 'trial.test.js', 2]],
          script,
        );
      }
    });

    it('passes when all pass, and when npm runs it', async () => {
      assert.deepEqual(summary(await run(`it('a', () => {}); it('b', () => {});`)), ['passed', 2, 0, 0]);
      const scripts = JSON.stringify({ type: 'module', scripts: { test: 'npm run unit', unit: mocha } });
      const report = await runTests(
        REPOSITORY,
        staged({ 'package.json': scripts, 'trial.test.js': `it('a', () => {});` }),
      );
      assert.ok(typeof report !== 'string');
      assert.deepEqual(summary(report), ['passed', 1, 0, 0]);
    });

    it('takes no pass where nothing is collected, nothing loads, or the code ends the process', async () => {
      assert.equal((await run('')).outcome, 'noTests');
      assert.equal((await run(`import './missing.js'; it('a', () => {});`)).outcome, 'error');
      assert.equal((await run(`process.exit(0); it('a', () => {});`)).outcome, 'error');
      assert.equal((await run(`it('a', () => {});`, 'mocha --no-config no-such.test.js')).outcome, 'noTests');
    });

    it('leaves the repository as it was', async () => {
      const before = readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8');
      await run(`import { writeFileSync } from 'node:fs'; it('a', () => writeFileSync('package.json', '{}'));`);
      assert.equal(readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8'), before);
      assert.ok(!readdirSync(REPOSITORY).includes('trial.test.js'));
    });
  });

  describe('with Python', () => {
    const unittest = (body: string) => `import unittest\nfrom adder import add\nclass T(unittest.TestCase):\n${body}\n`;

    it('runs unittest, for tests beside the code and in a folder of their own', async () => {
      const test = unittest(
        '  def test_good(self): self.assertEqual(add(1, 2), 3)\n  def test_bad(self): self.assertEqual(add(1, 1), 3)',
      );
      const files = { 'adder.py': 'def add(a, b):\n    return a + b\n', 'tests/test_adder.py': test };
      const report = await reportOn(files);
      assert.deepEqual(summary(report), ['failed', 1, 1, 0]);
      assert.deepEqual(
        report.failures.map(({ file, line }) => [file, line]),
        [['tests/test_adder.py', 5]],
      );
    });

    it('runs pytest', async () => {
      const report = await reportOn({
        'adder.py': 'def add(a, b):\n    return a + b\n',
        'test_adder.py':
          'import pytest\nfrom adder import add\ndef test_good():\n    assert add(1, 2) == 3\ndef test_bad():\n    assert add(1, 1) == 3\n@pytest.mark.skip\ndef test_later():\n    pass\n',
      });
      assert.deepEqual(summary(report), ['failed', 1, 1, 1]);
      assert.deepEqual(
        report.failures.map(({ name, file, line }) => [name, file, line]),
        [['test_bad', 'test_adder.py', 6]],
      );
      assert.match(report.failures[0]?.message ?? '', /assert 2 == 3/);
    });

    it('takes no pass from pytest that is ended early, and says that it found none', async () => {
      const ended = await reportOn({ 'test_a.py': 'import os, pytest\ndef test_a():\n    os._exit(0)\n' });
      assert.equal(ended.outcome, 'error');
      const none = await reportOn({ 'test_a.py': 'import pytest\ndef helper():\n    pass\n' });
      assert.equal(none.outcome, 'noTests');
    });
  });

  it('says in one sentence what is missing', async () => {
    writeFiles(folder(), { 'package.json': manifest('no-such-runner --all') });
    assert.equal(
      await runTests(folder()),
      'The test command "npm test" (package.json) needs "no-such-runner", which was not found in the sandbox; install what it calls, or set testCommand in .trellis/config.yml.',
    );
  });

  it('reports a command that never ends, and one that prints without end', async () => {
    writeFiles(folder(), { 'package.json': manifest('node --test'), 'a.test.js': 'setInterval(() => {}, 1000);' });
    const session = await sandbox().open({ root: folder(), changes: new Map() }, { signal });
    const slow = await session.run({ argv: ['sh', '-c', 'node --test'], limits: { wallTimeMs: 1500 } }, { signal });
    const loud = await session.run({ argv: ['yes', '  9 passing (1ms)'], limits: { outputBytes: 1e6 } }, { signal });
    await session.dispose();
    assert.equal(parseTestResults(slow).outcome, 'timedOut');
    assert.equal(parseTestResults(loud).outcome, 'error');
  });

  it('checks Python where it runs, and says the line', async () => {
    const sources = {
      'good.py': 'def f():\n    return 1\n',
      'bad.py': 'def f():\n    return (\n',
      'odd name.py': 'x = = 1\n',
      'zero.py': 'x = 1\0',
    };
    const changes = staged(sources);
    const session = await sandbox().open({ root: folder(), changes }, { signal });
    const files = Object.entries(sources).map(([name, text]) => ({ path: name, content: Buffer.from(text) }));
    const results = await checkSyntax(files, session, { signal });
    await session.dispose();
    const problems = results.map(({ path: name, ok, isChecked, line }) => [name, ok, isChecked, line]);
    assert.deepEqual(problems.slice(0, 3), [
      ['good.py', true, true, undefined],
      ['bad.py', false, true, 2],
      ['odd name.py', false, true, 1],
    ]);
    assert.deepEqual(problems[3]?.slice(0, 3), ['zero.py', false, true]);
  });
});
