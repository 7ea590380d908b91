import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { replayRun } from '../../../src/app/replayRun.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { RunEvent } from '../../../src/domain/schema/events.ts';
import type { Journal } from '../../../src/journal/journal.ts';
import { SqliteJournal } from '../../../src/journal/sqliteJournal.ts';
import type { ChangeSink } from '../../../src/orchestrator/changeSink.ts';
import type { HumanChannel } from '../../../src/orchestrator/humanChannel.ts';
import type { ScriptRule } from '../../support/modelServer/modelScript.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import {
  agreeable,
  configurationFor,
  type HarnessRun,
  runTrellis,
  writeProject,
} from '../../support/trellisHarness.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
const manifest = JSON.stringify({ name: 'numbers', type: 'module', scripts: { test: 'node --test' } });
const item = (id: string, file_path: string, mode: string, ...dependencies: string[]) => ({
  id,
  file_path,
  mode,
  description: `Work on ${id}`,
  dependencies,
});
const plan = JSON.stringify({
  summary: 'Fibonacci',
  work_items: [
    item('look', 'package.json', 'analyzer'),
    item('write', 'src/fibonacci.js', 'coder', 'look'),
    item('check', 'test/fibonacci.test.js', 'sdet', 'write'),
  ],
});
const wrong = 'export const fibonacci = n => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 1));\n';
const right = 'export const fibonacci = n => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));\n';
const tests = `import assert from 'node:assert/strict';
import test from 'node:test';
import { fibonacci } from '../src/fibonacci.js';
test('the tenth is 55', () => assert.equal(fibonacci(10), 55));
`;
const file = (name: string, text: string) => `I write it.\n\n${name}\n\`\`\`js\n${text}\`\`\`\n`;
const planned: ScriptRule = { when: { system: 'You plan a change' }, replies: [plan] };
const looked: ScriptRule = {
  when: { system: 'You are the analyzer' },
  replies: [
    '<list path=""/>\n<search pattern="works at all" path="test"/>\n<read path="test/existing.test.js"/>',
    '<done>Tests run by node --test.</done>',
  ],
};
const tested: ScriptRule = {
  when: { system: 'You are the tester' },
  replies: [file('test/fibonacci.test.js', tests), '<done>The code under test is wrong for 10.</done>'],
};
const judged: ScriptRule = {
  when: { system: 'You judge a change' },
  replies: ['{"completeness":1,"correctness":1,"feedback":[]}'],
};
const coder = (...replies: ScriptRule['replies']): ScriptRule => ({ when: { system: 'You are the coder' }, replies });

type Recorded = Pick<Journal, 'read' | 'contents'>;

