import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { openWorkspaceSink } from '../../../src/app/workspaceSink.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { ValidationError } from '../../../src/base/errors.ts';
import type { Configuration } from '../../../src/config/configuration.ts';
import type { RunState } from '../../../src/domain/runState.ts';
import type { ScriptReply, ScriptRule } from '../../support/modelServer/modelScript.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { snapshotTree } from '../../support/treeSnapshot.ts';
import { configurationFor, runTrellis, writeProject } from '../../support/trellisHarness.ts';

const repository = path.resolve(import.meta.dirname, '../../..');

const item = (changes: object = {}) => ({
  id: 'write',
  file_path: 'src/answer.js',
  description: 'Export the answer',
  mode: 'coder',
  ...changes,
});
const planOf = (...items: readonly object[]) => JSON.stringify({ summary: 'The answer', work_items: items });
const goodPlan = planOf(item());
const planner = (...replies: ScriptReply[]): ScriptRule => ({ when: { system: 'You plan a change' }, replies });

/** Small limits on time, so that a server that never answers is given up on soon; each script is played from its start. */
const impatient: Configuration['models'] = {
  firstByteTimeoutMs: 300,
  idleTimeoutMs: 300,
  maxRetries: 1,
  reuseAnswers: false,
};

describe('bad input', () => {
  // Before the folder is removed, which takes the permission to write it.
  afterEach(() => chmodSync(workspace(), 0o755));
  const directory = useTemporaryDirectory();
  const workspace = () => path.join(directory(), 'project');
  const snapshot = () => snapshotTree(workspace(), ['link', '.trellis']);
  let server: ModelServer;

  beforeEach(async () => {
    server = await ModelServer.start({ rules: [] });
    writeProject(workspace(), { 'package.json': '{"name":"answers","type":"module"}\n', 'src/old.js': '// old\n' });
    mkdirSync(path.join(directory(), 'elsewhere'));
    symlinkSync('../elsewhere', path.join(workspace(), 'link'));
  });
  afterEach(() => server.close());

  /** A run that must leave the files as they are; `rules` are what the models answer. */
  async function run(
    rules: readonly ScriptRule[],
    { target = workspace(), configuration = configurationFor(server, 'openai', { models: impatient }) } = {},
  ) {
    server.play({ rules });
    const storageDirectory = path.join(directory(), 'storage');
    const asked = server.requests.length;
    const before = snapshot();
    const { sink } = await openWorkspaceSink(workspace(), storageDirectory, systemClock);
    const request = 'Export the answer';
    try {
      const result = await runTrellis({
        workspace: target,
        storageDirectory,
        configuration,
        request,
        sink,
        stopAfterPlan: rules.length === 1,
      });
      return { ...result, requests: server.requests.slice(asked) };
    } finally {
      assert.deepEqual(snapshot(), before);
      assert.deepEqual(readdirSync(path.join(directory(), 'elsewhere')), []);
    }
  }

  /** That the run failed with one line that names the thing and the remedy. */
  function assertFailed({ end }: RunState, errorKind: string, ...parts: readonly RegExp[]): void {
    assert.deepEqual([end?.outcome, end?.errorKind], ['failed', errorKind], end?.message);
    for (const part of parts) assert.match(end?.message ?? '', part);
    assert.doesNotMatch(end?.message ?? '', /\n/);
  }

  const unusable = /^There is no plan\. The planner model "scripted" \(openai\) gave no usable answer in 3 tries/;
  const remedy = /Try again, or choose a stronger model for this role\.$/;

  describe('in a plan', () => {
    const cases: readonly (readonly [name: string, answer: string, problem: string])[] = [
      ['an absolute path', planOf(item({ file_path: '/etc/passwd' })), '"/etc/passwd" is absolute'],
      ['a path that leads out', planOf(item({ file_path: '../answer.js' })), '"../answer.js" leads out'],
      [
        'a path through a link out of the workspace',
        planOf(item({ file_path: 'link/answer.js' })),
        '"link" goes through a link out of the workspace',
      ],
      ['a folder', planOf(item({ file_path: 'src' })), '"src" is a folder; name the file in it'],
      ['no items', planOf(), 'work_items is empty: a plan needs at least one item'],
      ['duplicate ids', planOf(item(), item({ file_path: 'src/b.js' })), 'Two items have the id "write"'],
      [
        'an unknown dependency',
        planOf(item({ dependencies: ['ghost'] })),
        'depends on "ghost", which is not in the plan',
      ],
      [
        'a cycle',
        planOf(
          item({ dependencies: ['other'] }),
          item({ id: 'other', file_path: 'src/b.js', dependencies: ['write'] }),
        ),
        'The dependencies go round in a circle: write → other → write',
      ],
      [
        '60 items',
        planOf(...Array.from({ length: 60 }, (_, index) => item({ id: `i${index}`, file_path: `src/${index}.js` }))),
        'The plan has 60 items and may have 50',
      ],
      ['prose', 'I would rather talk about it first.', 'The answer holds no JSON object'],
      ['nothing', '', 'The answer is empty'],
      ['JSON that is cut off', planOf(item(), item({ id: 'b' })).slice(0, -30), 'The answer broke off before its end'],
    ];
    for (const [name, answer, problem] of cases) {
      it(`${name} is asked for again, then said in one sentence`, async () => {
        const mended = await run([planner(answer, goodPlan)]);
        assert.equal(mended.state.end?.outcome, 'planned', mended.state.end?.message);
        assert.equal(mended.requests.length, 2);
        assert.ok(mended.requests[1]?.messages.at(-1)?.content.includes(problem));
        const { state, requests } = await run([planner(answer)]);
        assertFailed(state, 'planning', unusable, remedy);
        assert.ok(state.end?.message.includes(problem), state.end?.message);
        assert.equal(requests.length, 3);
      });
    }

    it('a fence around it does no harm, and is in the journal', async () => {
      const { state, events, requests } = await run([planner(`Here it is:\n\n\`\`\`json\n${goodPlan}\n\`\`\`\n`)]);
      assert.deepEqual([state.end?.outcome, requests.length], ['planned', 1]);
      assert.deepEqual(
        events.flatMap(event => (event.type === 'model.read' ? [[event.role, event.repairs, event.problems]] : [])),
        [['planner', ['surroundingTextRemoved'], []]],
      );
    });

    it('5 MB are not read to their end', async () => {
      const { state, requests } = await run([
        planner({ text: 'x'.repeat(1000), repeat: 5000, frameCharacters: 50_000 }),
      ]);
      assertFailed(
        state,
        'model',
        /gave an answer of more than 1000000 characters, and it was dropped; lower maxOutputTokens/,
      );
      assert.equal(requests.length, 1);
    });
  });

  describe('from a model server', () => {
    const cases: readonly (readonly [name: string, reply: ScriptReply, calls: number, sentence: RegExp])[] = [
      ['a model that is not there', { status: 404 }, 1, /has no model "scripted" \(404.*TRELLIS_OPENAI_BASE_URL/],
      ['429 for ever', { status: 429 }, 2, /limits how much may be asked \(429: scripted 429\).*; /],
      ['500 for ever', { status: 500 }, 2, /The openai server at http:.* failed \(500: scripted 500\).*; /],
      ['no answer for ever', { connection: 'stall' }, 2, /did not begin to answer within 0\.3 s.*; /],
      ['an answer that stops', { text: 'so', fault: 'stall' }, 2, /stopped in the middle of its answer for 0\.3 s.*; /],
    ];
    for (const [name, reply, calls, sentence] of cases) {
      it(`${name} ends the run, whoever meets it`, async () => {
        const planning = await run([planner(reply)]);
        assertFailed(planning.state, 'model', sentence);
        assert.equal(planning.requests.length, calls);
        const working = await run([planner(goodPlan), { when: { system: 'You are the coder' }, replies: [reply] }]);
        assertFailed(working.state, 'model', sentence);
        assert.equal(working.requests.length, calls + 1);
      });
    }

    it('that is not there, its address is named', async () => {
      const configuration = configurationFor(server, 'openai', { models: impatient });
      await server.close();
      const { state } = await run([planner(goodPlan)], { configuration });
      assertFailed(
        state,
        'model',
        /No model server answers at http:\/\/127\.0\.0\.1:\d+\/v1 \(ECONNREFUSED\); start it.*TRELLIS_OPENAI_BASE_URL/,
      );
    });
  });

  describe('for a workspace', () => {
    it('a name that is nothing, or a file, is refused before anything is asked', async () => {
      const missing = path.join(directory(), 'missing');
      await assert.rejects(run([planner(goodPlan)], { target: missing }), (error: unknown) => {
        assert.ok(error instanceof ValidationError);
        assert.equal(error.message, `The workspace ${missing} cannot be opened; check the path.`);
        return true;
      });
      const file = path.join(workspace(), 'package.json');
      await assert.rejects(run([planner(goodPlan)], { target: file }), (error: unknown) => {
        assert.ok(error instanceof ValidationError);
        assert.equal(error.message, `The workspace ${file} is a file; give the folder of a project.`);
        return true;
      });
      assert.equal(existsSync(missing), false);
      assert.equal(server.requests.length, 0);
    });

    it('that can only be read is refused before anything is asked, unless a plan is all that is wanted', async () => {
      chmodSync(directory(), 0o755);
      chmodSync(workspace(), 0o555);
      const before = snapshot();
      server.play({ rules: [planner(goodPlan)] });
      const unrecorded = await runUnprivileged('run');
      assert.match(
        unrecorded.stderr,
        /^trellis: The folder \/.*\/\.trellis, where runs are recorded, cannot be used .*; make the workspace writable.*\n$/,
      );
      makeStorage();
      const recorded = await runUnprivileged('run');
      assert.match(
        recorded.stderr,
        /^trellis: The workspace \/.* can only be read, .*; make it writable for you, .*\n$/,
      );
      assert.deepEqual([unrecorded.code, recorded.code, server.requests.length], [5, 5, 0]);
      assert.equal((await runUnprivileged('plan')).code, 0);
      assert.deepEqual(snapshot(), before);
    });

    it('of which a folder can only be read fails the items in it at once, without asking a model', async () => {
      chmodSync(directory(), 0o755);
      makeStorage();
      chmodSync(workspace(), 0o777);
      chmodSync(path.join(workspace(), 'src'), 0o555);
      const before = snapshot();
      server.play({ rules: [planner(goodPlan)] });
      const { code, stdout } = await runUnprivileged('run');
      assert.match(
        stdout,
        /src\/answer\.js cannot be written: the folder src can only be read; make it writable for you first\./,
      );
      assert.deepEqual([code, server.requests.length], [1, 1]);
      assert.deepEqual(snapshot(), before);
    });

    /** The storage folder, writable for everybody, in a workspace that stays as it is. */
    function makeStorage(): void {
      chmodSync(workspace(), 0o755);
      mkdirSync(path.join(workspace(), '.trellis'));
      chmodSync(path.join(workspace(), '.trellis'), 0o777);
      chmodSync(workspace(), 0o555);
    }

    /** The command line by a user who may not write the workspace: whoever runs the tests, unless that is root. */
    async function runUnprivileged(command: 'run' | 'plan') {
      const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];
      const [program, prefix] = process.getuid?.() === 0 ? ['setpriv', nobody] : ['env', []];
      const options = command === 'run' ? ['--yes'] : [];
      const commandLine = [process.execPath, path.join(repository, 'src/cli.ts'), command, 'Export the answer'];
      const child = spawn(program, [...prefix, ...commandLine, ...options], {
        cwd: workspace(),
        // Node would hand the folder for coverage down, and this user cannot write there.
        env: { PATH: '/usr/bin:/bin', TRELLIS_OLLAMA_HOST: server.url, NODE_V8_COVERAGE: undefined },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [stdout, stderr, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close') as Promise<[number | null]>,
      ]);
      return { code, stdout, stderr };
    }
  });
});
