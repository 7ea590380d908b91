import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { ScriptReply } from '../../support/modelServer/modelScript.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
const [, program = ''] =
  /```ts\n(.*?)```/s.exec(readFileSync(path.join(repository, 'docs/extending.md'), 'utf8')) ?? [];

describe('the program of docs/extending.md', () => {
  const directory = useTemporaryDirectory();
  let server: ModelServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  /** Runs it as it stands there, but for where the model and the sources are. */
  async function run(reply: ScriptReply, changes: readonly (readonly [string, string])[] = []) {
    server = await ModelServer.start({ rules: [{ replies: [reply] }] });
    const replacements = [
      ['http://127.0.0.1:8080/v1', server.openaiBaseUrl],
      ["'./src/", `'${pathToFileURL(repository).href}/src/`],
      ...changes,
    ] as const;
    const text = replacements.reduce((code, [from, to]) => {
      assert.ok(code.includes(from), `there is no ${from} in the program`);
      return code.replaceAll(from, to);
    }, program);
    const file = path.join(directory(), 'program.ts');
    writeFileSync(file, text);
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    return stdout;
  }

  it('has at most 15 lines', () => {
    const lines = program.split('\n').filter(line => line.trim() !== '');
    assert.ok(lines.length > 0 && lines.length <= 15, `${lines.length} lines`);
  });

  it('asks, computes, and says what it took', async () => {
    const output = await run('wren\nrobin\n\nrook');
    assert.match(output, /^\[ 'wren', 'robin', 'rook' \]\n/);
    assert.match(output, /inputTokens: \d+, outputTokens: \d+/);
  });

  it('ends as timedOut with the state so far', async () => {
    const output = await run({ connection: 'stall' }, [['timeoutMs: 60_000', 'timeoutMs: 50']]);
    assert.match(output, /^timedOut The flow did not end within 0\.05 s\. \{ topic: 'birds' \}\n/);
  });

  it('ends as cancelled with its metrics', async () => {
    const signal = 'signal: AbortSignal.timeout(50)';
    const output = await run({ connection: 'stall' }, [
      ['timeoutMs: 60_000', signal],
      ['result.metrics.usage', 'result.metrics.calls'],
    ]);
    assert.match(output, /^cancelled .* \{ topic: 'birds' \}\n1\n$/);
  });
});