describe('a replay', () => {
  const directory = useTemporaryDirectory();
  let server: ModelServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  const workspace = () => path.join(directory(), 'project');
  const storageDirectory = () => path.join(directory(), 'storage');

  /** Records a run; afterwards its server is gone, and so are the files of its workspace. */
  async function record(
    rules: readonly ScriptRule[],
    changes: Partial<HarnessRun> = {},
    configuration: Partial<HarnessRun['configuration']> = {},
    { files = {}, times = 1 }: { readonly files?: Readonly<Record<string, string>>; readonly times?: number } = {},
  ) {
    server = await ModelServer.start({ rules });
    mkdirSync(workspace());
    writeProject(workspace(), {
      ...files,
      'package.json': manifest,
      'test/existing.test.js': `import test from 'node:test';\ntest('works at all', () => {});\n`,
    });
    const sink: ChangeSink = { apply: () => Promise.resolve({ checkpointId: 'checkpoint_1' }) };
    const harness: HarnessRun = {
      workspace: workspace(),
      storageDirectory: storageDirectory(),
      configuration: { ...configurationFor(server, 'openai'), workers: 3, ...configuration },
      request: 'Add a function that calculates the nth Fibonacci number, with tests',
      sink,
      ...changes,
    };
    let result = await runTrellis(harness);
    for (let time = 1; time < times; time++) result = await runTrellis(harness);
    await server.close();
    server = undefined;
    rmSync(workspace(), { recursive: true });
    mkdirSync(workspace());
    writeFileSync(path.join(workspace(), 'package.json'), '{ "name": "something else" }');
    return result;
  }

  async function replay(tamper: (journal: Recorded) => Recorded = journal => journal, resourcesDirectory = repository) {
    const journal = new SqliteJournal({ file: path.join(storageDirectory(), 'trellis.db'), clock: systemClock });
    try {
      const runId = journal.runs()[0]?.runId;
      assert.ok(runId !== undefined);
      const bound = { read: journal.read.bind(journal), contents: journal.contents };
      return await replayRun({ journal: tamper(bound), runId, resourcesDirectory });
    } finally {
      await journal.dispose();
    }
  }

  /** The journal with other contents: whatever holds `from` has `to` in its place. */
  const withOther = (from: string, to: string) => (journal: Recorded) => ({
    ...journal,
    contents: {
      put: (content: Uint8Array | string) => journal.contents.put(content),
      get: (hash: string) => {
        const text = Buffer.from(journal.contents.get(hash) ?? '').toString();
        return text.includes(from) ? Buffer.from(text.replaceAll(from, to)) : journal.contents.get(hash);
      },
    },
  });

  async function assertSame(): Promise<void> {
    const { divergence, compared } = await replay();
    assert.equal(divergence, undefined, divergence?.message);
    assert.ok(compared > 1, `${compared}`);
  }

  it('is the run: a question answered, a failing test mended in a second iteration', async () => {
    const { state } = await record([
      planned,
      looked,
      coder(
        '<ask options="recursive|iterative">Which?</ask>',
        file('src/fibonacci.js', wrong),
        file('src/fibonacci.js', right),
      ),
      tested,
      judged,
    ]);
    assert.deepEqual([state.end?.outcome, state.iteration], ['applied', 1]);
    await assertSame();
  });

  it('is the run: what its tests ran was measured, or it is from before that was', async () => {
    const checked = `export function fibonacci(n) {
  if (n < 0) {
    throw new RangeError('n is negative');
  }
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
`;
    const { events } = await record([planned, looked, coder(file('src/fibonacci.js', checked)), tested, judged]);
    const finals = events.filter(event => event.type === 'tests.finished' && event.scope === 'final');
    assert.deepEqual(
      finals.map(event => event.type === 'tests.finished' && event.coverage),
      [
        [
          { path: 'src/fibonacci.js', neverRan: [{ first: 3, last: 4 }], partlyRan: [] },
          { path: 'test/fibonacci.test.js', neverRan: [], partlyRan: [] },
        ],
      ],
    );
    await assertSame();
    const withoutCoverage = (text: string) =>
      JSON.stringify(JSON.parse(text), (name, value: unknown) => (name === 'coverage' ? undefined : value));
    const { divergence } = await replay(({ read, contents }) => ({
      read: (...args) => read(...args).map(event => JSON.parse(withoutCoverage(JSON.stringify(event))) as RunEvent),
      contents: {
        put: content => contents.put(content),
        get: hash => {
          const content = contents.get(hash);
          const text = Buffer.from(content ?? '').toString();
          return text.includes('"coverage":[') ? Buffer.from(withoutCoverage(text)) : content;
        },
      },
    }));
    assert.equal(divergence, undefined, divergence?.message);
  });

  it('is the run: cancelled while an agent waits for its model', async () => {
    const abort = new AbortController();
    const { state } = await record([planned, { replies: [{ connection: 'stall' }] }], {
      signal: abort.signal,
      onEvent: event => {
        if (event.type === 'model.requested' && event.role === 'analyzer') setImmediate(() => abort.abort());
      },
    });
    assert.equal(state.end?.outcome, 'cancelled');
    await assertSame();
  });

  it('is the run: cancelled while a question is open', async () => {
    const abort = new AbortController();
    const human: HumanChannel = {
      ...agreeable,
      answer: (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    };
    const { state } = await record([planned, looked, coder('<ask>Which kind?</ask>')], {
      human,
      signal: abort.signal,
      onEvent: event => {
        if (event.type === 'order.waiting') setImmediate(() => abort.abort());
      },
    });
    assert.equal(state.end?.outcome, 'cancelled');
    await assertSame();
  });

  it('is the run: a budget that was raised, and a call that was made again', async () => {
    const { state } = await record(
      [planned, looked, coder({ status: 503 }, file('src/fibonacci.js', right)), tested, judged],
      {},
      { budget: { runTokens: 7000 } },
    );
    assert.equal(state.end?.outcome, 'applied', state.end?.message);
    assert.ok(state.questions.some(({ asker }) => asker.kind === 'budget'));
    await assertSame();
  });

  it('is the run: stopped at the limit of its budget', async () => {
    const human: HumanChannel = { ...agreeable, answer: () => Promise.resolve({ text: 'no', by: 'human' }) };
    const { state } = await record(
      [planned, looked, coder(file('src/fibonacci.js', right)), tested, judged],
      { human },
      { budget: { runTokens: 7000 } },
    );
    assert.equal(state.end?.outcome, 'failed');
    await assertSame();
  });

  it('is the run: refused in the review', async () => {
    const refusing: HumanChannel = { ...agreeable, review: () => Promise.resolve({ kind: 'refuse' }) };
    const { state } = await record([planned, looked, coder(file('src/fibonacci.js', right)), tested, judged], {
      human: refusing,
    });
    assert.equal(state.end?.outcome, 'refused');
    await assertSame();
  });

  it('is the run: a plan that was turned down', async () => {
    const human: HumanChannel = { ...agreeable, approvePlan: () => Promise.resolve({ kind: 'cancel' }) };
    const { state } = await record([planned], { human });
    assert.equal(state.end?.outcome, 'cancelled');
    await assertSame();
  });

  it('is the run: planned and no more', async () => {
    const { state } = await record([planned], { stopAfterPlan: true });
    assert.equal(state.end?.outcome, 'planned');
    await assertSame();
  });

  it('is the run: a model that was lost in the middle of the work', async () => {
    const gone = { status: 404, body: { error: { message: 'no such model' } } };
    const { state } = await record([planned, looked, coder(gone)]);
    assert.equal(state.end?.outcome, 'failed');
    await assertSame();
  });

  it('is the run: a part of the changes accepted, some of it edited', async () => {
    const human: HumanChannel = {
      ...agreeable,
      review: ({ review }) => {
        review.decide({ kind: 'file', path: 'test/fibonacci.test.js' }, 'rejected');
        review.edit('src/fibonacci.js', `// By hand.\n${right}`);
        return Promise.resolve({ kind: 'accept', despiteProof: true });
      },
    };
    const { state } = await record([planned, looked, coder(file('src/fibonacci.js', right)), tested, judged], {
      human,
    });
    assert.equal(state.end?.outcome, 'applied', state.end?.message);
    await assertSame();
  });

  it('is the run: sent back with a comment, then accepted', async () => {
    let round = 0;
    const human: HumanChannel = {
      ...agreeable,
      review: ({ review }) => {
        if (round++ > 0) return Promise.resolve({ kind: 'accept' });
        review.comment({ path: 'src/fibonacci.js', text: 'Say what it is.' });
        return Promise.resolve({ kind: 'requestChanges' });
      },
    };
    const { state } = await record(
      [
        planned,
        looked,
        coder(file('src/fibonacci.js', right), file('src/fibonacci.js', `// It is.\n${right}`)),
        tested,
        judged,
      ],
      { human },
    );
    assert.deepEqual([state.end?.outcome, state.iteration], ['applied', 1], state.end?.message);
    await assertSame();
  });

  it('is the run: taken over from an earlier one, without a model where that was the same', async () => {
    const script = [planned, looked, coder(file('src/fibonacci.js', right)), tested, judged];
    const { state, events } = await record(script, {}, {}, { times: 2 });
    assert.equal(state.end?.outcome, 'applied', state.end?.message);
    assert.ok(events.some(event => event.type === 'item.reused'));
    assert.ok(events.some(event => event.type === 'model.responded' && event.isCached));
    await assertSame();
  });

  describe('of texts with secrets', () => {
    const secret = 'correct-horse-battery-4711';
    const key = 'sk-abcdefghijklmnopqrstuvwxyz123456';
    const files = {
      '.env': `DATABASE_PASSWORD=${secret}\n`,
      'src/config.js': `export const password = '${secret}';\nexport const key = '${key}';\n`,
    };
    const reading = coder('<read path="src/config.js"/>', file('src/fibonacci.js', right));

    it('is the run, which sent them masked, though the file that told them is gone', async () => {
      const { state, events } = await record([planned, looked, reading, tested, judged], {}, {}, { files });
      assert.equal(state.end?.outcome, 'applied', state.end?.message);
      assert.ok(events.some(event => event.type === 'text.flagged'));
      assert.ok(!JSON.stringify(events).includes(secret));
      await assertSame();
    });

    it('is the run, also where a model said one, and another went on with that', async () => {
      const script = [planned, looked, coder(`It is ${secret}.\n\n${file('src/fibonacci.js', right)}`), tested, judged];
      const { state, events } = await record(script, {}, {}, { files });
      assert.equal(state.end?.outcome, 'applied', state.end?.message);
      const done = events.filter(event => event.type === 'order.completed').map(({ summary }) => summary);
      assert.ok(
        done.some(summary => summary.startsWith('It is [masked: environment-value].')),
        done.join('\n'),
      );
      await assertSame();
    });

    it('is the run, which was stopped because of them', async () => {
      const safety = { credentials: 'stop', personalData: 'report' } as const;
      const { state } = await record([planned, looked, reading, tested, judged], {}, { safety }, { files });
      assert.equal(state.end?.outcome, 'failed');
      await assertSame();
    });
  });

  describe('of parallel work', () => {
    const names = ['one', 'two', 'three', 'four', 'five', 'six'];
    const parallel = JSON.stringify({
      summary: 'Six constants',
      work_items: names.map(name => item(name, `src/${name}.js`, 'coder')),
    });
    const shared = (name: string) => `src/${name}.js\n\`\`\`js\nexport const ${name} = 1;\n\`\`\`\n`;
    /** Each item also writes the same file, so that all but the first have a conflict. */
    const registering = (name: string): ScriptRule => ({
      when: { system: 'You are the coder', prompt: `Work on ${name}` },
      replies: [`${shared(name)}\nsrc/index.js\n\`\`\`js\nexport * from './${name}.js';\n\`\`\``, shared(name)],
    });

    it('is the run each time, conflicts and all, with fewer workers than items', async () => {
      const { state, events } = await record(
        [{ when: { system: 'You plan a change' }, replies: [parallel] }, ...names.map(registering), judged],
        {},
        { workers: 4 },
      );
      assert.equal(state.end?.outcome, 'applied', state.end?.message);
      const calls = events.filter(event => event.type === 'model.requested' && event.role === 'coder');
      assert.ok(calls.length > names.length, 'there were conflicts');
      for (let time = 0; time < 5; time++) await assertSame();
    });

    it('sees a file of the workspace as each item saw it, though the user changed it meanwhile', async () => {
      const reading = names.map(
        (name): ScriptRule => ({
          when: { system: 'You are the coder', prompt: `Work on ${name}` },
          replies: ['<read path="package.json"/>', shared(name)],
        }),
      );
      const { state, events } = await record(
        [{ when: { system: 'You plan a change' }, replies: [parallel] }, ...reading, judged],
        {
          onEvent: event => {
            if (event.type !== 'order.completed') return;
            writeFileSync(path.join(workspace(), 'package.json'), manifest.replace('numbers', event.orderId));
          },
        },
        { workers: 2 },
      );
      assert.equal(state.end?.outcome, 'applied', state.end?.message);
      const seen = events.filter(event => event.type === 'world.observed' && event.subject[0] === 'package.json');
      assert.ok(seen.length > 2, 'it was seen to change');
      for (let time = 0; time < 3; time++) await assertSame();
    });
  });

  describe('that differs', () => {
    const good = () => record([planned, looked, coder(file('src/fibonacci.js', right)), tested, judged]);

    it('names the first call whose prompt is another, and shows the line', async () => {
      await good();
      const resources = path.join(directory(), 'resources');
      cpSync(path.join(repository, 'prompts'), path.join(resources, 'prompts'), { recursive: true });
      const prompt = path.join(resources, 'prompts/coder.md');
      writeFileSync(prompt, readFileSync(prompt, 'utf8').replace('You are the coder', 'You are a coder'));
      const { divergence } = await replay(undefined, resources);
      assert.deepEqual(
        [divergence?.type, divergence?.itemId, divergence?.place],
        ['model.requested', 'write', 'messages[0].hash'],
      );
      assert.match(divergence?.message ?? '', /recorded: ".*You are the coder.*\n {2}replayed: ".*You are a coder/);
    });

    it('names the reply that is not the one that was recorded', async () => {
      await good();
      const { divergence } = await replay(withOther('fibonacci(n - 2)', 'fibonacci(n - 3)'));
      assert.deepEqual(
        [divergence?.type, divergence?.itemId, divergence?.place],
        ['model.responded', 'write', 'textHash'],
      );
    });

    it('names the edit that comes out otherwise, byte for byte', async () => {
      const { events } = await good();
      const layer = events.find(event => event.type === 'layer.committed' && event.itemId === 'write');
      assert.ok(layer?.type === 'layer.committed');
      const result = layer.layer.entries[0]?.result?.hash ?? '';
      const tampered = (event: RunEvent): RunEvent =>
        JSON.parse(JSON.stringify(event).replaceAll(result, 'f'.repeat(64))) as RunEvent;
      const { divergence } = await replay(({ read, contents }) => ({
        contents,
        read: (...args) => read(...args).map(tampered),
      }));
      assert.equal(divergence?.itemId, 'write');
      assert.match(divergence.place, /hash|Hash/);
    });

    it('names a score that comes out otherwise', async () => {
      await good();
      const { divergence } = await replay(({ read, contents }) => ({
        contents,
        read: (...args) =>
          read(...args).map(event =>
            event.type === 'quality.scored' ? { ...event, score: { ...event.score, overall: 0.9 } } : event,
          ),
      }));
      assert.deepEqual([divergence?.type, divergence?.place], ['quality.scored', 'score.overall']);
      assert.deepEqual([divergence?.expected, divergence?.got], ['0.9', '1']);
    });

    it('names a step that the replay does not make', async () => {
      await good();
      const { divergence } = await replay(({ read, contents }) => ({
        contents,
        read: (...args) => {
          const events = read(...args);
          const index = events.findIndex(event => event.type === 'agent.act');
          const extra = events[index];
          return extra === undefined ? events : events.toSpliced(index, 0, { ...extra, seq: extra.seq - 0.5 });
        },
      }));
      assert.deepEqual([divergence?.type, divergence?.itemId], ['agent.act', 'look']);
    });
  });
});
