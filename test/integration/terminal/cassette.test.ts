import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ResultObject } from '../../../src/terminal/resultObject.ts';
import { runCommandLineProcess } from '../../support/commandLineProcess.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
const key = 'sk-abcdefghijklmnopqrstuvwxyz123456';
const item = (name: string) => ({
  id: name,
  file_path: `src/${name}.js`,
  mode: 'coder',
  description: `Export ${name}.`,
  dependencies: [],
});
const plan = { summary: 'Two constants.', work_items: [item('one'), item('two')] };
const written = (name: string) => `src/${name}.js\n\`\`\`js\nexport const ${name} = '${name}';\n\`\`\``;

describe('a run on a cassette, from the command line', () => {
  const directory = useTemporaryDirectory();
  let server: ModelServer;
  let address: string;

  beforeEach(async () => {
    server = await ModelServer.start({
      rules: [
        { when: { system: 'You plan a change' }, replies: [JSON.stringify(plan)] },
        { when: { system: 'You are the coder', prompt: 'Export one.' }, replies: [{ status: 503 }, written('one')] },
        { when: { system: 'You are the coder', prompt: 'Export two.' }, replies: [written('two')] },
        { when: { system: 'You judge a change' }, replies: ['{"completeness":1,"correctness":1,"feedback":[]}'] },
      ],
    });
    address = server.openaiBaseUrl;
  });
  afterEach(() => server.close());

  function project(name: string): string {
    const folder = path.join(directory(), name);
    cpSync(path.join(repository, 'examples/numbers'), folder, { recursive: true });
    mkdirSync(path.join(folder, '.trellis'));
    return folder;
  }

  const cassette = () => path.join(directory(), 'run.jsonl');
  const sources = (folder: string) =>
    readdirSync(path.join(folder, 'src'))
      .sort()
      .map(name => [name, readFileSync(path.join(folder, 'src', name), 'utf8')]);
  const request = `Export two constants; ${key} is none of them`;
  const run = (folder: string, ...options: string[]) =>
    runCommandLineProcess(folder, ['run', request, '--yes', '--json', ...options], {
      TRELLIS_OPENAI_BASE_URL: address,
      ...Object.fromEntries(['PLANNER', 'EXECUTOR'].map(role => [`TRELLIS_${role}_PROVIDER`, 'openai'])),
      OPENAI_API_KEY: 'key-of-the-tests-4711',
    });

  it('may have its cassette in the project, as the manual shows it', async () => {
    const folder = project('only');
    const recorded = await run(folder, '--record', 'run.jsonl');
    assert.equal(recorded.code, 0, recorded.stdout + recorded.stderr);
    const { runId } = JSON.parse(recorded.stdout) as ResultObject;
    assert.equal((await runCommandLineProcess(folder, ['revert', runId ?? ''])).code, 0);
    await server.close();
    const replayed = await run(folder, '--cassette', 'run.jsonl');
    assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
    for (const { messages } of server.requests) {
      assert.ok(messages.every(({ content }) => !content.includes('run.jsonl')));
    }
  });

  it('ends as the recorded one did, with no server, and no key is on it', async () => {
    const first = project('first');
    const recorded = await run(first, '--record', '../run.jsonl');
    assert.equal(recorded.code, 0, recorded.stdout + recorded.stderr);
    const kept = readFileSync(cassette(), 'utf8');
    assert.ok(kept.split('\n').length >= 6);
    assert.ok(!kept.includes(key) && !kept.includes('key-of-the-tests-4711'));
    const asked = server.requests.length;
    await server.close();
    const second = project('second');
    const replayed = await run(second, '--cassette', '../run.jsonl');
    assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
    const results = [recorded, replayed].map(({ stdout }) => JSON.parse(stdout) as ResultObject);
    const [one, two] = results.map(({ status, plan: graph, changes, quality, usage }) => ({
      status,
      items: graph?.items,
      changes,
      quality,
      tokens: usage.inputTokens + usage.outputTokens,
    }));
    assert.deepEqual(two, one);
    assert.equal(results[1]?.usage.costUsd, 0);
    assert.deepEqual(sources(second), sources(first));
    assert.equal(server.requests.length, asked);
  });

  it('is answered from the cassette alone, also where an earlier run was answered the same', async () => {
    const folder = project('first');
    assert.equal((await run(folder)).code, 0);
    rmSync(path.join(folder, 'src/one.js'));
    rmSync(path.join(folder, 'src/two.js'));
    assert.equal((await run(folder, '--record', '../run.jsonl')).code, 0);
    assert.ok(readFileSync(cassette(), 'utf8').split('\n').length >= 6, 'what was answered before is recorded too');
  });

  it('ends with 3 at a call that is not on the cassette, and shows the nearest', async () => {
    assert.equal((await run(project('first'), '--record', '../run.jsonl')).code, 0);
    await server.close();
    const second = project('second');
    writeFileSync(path.join(second, 'AGENTS.md'), 'Write semicolons.\n');
    const before = sources(second);
    const { code, stderr } = await run(second, '--cassette', '../run.jsonl');
    assert.equal(code, 3, stderr);
    assert.match(
      stderr,
      /run\.jsonl has no answer to this call of the planner; work on .+ or record it again: the nearest .+ in line 2, differs first in/,
    );
    assert.match(stderr, /message 2 \(user\), line \d+:\n {2}after ".*"\n {2}recorded: .+\n {2}asked: {4}.+/);
    assert.deepEqual(sources(second), before);
  });

  it('ends with 2 on a file that is no cassette', async () => {
    writeFileSync(cassette(), 'My notes.\n');
    for (const option of ['--cassette', '--record']) {
      const { code, stderr } = await run(project(option), option, '../run.jsonl');
      assert.deepEqual(
        [code, /^trellis: The file .+run\.jsonl is .*not a cassette; .+\.\n$/.test(stderr)],
        [2, true],
        stderr,
      );
    }
    assert.equal(readFileSync(cassette(), 'utf8'), 'My notes.\n');
  });
});
