import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { replayRun } from '../../../src/app/replayRun.ts';
import { createTrellis, type Trellis } from '../../../src/app/trellis.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { Configuration } from '../../../src/config/configuration.ts';
import type { RunEvent } from '../../../src/domain/schema/events.ts';
import { type RunId, runIdSchema } from '../../../src/domain/schema/ids.ts';
import { SqliteJournal } from '../../../src/journal/sqliteJournal.ts';
import type { ChangeSink } from '../../../src/orchestrator/changeSink.ts';
import type { HumanChannel } from '../../../src/orchestrator/humanChannel.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { agreeable, configurationFor, runTrellis, writeProject } from '../../support/trellisHarness.ts';

const project = {
  'package.json': JSON.stringify({ name: 'sums', type: 'module', scripts: { test: 'node --test' } }),
  'src/sum.js': 'export const sum = (a, b) => a - b;\n',
  'test/works.test.js': `import test from 'node:test';\ntest('works at all', () => {});\n`,
};
const mended = 'export const sum = (a, b) => a + b;\n';
const documented = `/** The sum of two numbers. */\n${mended}`;
const tests = `import assert from 'node:assert/strict';
import test from 'node:test';
import { sum } from '../src/sum.js';
test('adds', () => assert.equal(sum(2, 3), 5));
`;
const item = (id: string, file_path: string, mode: string, ...dependencies: string[]) => ({
  id,
  file_path,
  mode,
  description: `Work on ${id}`,
  dependencies,
});
const plan = JSON.stringify({
  summary: 'Mend sum',
  work_items: [
    item('look', 'package.json', 'analyzer'),
    item('mend', 'src/sum.js', 'coder', 'look'),
    item('check', 'test/sum.test.js', 'sdet', 'mend'),
  ],
});
const file = (name: string, text: string) => `${name}\n\`\`\`js\n${text}\`\`\`\n`;
const script = {
  rules: [
    { when: { lastMessage: 'The edits change nothing' }, replies: ['<done>It still fits.</done>'] },
    { when: { system: 'You plan a change' }, replies: [plan] },
    { when: { system: 'You are the analyzer' }, replies: ['<done>Tests run by node --test.</done>'] },
    { when: { system: 'You are the coder', prompt: 'Say what it is.' }, replies: [file('src/sum.js', documented)] },
    { when: { system: 'You are the coder' }, replies: [file('src/sum.js', mended)] },
    { when: { system: 'You are the tester' }, replies: [file('test/sum.test.js', tests)] },
    { when: { system: 'You judge a change' }, replies: ['{"completeness":1,"correctness":1,"feedback":[]}'] },
  ],
};

