import assert from 'node:assert/strict';
import { findTestCommand, type TestCommand } from '../../../src/quality/testCommand.ts';

const find = (files: Record<string, string>, override?: string) =>
  findTestCommand(
    { paths: () => Promise.resolve(Object.keys(files)), readText: path => Promise.resolve(files[path]) },
    override,
  );

const manifest = (scripts: Record<string, string>) => ({ 'package.json': JSON.stringify({ scripts }) });

async function found(files: Record<string, string>, override?: string): Promise<TestCommand> {
  const command = await find(files, override);
  assert.ok(typeof command !== 'string', command as string);
  return command;
}

describe('finding the test command', () => {
  it('takes the setting before anything else', async () => {
    const command = await found(manifest({ test: 'mocha' }), 'make check');
    assert.deepEqual(command.argv, ['sh', '-c', 'make check']);
    assert.equal(command.source, 'the setting testCommand');
  });

  it('runs the test script with its pretest but without its posttest, and names the runner', async () => {
    const command = await found(manifest({ pretest: 'tsc', test: 'mocha --exit', posttest: 'rm -r out' }));
    assert.equal(command.display, 'npm test');
    assert.equal(command.runner, 'mocha');
    assert.match(command.argv[2] ?? '', /tsc[\s\S]*&&[\s\S]*mocha --exit/);
    assert.ok(!command.argv[2]?.includes('rm -r out'));
  });

  it('looks through npm run for the runner', async () => {
    const command = await found(
      manifest({ test: 'npm run lint && npm run test:unit', 'test:unit': 'node --import x --test' }),
    );
    assert.equal(command.runner, 'node --test');
  });

  it('looks through the scripts of pnpm and yarn too', async () => {
    const scripts = { test: 'yarn build && pnpm run unit', build: 'tsc', unit: 'vitest run' };
    assert.equal((await found(manifest(scripts))).runner, 'vitest');
  });

  it("runs tests of Node's own runner where there is no script for them", async () => {
    const text = "import { test } from 'node:test';\n";
    const command = await found({ ...manifest({}), 'src/a.test.js': text });
    assert.deepEqual([command.argv, command.isReportExpected], [['node', '--test'], true]);
    assert.equal(typeof (await find({ 'a.test.js': "import { test } from 'vitest';" })), 'string');
    assert.equal(typeof (await find({ 'a.test.ts': text })), 'string', 'not every Node can run it');
  });

  it('does not take what npm init writes for tests', async () => {
    const reason = await find(manifest({ test: 'echo "Error: no test specified" && exit 1' }));
    assert.ok(typeof reason === 'string');
    assert.match(reason, /testCommand/);
  });

  it('survives a package.json that is no package.json', async () => {
    assert.equal(typeof (await find({ 'package.json': '{' })), 'string');
    assert.equal(typeof (await find({ 'package.json': '{"scripts":{"test":1}}' })), 'string');
  });

  it('tells pytest from unittest by what the tests use', async () => {
    const pytest = await found({ 'tests/test_a.py': 'def test_a():\n    assert True\n' });
    assert.equal(pytest.runner, 'pytest');
    const unittest = await found({ 'tests/test_a.py': 'import unittest\nclass A(unittest.TestCase):\n    pass\n' });
    assert.deepEqual(unittest.argv.slice(2), ['unittest', 'discover', '-v', '-s', 'tests', '-p', 'test_*.py']);
    const both = await found({ 'test_a.py': 'import unittest', 'pyproject.toml': '[tool.pytest.ini_options]' });
    assert.equal(both.runner, 'pytest');
  });

  it('starts unittest where it finds the tests', async () => {
    const text = 'import unittest\n';
    const argumentsFor = async (...paths: string[]) =>
      (await found(Object.fromEntries(paths.map(path => [path, text])))).argv.slice(3);
    assert.deepEqual(await argumentsFor('test_a.py'), ['discover', '-v', '-p', 'test_*.py']);
    assert.deepEqual(await argumentsFor('a_test.py'), ['discover', '-v', '-p', '*test*.py']);
    assert.deepEqual(
      await argumentsFor('tests/__init__.py', 'tests/b/__init__.py', 'tests/test_a.py', 'tests/b/test_c.py'),
      [...['discover', '-v', '-s', 'tests', '-t', '.', '-p', 'test_*.py']],
    );
    assert.deepEqual(await argumentsFor('a/test_a.py', 'b/test_b.py'), ['-v', 'a/test_a.py', 'b/test_b.py']);
  });

  it("lets tests in unittest's style run without pytest", async () => {
    const command = await found({ 'test_a.py': 'import unittest', 'pytest.ini': '' });
    assert.match(command.argv[2] ?? '', /import pytest[\s\S]*python3 -m unittest "\$@"/);
    const own = await found({ 'test_a.py': 'import unittest\ndef test_a(): pass', 'pytest.ini': '' });
    assert.doesNotMatch(own.argv.join(' '), /unittest/);
  });

  it('knows whether the runner will report as usual', async () => {
    const expects = async (test: string) => (await found(manifest({ test }))).isReportExpected;
    for (const script of ['mocha', 'tsc && vitest run', 'node --test test/', 'jest || exit 1'])
      assert.equal(await expects(script), true, script);
    for (const script of [
      'make',
      'mocha --reporter nyan',
      'tape test.js | tap-spec',
      'jest > out.txt',
      'jest --silent --outputFile x',
    ]) {
      assert.equal(await expects(script), false, script);
    }
  });

  it('says what to do when there is nothing', async () => {
    assert.equal(
      await find({ 'a.txt': '' }),
      'There is no package.json with a test script, and there are no tests of node:test or Python; name the command in testCommand in .trellis/config.yml.',
    );
  });
});
