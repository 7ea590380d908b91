import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Configuration } from '../../../src/config/configuration.ts';
import { type RunEvent, runEventSchema } from '../../../src/domain/schema/events.ts';
import type { ChangeSink } from '../../../src/orchestrator/changeSink.ts';
import { noColours } from '../../../src/terminal/palette.ts';
import { runStory } from '../../../src/terminal/runStory.ts';
import { runCommandLineProcess } from '../../support/commandLineProcess.ts';
import type { ScriptRule } from '../../support/modelServer/modelScript.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { configurationFor, type HarnessRun, runTrellis, writeProject } from '../../support/trellisHarness.ts';

const root = path.join(import.meta.dirname, '../../..');
const request = 'Add double and quadruple, with a test';

const planOf = (double: string) =>
  JSON.stringify({
    summary: 'Numbers',
    work_items: [
      { id: 'double', file_path: 'src/double.js', mode: 'coder', description: double },
      {
        id: 'quadruple',
        file_path: 'src/quadruple.js',
        mode: 'coder',
        description: 'Write quadruple(n) with double',
        dependencies: ['double'],
      },
      { id: 'notes', file_path: 'docs/notes.md', mode: 'coder', description: 'Note what there is' },
      {
        id: 'check',
        file_path: 'test/quadruple.test.js',
        mode: 'sdet',
        description: 'Test quadruple',
        dependencies: ['quadruple'],
      },
    ],
  });

const file = (name: string, text: string) => `I write it.\n\n${name}\n\`\`\`js\n${text}\`\`\`\n`;
const doubleText = 'export const double = n => n * 2;\n';
const test = `import assert from 'node:assert/strict';
import test from 'node:test';
import { quadruple } from '../src/quadruple.js';
test('four times', () => assert.equal(quadruple(3), 12));
`;
const of = (item: string) => new RegExp(`Your file: \\S*${item}`);
/** Looks around before it writes: the listing and the search are part of what the result rests on. */
const lookAround = '<list path="src"/>\n<search pattern="needle"/>\n<read path="README.md"/>';
const rulesFor = (double = 'Write double(n)', code = doubleText): ScriptRule[] => [
  { when: { system: 'You plan a change' }, replies: [planOf(double)] },
  { when: { prompt: of('double\\.js') }, replies: [file('src/double.js', code)] },
  {
    when: { prompt: of('quadruple\\.js') },
    replies: [
      file(
        'src/quadruple.js',
        "import { double } from './double.js';\nexport const quadruple = n => double(double(n));\n",
      ),
    ],
  },
  { when: { prompt: of('notes\\.md'), lastMessage: 'Your file' }, replies: [lookAround] },
  { when: { prompt: of('notes\\.md') }, replies: [file('docs/notes.md', 'double and quadruple\n')] },
  { when: { prompt: of('quadruple\\.test\\.js') }, replies: [file('test/quadruple.test.js', test)] },
  { when: { system: 'You judge a change' }, replies: ['{"completeness":1,"correctness":1,"feedback":[]}'] },
];