describe('asking for changes of a run that is over', function () {
  // Tests run in the sandbox, on a machine that may be busy.
  this.timeout(60_000);
  const directory = useTemporaryDirectory();
  const workspace = () => path.join(directory(), 'project');
  const storage = () => path.join(directory(), 'storage');
  const { signal } = new AbortController();
  let server: ModelServer;
  beforeEach(async () => {
    mkdirSync(workspace());
    server = await ModelServer.start(script);
  });
  afterEach(() => server.close());

  /** A run that its human cancels at the review, in a process of its own as far as the journal can tell. */
  async function cancelledInReview(files: Readonly<Record<string, string>> = project): Promise<RunId> {
    writeProject(workspace(), files);
    const abort = new AbortController();
    const { state } = await runTrellis({
      workspace: workspace(),
      storageDirectory: storage(),
      configuration: { ...configurationFor(server, 'openai'), workers: 3 },
      request: 'Mend sum',
      sink: { apply: () => assert.fail('nothing is applied') },
      signal: abort.signal,
      human: {
        ...agreeable,
        review: (_request, options) => {
          setImmediate(() => abort.abort());
          return new Promise((_, reject) =>
            options.signal.addEventListener('abort', () => reject(options.signal.reason as Error)),
          );
        },
      },
    });
    assert.equal(state.end?.outcome, 'cancelled', state.end?.message);
    return runIdSchema.parse(state.runId);
  }

  /** Another process, later. */
  async function later<T>(
    work: (trellis: Trellis) => Promise<T>,
    changes: Partial<Configuration> = {},
    storageDirectory = storage(),
  ): Promise<T> {
    const trellis = await createTrellis({
      workspace: workspace(),
      configuration: { ...configurationFor(server, 'openai'), workers: 1, ...changes },
      storageDirectory,
      resourcesDirectory: path.join(import.meta.dirname, '../../..'),
      version: 'later',
      logger: silentLogger,
      secrets: { openaiApiKey: 'test-key' },
    });
    try {
      return await work(trellis);
    } finally {
      await trellis.dispose();
    }
  }

  const recording = () => {
    const applied: Record<string, string> = {};
    const sink: ChangeSink = {
      apply: changes => {
        for (const { path: name, after } of changes) applied[name] = new TextDecoder().decode(after?.content);
        return Promise.resolve({});
      },
    };
    return { applied, sink };
  };
  const unused: ChangeSink = { apply: () => assert.fail('nothing is applied') };
  const leaves: HumanChannel = { ...agreeable, review: () => Promise.resolve({ kind: 'leave' }) };
  const after = (events: readonly RunEvent[], type: RunEvent['type']) =>
    events.slice(events.findLastIndex(event => event.type === type));

  it('does the items with comments again, and what depends on them, and comes back with what changed since', async () => {
    const runId = await cancelledInReview();
    const asked = server.requests.length;
    const { applied, sink } = recording();
    let rounds = 0;
    await later(async trellis => {
      const ended = trellis.openReview(runId, { sink });
      ended.review.comment({ path: 'src/sum.js', line: 1, text: 'Say what it is.' });
      const handle = ended.requestChanges({
        signal,
        human: {
          ...agreeable,
          approvePlan: () => assert.fail('the plan was approved before'),
          review: ({ review, score }) => {
            rounds++;
            assert.deepEqual(
              review.changesSinceLastRound().map(change => [change.path, change.additions, change.deletions]),
              [['src/sum.js', 1, 0]],
            );
            assert.deepEqual([score.passed, review.comments, review.isUnfinished], [true, [], false]);
            return Promise.resolve({ kind: 'accept' });
          },
        },
      });
      await ended.dispose();
      assert.throws(() => trellis.openReview(runId, { sink }), /is being written/, 'the run is the handle’s');
      const state = await handle.done;
      assert.deepEqual([state.end?.outcome, state.end?.message, rounds], ['applied', '2 files changed.', 1]);
      assert.deepEqual(
        Object.values(state.items).map(each => [each.item.id, each.attempts]),
        [
          ['look', 1],
          ['mend', 2],
          ['check', 2],
        ],
        'finished work stays',
      );
      const resumed = after(trellis.journal.read(runId), 'run.resumed');
      assert.equal(resumed.filter(event => event.type === 'tests.finished' && event.scope === 'baseline').length, 1);
      assert.ok(resumed[0]?.type === 'run.resumed' && resumed[0].trellisVersion === 'later');
    });
    assert.deepEqual(applied, { 'src/sum.js': documented, 'test/sum.test.js': tests });
    const prompt = server.requests
      .slice(asked)
      .map(({ messages }) => messages.map(({ content }) => content).join('\n'))
      .find(text => text.includes('You are the coder'));
    assert.match(
      prompt ?? '',
      /The reviewer says of line 1 of src\/sum\.js:\n> export const sum = \(a, b\) => a \+ b;\nSay what it is\./,
    );
    assert.ok(!server.requests.slice(asked).some(({ messages }) => messages[0]?.content.includes('You plan a change')));
  });

  it('can be left again, for a review that is later still', async () => {
    const runId = await cancelledInReview();
    await later(async trellis => {
      const ended = trellis.openReview(runId, { sink: unused });
      ended.review.comment({ path: 'src/sum.js', text: 'Say what it is.' });
      const { end } = await ended.requestChanges({ signal, human: leaves }).done;
      assert.deepEqual(end, { outcome: 'staged', message: '2 files to review; nothing was applied yet.' });
      assert.equal(trellis.journal.runs()[0]?.outcome, 'staged');
    });
    const { applied, sink } = recording();
    await later(async trellis => {
      const ended = trellis.openReview(runId, { sink });
      assert.equal(ended.review.changesSinceLastRound().length, 1, 'and still tells what changed');
      assert.equal((await ended.accept({ signal })).kind, 'applied');
      await ended.dispose();
    });
    assert.equal(applied['src/sum.js'], documented);
  });

  it('takes up a result that nobody saw because it did not reach the quality', async () => {
    const judge = { system: 'You judge a change' };
    const verdict = (value: number) => [`{"completeness":${value},"correctness":${value},"feedback":["Document it."]}`];
    server.play({
      rules: [
        { when: { ...judge, prompt: 'The sum of two numbers' }, replies: verdict(1) },
        { when: judge, replies: verdict(0) },
        ...script.rules,
      ],
    });
    writeProject(workspace(), project);
    const { state } = await runTrellis({
      workspace: workspace(),
      storageDirectory: storage(),
      configuration: configurationFor(server, 'openai', { quality: { threshold: 0.75, iterations: 0 } }),
      request: 'Mend sum',
      sink: unused,
    });
    assert.equal(state.end?.outcome, 'qualityNotReached', state.end?.message);
    await later(async trellis => {
      const ended = trellis.openReview(runIdSchema.parse(state.runId), { sink: unused });
      ended.review.comment({ path: 'src/sum.js', text: 'Say what it is.' });
      const { end } = await ended.requestChanges({ signal, human: leaves }).done;
      assert.equal(end?.outcome, 'staged', end?.message);
      assert.deepEqual(
        ended.review.changesSinceLastRound().map(change => change.path),
        ['src/sum.js'],
      );
    });
  });

  it('says that nothing is to be done when there is no comment, and lets go of the run', async () => {
    const runId = await cancelledInReview();
    await later(async trellis => {
      const ended = trellis.openReview(runId, { sink: unused });
      assert.throws(() => ended.requestChanges({ signal, human: agreeable }), /There is no comment yet/);
      await ended.dispose();
      await trellis.openReview(runId, { sink: unused }).dispose();
    });
  });

  it('counts what the run has spent before against its budget, and asks the models that are configured now', async () => {
    const runId = await cancelledInReview();
    const { inputTokens, outputTokens } = await later(async trellis => {
      const ended = trellis.openReview(runId, { sink: unused });
      ended.review.comment({ path: 'src/sum.js', text: 'Say what it is.' });
      await ended.dispose();
      return ended.run.state.usage;
    });
    const spent = inputTokens + outputTokens;
    // Alone, what is still to be done would be within the limit.
    assert.ok(spent > 3000);
    const runTokens = spent + 100;
    const { executor, judge } = configurationFor(server, 'openai');
    const brief = { maxOutputTokens: 300 };
    await later(
      async trellis => {
        const ended = trellis.openReview(runId, { sink: unused });
        const { end } = await ended.requestChanges({
          signal,
          human: { ...agreeable, answer: () => Promise.resolve({ text: 'stop', by: 'human' }) },
        }).done;
        const reached = `The budget of the run (\`budget.runTokens\`) is ${runTokens} tokens`;
        assert.ok(end?.message.startsWith(reached), end?.message);
      },
      { budget: { runTokens }, executor: { ...executor, ...brief }, judge: { ...judge, ...brief } },
    );
    await later(
      async trellis => {
        const ended = trellis.openReview(runId, { sink: unused });
        assert.ok(ended.review.isUnfinished);
        const { end } = await ended.requestChanges({ signal, human: leaves }).done;
        assert.equal(end?.outcome, 'staged', end?.message);
      },
      configurationFor(server, 'ollama'),
    );
    assert.equal(server.requests.at(-1)?.protocol, 'ollama');
  });

  it('is replayed with all that it did in every process, from its journal alone', async () => {
    const runId = await cancelledInReview();
    const ask = async (human: HumanChannel, text: string) => {
      const state = await later(async trellis => {
        const ended = trellis.openReview(runId, { sink: unused });
        if (text !== '') ended.review.comment({ path: 'src/sum.js', line: 1, text });
        return ended.requestChanges({ signal, human }).done;
      });
      assert.equal(state.end?.outcome, 'staged', state.end?.message);
    };
    await ask(
      {
        ...leaves,
        review: ({ review }) => {
          review.decide({ kind: 'file', path: 'test/sum.test.js' }, 'rejected');
          return Promise.resolve({ kind: 'leave' });
        },
      },
      'Say what it is.',
    );
    await ask(leaves, 'And say it in one line.');
    const journal = new SqliteJournal({ file: path.join(storage(), 'trellis.db'), clock: systemClock });
    try {
      const events = journal.read(runId);
      const options = { runId, resourcesDirectory: path.join(import.meta.dirname, '../../..') };
      rmSync(workspace(), { recursive: true });
      const whole = await replayRun({ journal, ...options });
      assert.equal(whole.divergence?.message, undefined);
      const upTo = (end: number) => ({ contents: journal.contents, read: () => events.slice(0, end) });
      const [, second = 0, third = 0] = events.flatMap(({ type }, index) =>
        type === 'run.started' || type === 'run.resumed' ? [index] : [],
      );
      const [one, two] = [
        await replayRun({ journal: upTo(second), ...options }),
        await replayRun({ journal: upTo(third), ...options }),
      ];
      assert.ok(0 < one.compared && one.compared < two.compared && two.compared < whole.compared);
      assert.deepEqual([one.outcome, two.outcome, whole.outcome, whole.skipped], ['cancelled', 'staged', 'staged', 0]);
      const cut = await replayRun({ journal: upTo(third + 3), ...options });
      assert.deepEqual([cut.compared, cut.skipped, cut.divergence], [two.compared, 1, undefined]);
      const tampered = events.map(event =>
        event.type === 'iteration.started' && event.seq > third ? { ...event, items: [] } : event,
      );
      const { divergence } = await replayRun({ journal: { ...upTo(0), read: () => tampered }, ...options });
      assert.deepEqual([divergence?.type, divergence?.place], ['iteration.started', 'items[0]']);
    } finally {
      await journal.dispose();
    }
  });

  it('comes to the same wherever its process is killed, and finished work is not done twice', async () => {
    // Without tests to run: it is done for each event.
    const runId = await cancelledInReview({ 'src/sum.js': project['src/sum.js'] });
    const events = await later(async trellis => {
      const ended = trellis.openReview(runId, { sink: unused });
      ended.review.comment({ path: 'src/sum.js', text: 'Say what it is.' });
      await ended.requestChanges({ signal, human: leaves }).done;
      return trellis.journal.read(runId);
    });
    const resumed = after(events, 'run.resumed');
    assert.ok(resumed.length > 20);
    for (const { seq, type } of resumed) {
      const killed = path.join(directory(), `killed-${seq}`);
      cpSync(storage(), killed, { recursive: true });
      const database = new DatabaseSync(path.join(killed, 'trellis.db'));
      database.exec(`DELETE FROM event WHERE seq > ${seq}`);
      database.close();
      const { applied, sink } = recording();
      const state = await later(
        async trellis => {
          const ended = trellis.openReview(runId, { sink });
          if (ended.review.comments.length > 0 || ended.review.isUnfinished) {
            const { review } = ended;
            const accepts = () => {
              assert.deepEqual(
                review.changesSinceLastRound().map(change => change.path),
                ['src/sum.js'],
                type,
              );
              return Promise.resolve({ kind: 'accept' } as const);
            };
            return await ended.requestChanges({ signal, human: { ...agreeable, review: accepts } }).done;
          }
          assert.deepEqual(
            ended.review.changesSinceLastRound().map(change => change.path),
            ['src/sum.js'],
            type,
          );
          assert.equal((await ended.accept({ signal, despiteProof: true })).kind, 'applied');
          return ended.run.state;
        },
        {},
        killed,
      );
      const place = `killed after ${type} (${seq})`;
      assert.equal(state.end?.outcome, 'applied', `${place}: ${state.end?.message}`);
      assert.deepEqual(applied, { 'src/sum.js': documented, 'test/sum.test.js': tests }, place);
      assert.equal(state.items['look']?.attempts, 1, place);
    }
  });
});
