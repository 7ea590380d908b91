import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ResultObject } from '../../../src/terminal/resultObject.ts';
import type { ModelScript, ScriptReply } from '../../support/modelServer/modelScript.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
const commandLine = path.join(repository, 'src/cli.ts');
const planOfOne = {
  summary: 'Write the answer.',
  work_items: [
    {
      id: 'item_1',
      file_path: 'src/answer.js',
      mode: 'coder',
      description: 'Export the answer.',
      language: 'javascript',
    },
  ],
};
const answer = 'src/answer.js\n```js\nexport const answer = 42;\n```';
const verdict = { completeness: 1, correctness: 1, feedback: [] };

const scriptOf = (changes: { planner?: ScriptReply; coder?: ScriptReply } = {}): ModelScript => ({
  rules: [
    { when: { system: 'You plan a change' }, replies: [changes.planner ?? JSON.stringify(planOfOne)] },
    { when: { system: 'You are the coder' }, replies: [changes.coder ?? answer] },
    { when: { system: 'You judge a change' }, replies: [JSON.stringify(verdict)] },
  ],
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('the command line as a process', () => {
  const workspace = useTemporaryDirectory();
  let server: ModelServer;

  before(async () => {
    server = await ModelServer.start(scriptOf());
  });
  after(() => server.close());
  beforeEach(() => {
    server.play(scriptOf());
    cpSync(path.join(repository, 'examples/numbers'), workspace(), { recursive: true });
  });

  const environment = (extra: Record<string, string> = {}) => ({
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    TRELLIS_OLLAMA_HOST: server.url,
    TRELLIS_OPENAI_BASE_URL: server.openaiBaseUrl,
    ...extra,
  });

  function start(args: readonly string[], extra: Record<string, string> = {}): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [commandLine, ...args], { cwd: workspace(), env: environment(extra) });
  }

  async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  }

  const run = (args: readonly string[], extra?: Record<string, string>) => ended(start(args, extra));
  const json = ({ stdout }: Ended) => JSON.parse(stdout) as ResultObject;
  /** The project's own files; `.trellis` is ours. */
  const files = () =>
    readdirSync(workspace(), { recursive: true })
      .map(String)
      .filter(file => !file.startsWith('.trellis'))
      .sort();

  it('runs a request from the words to the file', async () => {
    const result = await run(['run', 'Export the answer', '--yes', '--json']);
    assert.equal(result.stderr, '');
    assert.equal(result.code, 0);
    const { status, items, quality, changes, usage, errors } = json(result);
    assert.deepEqual(
      [status, items.map(item => item.status), quality?.passed, errors],
      ['applied', ['done'], true, []],
    );
    assert.deepEqual(changes, [{ path: 'src/answer.js', kind: 'added', additions: 1, deletions: 0 }]);
    assert.equal(usage.calls, 3);
    assert.equal(readFileSync(path.join(workspace(), 'src/answer.js'), 'utf8'), 'export const answer = 42;\n');
    const shown = await run(['show', json(result).runId ?? '', '--full']);
    assert.match(
      shown.stdout,
      /planner ollama\/qwen2\.5-coder:7b[^]+You plan a change[^]+coder[^]+export const answer/,
    );
  });

  it('masks keys where it shows what a model said, though the answer is kept as it is', async () => {
    const said = `I use AKIAQ7XB2LMZ3TRV4KCW and "the-key-of-this-server". ${JSON.stringify(planOfOne)}`;
    server.play(scriptOf({ planner: said }));
    const result = await run(['plan', 'Export the answer', '--json']);
    const shown = await run(['show', json(result).runId ?? '', '--full'], { OPENAI_API_KEY: 'the-key-of-this-server' });
    assert.match(shown.stdout, /I use \[masked: aws-access-key\] and "\[masked: model-key\]"/);
  });

  it('stops after the plan, with standard input open and silent', async () => {
    const result = await run(['plan', 'Export the answer', '--json']);
    assert.deepEqual([result.code, json(result).status, json(result).plan?.items.length], [0, 'planned', 1]);
    assert.ok(!existsSync(path.join(workspace(), 'src/answer.js')));
  });

  it('applies nothing below the threshold', async () => {
    const before = files();
    server.play(scriptOf({ coder: 'src/answer.js\n```js\nexport const answer = ;\n```' }));
    const result = await run(['run', 'Export the answer', '--yes']);
    assert.equal(result.code, 1, result.stdout + result.stderr);
    assert.match(result.stdout, /below the threshold 0\.75; nothing was applied/);
    assert.deepEqual(files(), before);
  });

  const modelFailures: readonly (readonly [name: string, planner: ScriptReply, sentence: RegExp])[] = [
    ['a key that is refused', { status: 401, body: { error: 'no' } }, /401/],
    ['a model that is not there', { status: 404, body: { error: 'model not found' } }, /qwen2\.5-coder:7b/],
    ['prose instead of a plan', 'I would rather talk about something else.', /plan/],
    ['an empty answer', '', /plan|empty/i],
  ];
  for (const [name, planner, sentence] of modelFailures) {
    it(`ends with 3 and one sentence on ${name}`, async () => {
      server.play(scriptOf({ planner }));
      const before = files();
      const result = await run(['run', 'Export the answer', '--yes', '--json']);
      assert.equal(result.code, 3, result.stderr);
      assert.match(result.stderr, /^trellis: .+\n$/);
      assert.match(result.stderr, sentence);
      assert.doesNotMatch(result.stderr, /\n {4}at /);
      assert.equal(json(result).status, 'failed');
      assert.deepEqual(files(), before);
    });
  }

  it('ends with 3 when no server listens, and when one never answers', async () => {
    const none = await run(['run', 'x', '--yes'], { TRELLIS_OLLAMA_HOST: 'http://127.0.0.1:9' });
    assert.equal(none.code, 3, none.stderr);
    assert.match(none.stdout + none.stderr, /127\.0\.0\.1:9/);
    server.play(scriptOf({ planner: { connection: 'stall' } }));
    const config = path.join(workspace(), 'config.yml');
    writeFileSync(config, 'models: { firstByteTimeoutMs: 300, maxRetries: 0 }');
    const silent = await run(['run', 'x', '--yes', '--config', config]);
    assert.equal(silent.code, 3, silent.stderr);
  });

  it('refuses a request that is far too long, without asking a model', async () => {
    const asked = server.requests.length;
    const result = await run(['run', 'x'.repeat(100_000), '--yes']);
    assert.equal(result.code, 2);
    assert.match(result.stderr, /^trellis: The request has 100000 characters, and at most \d+ are taken; .+\n$/);
    assert.equal(server.requests.length, asked);
  });

  it('says in one sentence that the journal is damaged, with 5', async () => {
    mkdirSync(path.join(workspace(), '.trellis'));
    writeFileSync(path.join(workspace(), '.trellis/trellis.db'), 'this is not a database. '.repeat(500));
    for (const args of [['run', 'x', '--yes'], ['history']]) {
      const result = await run(args);
      assert.deepEqual([result.code, result.stdout], [5, '']);
      assert.match(result.stderr, /^trellis: The journal .+trellis\.db is damaged .+\n$/);
    }
  });

  it('says in one sentence that the disk is full, with 5, wherever it fills up', async () => {
    const before = files();
    for (const kilobytes of [8, 64, 120, 200]) {
      // A limit on file size stands in for a full disk: the write fails in the same place, without any privilege.
      const script = `trap '' XFSZ; ulimit -f ${kilobytes}; exec "$@"`;
      const args = ['-c', script, 'bash', process.execPath, commandLine, 'run', 'Export the answer', '--yes'];
      const result = await ended(spawn('bash', args, { cwd: workspace(), env: environment() }));
      assert.equal(result.code, 5, `${kilobytes} KB: ${result.stdout}${result.stderr}`);
      // A content may not fit any more where the event of the run's end still does: then that says it.
      assert.match(result.stdout + result.stderr, /The journal .+trellis\.db could not be .+ then run again .+\n$/);
      assert.deepEqual(files(), before);
      rmSync(path.join(workspace(), '.trellis'), { recursive: true });
    }
  });

  it('cancels cleanly on Ctrl-C: nothing applied, the run kept', async () => {
    server.play(scriptOf({ coder: { connection: 'stall' } }));
    const before = files();
    const seen = server.requests.length;
    const child = start(['run', 'Export the answer', '--yes', '--json']);
    const end = ended(child);
    await server.waitForRequests(seen + 2);
    child.kill('SIGINT');
    const result = await end;
    assert.deepEqual([result.code, json(result).status], [4, 'cancelled']);
    assert.deepEqual(files(), before);
    const history = await run(['history']);
    assert.match(history.stdout, /cancelled {2}Export the answer/);
  });

  it('shows the graph live on a real terminal and asks in place', async function () {
    const child = spawn(
      'script',
      ['-qefc', `"${process.execPath}" "${commandLine}" run "Export the answer"`, '/dev/null'],
      {
        cwd: workspace(),
        env: environment({ TERM: 'xterm', NO_COLOR: '1' }),
      },
    );
    let output = '';
    let answered = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const prompts = output.split(/\[y\/n\S*\] /).length - 1;
      if (prompts > answered) child.stdin.write('y\n');
      answered = prompts;
    });
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0, output);
    assert.match(output, /▶ Export the answer {2}working/);
    assert.match(output, /● item_1 {2}coder {2}src\/answer\.js/);
    assert.match(output, /\+ export const answer = 42;/);
    assert.ok(existsSync(path.join(workspace(), 'src/answer.js')));
  });

  it('ends quietly when its reader has gone', () => {
    const command = `"${process.execPath}" "${commandLine}" help | head -c 1`;
    const { stdout, stderr, status } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
    assert.deepEqual([stdout, stderr, status], ['T', '', 0]);
  });
});
