import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

describe('the scripted model server by itself', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'model-server-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  const scripts: Record<string, string> = {
    'script.json': '{ "rules": [{ "when": { "system": "You plan" }, "replies": ["the plan"] }] }',
    'script.mjs': 'export default { rules: [{ when: { system: /^You plan/ }, replies: [() => "the plan"] }] };',
  };
  for (const [name, content] of Object.entries(scripts)) {
    it(`prints its address, answers by ${name}, and ends when told to`, async () => {
      const file = path.join(directory, name);
      await writeFile(file, content);
      const child = spawn(process.execPath, ['test/support/modelServer/main.ts', '--script', file, '--port', '0'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
      const messages = [{ role: 'system', content: 'You plan.' }];
      const body = JSON.stringify({ model: 'any', messages, stream: false });
      const answer = (await (await fetch(`${url}/api/chat`, { method: 'POST', body })).json()) as object;
      assert.deepEqual((answer as { message: unknown }).message, { role: 'assistant', content: 'the plan' });
      child.kill('SIGTERM');
      assert.deepEqual(await exited, [0, null]);
    });
  }
});

describe('the model layer', () => {
  it("loads no provider's package before the first call", async () => {
    const program = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ resolve: (specifier, context, next) => { loaded.push(specifier); return next(specifier, context); } });
      await import('./src/models/createModelClient.ts');
      console.log(JSON.stringify(loaded));`;
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
    const loaded = JSON.parse(stdout) as string[];
    assert.ok(loaded.includes('zod'), 'the hook saw what is loaded');
    assert.deepEqual(
      loaded.filter(specifier => /^(openai|ollama|@anthropic-ai)/.test(specifier)),
      [],
    );
  });
});
