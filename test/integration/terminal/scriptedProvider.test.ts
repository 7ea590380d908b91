import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ResultObject } from '../../../src/terminal/resultObject.ts';
import { runCommandLineProcess } from '../../support/commandLineProcess.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
const section = /## Answers from a file[^]*?(?=\n## |$)/.exec(
  readFileSync(path.join(repository, 'docs/models.md'), 'utf8'),
)?.[0];
const [settings = '', script = ''] = [...(section ?? '').matchAll(/```yaml\n(.*?)\n```\n\n/gs)].map(match => match[1]);

describe('the provider scripted, from the command line', () => {
  const workspace = useTemporaryDirectory();
  const run = (...args: string[]) => runCommandLineProcess(workspace(), args);

  beforeEach(() => {
    cpSync(path.join(repository, 'examples/numbers'), workspace(), { recursive: true });
    mkdirSync(path.join(workspace(), '.trellis'));
    writeFileSync(path.join(workspace(), '.trellis/config.yml'), settings);
  });

  it('runs the example of docs/models.md to its end, without any server', async () => {
    writeFileSync(path.join(workspace(), '.trellis/demo.yml'), script);
    const { code, stdout, stderr } = await run('run', 'Add a fibonacci function', '--yes', '--json');
    assert.equal(code, 0, stdout + stderr);
    const { status, usage } = JSON.parse(stdout) as ResultObject;
    assert.deepEqual([status, usage.costUsd], ['applied', 0]);
    assert.match(readFileSync(path.join(workspace(), 'src/fibonacci.js'), 'utf8'), /^export const fibonacci = /);
  });

  it('ends with 3 when the script has no answer', async () => {
    writeFileSync(path.join(workspace(), '.trellis/demo.yml'), script);
    const { code, stdout, stderr } = await run('run', 'Add a function that sorts', '--yes');
    assert.equal(code, 3, stdout + stderr);
    assert.match(stderr + stdout, /demo\.yml has no answer to this call of the planner/);
  });

  it('ends with 2 when the script is not valid, and when there is none', async () => {
    writeFileSync(path.join(workspace(), '.trellis/demo.yml'), 'rules: [{ role: cook, answer: soup }, {}]');
    const invalid = await run('run', 'Add a fibonacci function', '--yes');
    assert.equal(invalid.code, 2, invalid.stdout + invalid.stderr);
    assert.match(invalid.stderr + invalid.stdout, /has 2 problems:\s+- rules\[0\]\.role: .+\s+- rules\[1\]: needs/);
    writeFileSync(path.join(workspace(), '.trellis/config.yml'), 'planner: { provider: scripted, model: demo }');
    const none = await run('run', 'Add a fibonacci function', '--yes');
    assert.deepEqual([none.code, /scripted\.file is not set/.test(none.stderr)], [2, true], none.stderr);
  });
});
