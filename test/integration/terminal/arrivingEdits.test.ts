import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { createTrellis } from '../../../src/app/trellis.ts';
import { openWorkspaceSink } from '../../../src/app/workspaceSink.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { RunEvent } from '../../../src/domain/schema/events.ts';
import { runCommandLine } from '../../../src/terminal/main.ts';
import { FakeOutput } from '../../support/fakeOutput.ts';
import type { Protocol, ScriptReply } from '../../support/modelServer/modelScript.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';

const plan = {
  summary: 'Write the answers.',
  work_items: [{ id: 'write', file_path: 'src/one.js', mode: 'coder', description: 'Export the answers.' }],
};
const source = `${'// What there is to say of the answer.\n'.repeat(12)}export const answer = 42;\n`;
const file = (name: string) => `${name}\n\`\`\`js\n${source}\`\`\`\n\n`;
/** A reply up to the middle of its second file, and what is missing. */
const begin = `I write three files.\n\n${file('src/one.js')}src/two.js\n\`\`\`js\n${source}`;
const end = `\`\`\`\n\n${file('src/three.js')}`;

describe('edits that arrive over HTTP', () => {
  const workspace = useTemporaryDirectory();
  let server: ModelServer;

  before(async () => {
    server = await ModelServer.start({ rules: [] });
  });
  after(() => server.close());
  beforeEach(() => configure('ollama'));

  function configure(provider: Protocol): void {
    mkdirSync(path.join(workspace(), '.trellis'), { recursive: true });
    const model = `{ provider: ${provider}, model: scripted }`;
    const lines = [`planner: ${model}`, `executor: ${model}`, `judge: ${model}`, 'models: { reuseAnswers: false }'];
    writeFileSync(path.join(workspace(), '.trellis/config.yml'), lines.join('\n'));
  }

  function play(...replies: readonly ScriptReply[]): void {
    server.play({
      rules: [
        { when: { system: 'You plan a change' }, replies: [JSON.stringify(plan)] },
        { when: { system: 'You are the coder' }, replies },
        {
          when: { system: 'You judge a change' },
          replies: ['{ "completeness": 1, "correctness": 1, "feedback": [] }'],
        },
      ],
    });
  }

  /** The first reply stops behind `first` until it is released. */
  function playInTwo(first: string, second: string, ...others: readonly ScriptReply[]): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    play({ text: first + second, pause: { afterCharacters: first.length, until: promise } }, ...others);
    return resolve;
  }

  function start(args: readonly string[], isTTY = false) {
    const output = new FakeOutput({ isTTY });
    const code = runCommandLine(args, {
      stdin: Object.assign(new PassThrough(), { isTTY }),
      stdout: output,
      stderr: output,
      environment: {
        NO_COLOR: '1',
        OPENAI_API_KEY: 'key',
        ANTHROPIC_API_KEY: 'key',
        TRELLIS_OLLAMA_HOST: server.url,
        TRELLIS_OPENAI_BASE_URL: server.openaiBaseUrl,
        TRELLIS_ANTHROPIC_BASE_URL: server.url,
      },
      currentDirectory: workspace(),
      version: 'test',
      resourcesDirectory: path.resolve(import.meta.dirname, '../../..'),
      clock: systemClock,
      createTrellis,
      openSink: openWorkspaceSink,
      onInterrupt: () => ({ dispose: () => undefined }),
      exitNow: () => undefined,
    });
    return { output, code };
  }

  const run = (...options: readonly string[]) => start(['run', 'Export the answers', '--yes', ...options]);
  const events = ({ text }: FakeOutput) =>
    text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as RunEvent);
  const begun = (output: FakeOutput) =>
    events(output).flatMap(event => (event.type === 'edit.begun' ? [`${event.number} ${event.path}`] : []));

  for (const provider of ['ollama', 'openai', 'anthropic'] as const)
    it(`are events of the run before the reply of ${provider} has ended, and a replay is the same`, async () => {
      configure(provider);
      const release = playInTwo(begin, end);
      const { output, code } = run('--events');
      await output.until('"path":"src/two.js","number":2');
      assert.deepEqual(begun(output), ['1 src/one.js', '2 src/two.js']);
      assert.ok(!events(output).some(event => event.type === 'model.responded' && event.role === 'coder'));
      release();
      assert.equal(await code, 0, output.text);
      assert.deepEqual(begun(output), ['1 src/one.js', '2 src/two.js', '3 src/three.js']);
      assert.equal(readFileSync(path.join(workspace(), 'src/three.js'), 'utf8'), source);
      const replay = start(['replay', 'run_']);
      assert.equal(await replay.code, 0, replay.output.text);
    });

  it('are shown live on a terminal', async () => {
    const release = playInTwo(begin, end);
    const { output, code } = start(['run', 'Export the answers', '--yes'], true);
    await output.until('write src/two.js (2 files so far)');
    release();
    assert.equal(await code, 0, output.text);
    assert.match(output.text, /write src\/three\.js \(3 files so far\)/);
  });

  it('are said to be of no use while the rest of the reply is on its way, and refused at its end', async () => {
    const release = playInTwo(
      'I write them.\n\n*** Begin Patch\n*** Add File: ../\u001b[2J\u202e.js\n+export const one = 1;\n',
      '*** End Patch\n',
      file('src/one.js'),
    );
    const { output, code } = run();
    const line =
      '! write: the edits of its reply will be refused. A path has a control character in it: ../␛[2J\ufffd.js';
    await output.until(line);
    release();
    assert.equal(await code, 0, output.text);
    const told = server.requests.flatMap(request => request.messages.map(message => message.content));
    assert.ok(told.some(text => text.startsWith('No edit of this reply was applied.')));
    const story = start(['show', 'run_']);
    assert.equal(await story.code, 0);
    assert.ok(story.output.text.includes(line) && story.output.text.includes('write: begins src/one.js'));
  });

  it('are told of from their beginning when a reply breaks off and is asked for again', async () => {
    play({ text: file('src/one.js'), fault: 'cut' }, file('src/two.js') + file('src/one.js'));
    const { output, code } = run('--events');
    assert.equal(await code, 0, output.text);
    assert.deepEqual(begun(output), ['1 src/one.js', '1 src/two.js', '2 src/one.js']);
    const replay = start(['replay', 'run_']);
    assert.equal(await replay.code, 0, replay.output.text);
  });

  it('are told of all at once when the reply comes from a cassette', async () => {
    play(begin + end);
    const recorded = run('--record', '.trellis/run.cassette', '--events');
    assert.equal(await recorded.code, 0, recorded.output.text);
    assert.equal(await start(['revert', 'run_']).code, 0);
    const played = run('--cassette', '.trellis/run.cassette', '--events');
    assert.equal(await played.code, 0, played.output.text);
    assert.deepEqual(begun(played.output), begun(recorded.output));
  });
});