describe('items of an earlier run', function () {
  this.timeout(60_000);
  const directory = useTemporaryDirectory();
  const workspace = () => path.join(directory(), 'project');
  let server: ModelServer;

  beforeEach(async () => {
    server = await ModelServer.start({ rules: rulesFor() });
    mkdirSync(workspace());
    writeProject(workspace(), {
      'package.json': JSON.stringify({ name: 'numbers', type: 'module', scripts: { test: 'node --test' } }),
      'README.md': 'Numbers.\n',
      'src/one.js': 'export const one = 1; // needle\n',
    });
  });
  afterEach(() => server.close());

  async function run(changes: Partial<Configuration> = {}, more: Partial<HarnessRun> = {}) {
    const applied: string[] = [];
    const sink: ChangeSink = {
      apply: accepted => {
        applied.push(...accepted.map(change => change.path));
        return Promise.resolve({});
      },
    };
    const before = server.requests.length;
    const { state, events } = await runTrellis({
      workspace: workspace(),
      storageDirectory: path.join(workspace(), '.trellis'),
      configuration: { ...configurationFor(server, 'openai'), workers: 2, ...changes },
      request,
      sink,
      ...more,
    });
    assert.equal(state.end?.outcome, 'applied', state.end?.message);
    assert.deepEqual(applied, ['docs/notes.md', 'src/double.js', 'src/quadruple.js', 'test/quadruple.test.js']);
    return { state, events, calls: server.requests.length - before, reused: reusedIn(events) };
  }

  const reusedIn = (events: readonly RunEvent[]) =>
    events.flatMap(event => (event.type === 'item.reused' ? [String(event.itemId)] : [])).sort();
  const all = ['check', 'double', 'notes', 'quadruple'];

  it('are taken over by the same request, and `trellis show` says from where', async () => {
    const first = await run();
    assert.deepEqual(first.reused, []);
    const second = await run();
    assert.deepEqual([second.reused, second.calls], [all, 0]);
    assert.equal(second.state.items['double']?.reusedFrom, first.state.runId);
    const story = runStory(second.events, { palette: noColours, isFull: false, readText: () => undefined });
    assert.ok(story.some(line => line.includes(`= double: taken over from ${first.state.runId}`)));
    assert.ok(
      second.state.testRuns.some(({ scope }) => scope === 'final'),
      'the result is tested all the same',
    );
  });

  it('are left alone when the setting says so, or the run is recorded', async () => {
    await run();
    const configuration = configurationFor(server, 'openai');
    const { reused, calls } = await run({ models: { ...configuration.models, reuseAnswers: false } });
    assert.deepEqual([reused, calls], [[], 7]);
    const recorded = await run({ cassette: { record: path.join(directory(), 'run.jsonl') } });
    assert.deepEqual([recorded.reused, recorded.calls], [[], 7], 'a cassette is to hold all of a run');
  });

  const touches: Record<string, () => void> = {
    'a file that it read was changed': () => writeFileSync(path.join(workspace(), 'README.md'), 'Many numbers.\n'),
    'a file that it read is gone': () => rmSync(path.join(workspace(), 'README.md')),
    'a folder that it listed has a new file': () => writeFileSync(path.join(workspace(), 'src/two.js'), ''),
    'a search would find one more file': () => writeProject(workspace(), { 'other/x.md': 'a needle\n' }),
  };
  for (const [name, change] of Object.entries(touches)) {
    it(`run again where ${name}`, async () => {
      await run();
      change();
      const { reused } = await run();
      assert.ok(!reused.includes('notes'), 'it looked there');
      assert.ok(!reused.includes('check'), 'its tests ran on the whole tree');
    });
  }

  it('run again where a prompt was changed, and the others are taken over', async () => {
    await run();
    const resources = path.join(directory(), 'resources');
    cpSync(path.join(root, 'prompts'), path.join(resources, 'prompts'), { recursive: true });
    const prompt = path.join(resources, 'prompts/sdet.md');
    writeFileSync(prompt, readFileSync(prompt, 'utf8').replace('You are the tester.', 'You are the tester of it all.'));
    assert.deepEqual((await run({}, { resourcesDirectory: resources })).reused, ['double', 'notes', 'quadruple']);
  });

  it('run again where the model or a limit is another', async () => {
    await run();
    const { executor } = configurationFor(server, 'openai');
    assert.deepEqual((await run({ executor: { ...executor, temperature: 0.5 } })).reused, []);
    assert.deepEqual((await run({ agents: { maxTurns: 3 } })).reused, []);
  });

  it('run again where a plugin has its say in what models answer', async () => {
    await run();
    const follower = { name: 'follower', onRunStart: () => undefined };
    assert.deepEqual((await run({}, { plugins: { middleware: [follower] } })).reused, all);
    const editor = { name: 'editor', afterModelCall: () => undefined };
    assert.deepEqual((await run({}, { plugins: { middleware: [editor] } })).reused, []);
  });

  it('run again where the plan changed in one of them, with what its result touches and no more', async () => {
    await run();
    server.play({ rules: rulesFor('Write double(n), by adding', 'export const double = n => n + n;\n') });
    // The plan is asked for anew, as for a request in other words that leads to the same items.
    const { planner } = configurationFor(server, 'openai');
    const { reused, calls } = await run({ planner: { ...planner, temperature: 0.5 } });
    assert.deepEqual(reused, ['notes']);
    assert.equal(calls, 1 + 3 + 1, 'the plan, three items, the judge');
  });

  it('are there after the process was killed in the middle of the work', async () => {
    server.play({
      rules: [{ when: { prompt: of('quadruple\\.test\\.js') }, replies: [{ connection: 'stall' }] }, ...rulesFor()],
    });
    const environment = { TRELLIS_OLLAMA_HOST: server.url };
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, [path.join(root, 'src/cli.ts'), 'run', request, '--yes', '--events'], {
      cwd: workspace(),
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH, HOME, ...environment },
    });
    let completed = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      if (runEventSchema.parse(JSON.parse(line)).type === 'order.completed') completed += 1;
      if (completed === 3) child.kill('SIGKILL');
    }
    assert.equal(completed, 3);
    server.play({ rules: rulesFor() });
    const before = server.requests.length;
    const { code, stdout } = await runCommandLineProcess(
      workspace(),
      ['run', request, '--yes', '--events'],
      environment,
    );
    assert.equal(code, 0, stdout);
    const events = stdout
      .trim()
      .split('\n')
      .map(line => runEventSchema.parse(JSON.parse(line)));
    assert.deepEqual(reusedIn(events), ['double', 'notes', 'quadruple']);
    assert.equal(server.requests.length - before, 2, 'the tester and the judge');
  });
});
