import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../../../src/domain/schema/events.ts';
import type { ChangeSink } from '../../../src/orchestrator/changeSink.ts';
import type { HumanChannel } from '../../../src/orchestrator/humanChannel.ts';
import type { ModelScript, ScriptRule } from '../../support/modelServer/modelScript.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import {
  agreeable,
  configurationFor,
  type HarnessRun,
  runTrellis,
  writeProject,
} from '../../support/trellisHarness.ts';

const manifest = JSON.stringify({ name: 'numbers', type: 'module', scripts: { test: 'node --test' } });
const existingTest = `import test from 'node:test';\ntest('works at all', () => {});\n`;

const plan = JSON.stringify({
  summary: 'Fibonacci',
  work_items: [
    { id: 'look', file_path: 'package.json', description: 'See how tests are run', mode: 'analyzer' },
    {
      id: 'write',
      file_path: 'src/fibonacci.js',
      description: 'Write fibonacci(n)',
      mode: 'coder',
      dependencies: ['look'],
    },
    { id: 'check', file_path: 'test/fibonacci.test.js', description: 'Test it', mode: 'sdet', dependencies: ['write'] },
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
const perfect = '{"completeness":1,"correctness":1,"feedback":[]}';

const planned: ScriptRule = { when: { system: 'You plan a change' }, replies: [plan] };
const looked: ScriptRule = {
  when: { system: 'You are the analyzer' },
  replies: ['<done>Tests run by node --test.</done>'],
};
const tested: ScriptRule = {
  when: { system: 'You are the tester' },
  replies: [file('test/fibonacci.test.js', tests), '<done>The code under test is wrong for 10.</done>'],
};
const judged: ScriptRule = { when: { system: 'You judge a change' }, replies: [perfect] };
const coder = (...replies: ScriptRule['replies']): ScriptRule => ({ when: { system: 'You are the coder' }, replies });

describe('the course of a run', () => {
  const directory = useTemporaryDirectory();
  let server: ModelServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function run(script: ModelScript, changes: Partial<HarnessRun> = {}) {
    server ??= await ModelServer.start(script);
    const workspace = path.join(directory(), 'project');
    mkdirSync(workspace, { recursive: true });
    writeProject(workspace, { 'package.json': manifest, 'test/existing.test.js': existingTest });
    const applied: string[] = [];
    const sink: ChangeSink = {
      apply: accepted => {
        applied.push(...accepted.map(change => change.path));
        return Promise.resolve({});
      },
    };
    const storageDirectory = path.join(directory(), 'storage');
    const configuration = { ...configurationFor(server, 'openai'), workers: 2 };
    const request = 'Add a function that calculates the nth Fibonacci number, with tests';
    const result = await runTrellis({ workspace, storageDirectory, configuration, request, sink, ...changes });
    assert.equal(existsSync(path.join(workspace, 'src')), false, 'the run itself writes nothing to the workspace');
    assert.equal(readFileSync(path.join(workspace, 'package.json'), 'utf8'), manifest);
    return { ...result, applied, server };
  }

  const ofType = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T) =>
    events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

  it('asks, mends what its tests show to be wrong, and offers a result that is green', async () => {
    const { state, events, applied } = await run({
      rules: [
        planned,
        looked,
        coder(
          '<ask options="recursive|iterative">Which kind?</ask>',
          file('src/fibonacci.js', wrong),
          file('src/fibonacci.js', right),
        ),
        tested,
        judged,
      ],
    });
    assert.equal(state.end?.outcome, 'applied', state.end?.message);
    assert.deepEqual(applied, ['src/fibonacci.js', 'test/fibonacci.test.js']);
    assert.equal(state.iteration, 1);
    assert.deepEqual(
      state.scores.map(score => score.passed),
      [false, true],
    );
    assert.match(state.scores[0]?.feedback[0] ?? '', /the tenth is 55/);
    assert.deepEqual(state.scores[0]?.itemsAtFault, ['write']);
    const [question] = state.questions;
    assert.deepEqual([question?.text, question?.answer?.text], ['Which kind?', 'recursive']);
    assert.equal(state.items['look']?.attempts, 1, 'what is not at fault does not run again');
    assert.equal(state.items['write']?.attempts, 2);
    const finals = ofType(events, 'tests.finished').filter(event => event.scope === 'final');
    assert.deepEqual(
      finals.map(({ report }) => [report.outcome, report.passed, report.failed]),
      [
        ['failed', 1, 1],
        ['passed', 2, 0],
      ],
    );
    assert.equal(state.usage.calls, ofType(events, 'model.requested').length);
  });

  it('applies nothing when the quality is not reached, and says why', async () => {
    const { state, applied } = await run({
      rules: [planned, looked, coder(file('src/fibonacci.js', wrong)), tested, judged],
    });
    assert.equal(state.end?.outcome, 'qualityNotReached');
    assert.match(
      state.end.message,
      /below the threshold 0\.75; nothing was applied\. The test "the tenth is 55" fails/,
    );
    assert.deepEqual(applied, []);
    assert.equal(state.iteration, 1);
  });

  it('pays nothing for what an earlier run of the workspace asked in the same words, and works no item out again', async () => {
    const rules = [planned, looked, coder(file('src/fibonacci.js', right)), tested, judged];
    server = await ModelServer.start({ rules });
    const first = await run({ rules });
    assert.equal(first.state.end?.outcome, 'applied', first.state.end?.message);
    const paid = server.requests.length;
    const second = await run({ rules });
    assert.equal(second.state.end?.outcome, 'applied', second.state.end?.message);
    assert.equal(server.requests.length, paid);
    assert.deepEqual([second.state.usage.cachedCalls, second.state.usage.inputTokens], [2, 0], 'planner and judge');
    const from = first.state.runId;
    assert.deepEqual(
      ofType(second.events, 'item.reused').map(({ itemId, sourceRunId }) => [itemId, sourceRunId]),
      [
        ['look', from],
        ['write', from],
        ['check', from],
      ],
    );
    assert.deepEqual(second.applied, first.applied);
    assert.deepEqual(second.state.changes, first.state.changes);
  });

  it('asks at the limit of its budget, goes on when it is raised and stops there when not', async () => {
    const rules = [planned, looked, coder(file('src/fibonacci.js', right)), tested, judged];
    const budgeted = (server: ModelServer) => ({
      configuration: { ...configurationFor(server, 'openai'), workers: 2, budget: { runTokens: 7000 } },
    });
    server = await ModelServer.start({ rules });
    const raised = await run({ rules }, budgeted(server));
    assert.equal(raised.state.end?.outcome, 'applied', raised.state.end?.message);
    const [reached] = ofType(raised.events, 'budget.reached');
    assert.ok(reached !== undefined && reached.spent < 7000 && reached.spent + reached.needed > 7000);
    assert.deepEqual(ofType(raised.events, 'budget.decided')[0]?.decision, 'raise');
    const question = raised.state.questions.find(({ asker }) => asker.kind === 'budget');
    assert.match(question?.text ?? '', /^The budget of the run .* Raise it by as much again, or stop the run\?$/);
    assert.equal(raised.state.openLimit, undefined);
  });

  it('stops at the limit of its budget when nobody raises it, and applies nothing', async () => {
    const rules = [planned, looked, coder(file('src/fibonacci.js', right)), tested, judged];
    server = await ModelServer.start({ rules });
    const configuration = { ...configurationFor(server, 'openai'), workers: 2, budget: { dayTokens: 7000 } };
    const human: HumanChannel = { ...agreeable, answer: () => Promise.resolve({ text: 'no', by: 'human' }) };
    const { state, events, applied } = await run({ rules }, { configuration, human });
    assert.deepEqual([state.end?.outcome, state.end?.errorKind, applied], ['failed', 'model', []]);
    assert.match(state.end?.message ?? '', /^The budget of the day \(`budget\.dayTokens`\) is 7000 tokens: /);
    const spent = state.usage.inputTokens + state.usage.outputTokens;
    assert.ok(spent <= 7000, `${spent}`);
    assert.ok(ofType(events, 'budget.decided').every(event => event.decision === 'stop'));
  });

  it('applies nothing that is refused in the review', async () => {
    const human: HumanChannel = { ...agreeable, review: () => Promise.resolve({ kind: 'refuse' }) };
    const rules = [planned, looked, coder(file('src/fibonacci.js', right)), tested, judged];
    const { state, applied } = await run({ rules }, { human });
    assert.equal(state.end?.outcome, 'refused');
    assert.deepEqual(applied, []);
  });

  it('sends an item back with the comments on it, and puts what came of that up for review again', async () => {
    const documented = `/** The nth Fibonacci number. */\n${right}`;
    const rules = [
      planned,
      looked,
      coder(file('src/fibonacci.js', right), file('src/fibonacci.js', documented)),
      tested,
      judged,
    ];
    let rounds = 0;
    const human: HumanChannel = {
      ...agreeable,
      review: ({ review, setback }) => {
        rounds++;
        if (rounds === 1) return Promise.resolve({ kind: 'requestChanges' });
        if (rounds === 2) {
          assert.equal(setback?.kind, 'noComments', 'a request without a comment says nothing');
          review.comment({ path: 'src/fibonacci.js', line: 1, text: 'Say what it returns.' });
          review.edit('test/fibonacci.test.js', `${tests}// looked at\n`);
          return Promise.resolve({ kind: 'requestChanges' });
        }
        const since = review.changesSinceLastRound();
        assert.deepEqual(
          since.map(change => [change.path, change.additions, change.deletions]),
          [['src/fibonacci.js', 1, 0]],
        );
        return Promise.resolve({ kind: 'accept' });
      },
    };
    const { state, events, applied, server: asked } = await run({ rules }, { human });
    assert.equal(state.end?.outcome, 'applied', state.end?.message);
    assert.equal(rounds, 3);
    assert.deepEqual(applied, ['src/fibonacci.js', 'test/fibonacci.test.js']);
    assert.equal(state.items['look']?.attempts, 1, 'what got no comment does not run again');
    assert.equal(state.items['write']?.attempts, 2);
    const prompt = asked.requests
      .filter(({ messages }) => messages.some(({ content }) => content.includes('You are the coder')))
      .at(-1)
      ?.messages.map(({ content }) => content)
      .join('\n');
    assert.match(
      prompt ?? '',
      /The reviewer says of line 1 of src\/fibonacci\.js:\n> export const fibonacci.*\nSay what it returns\./,
    );
    const opened = ofType(events, 'review.opened').length;
    assert.deepEqual([opened, ofType(events, 'quality.scored').length], [3, 2]);
    const selection = ofType(events, 'tests.finished').filter(event => event.scope === 'selection');
    assert.equal(selection.length, 1, 'what the human wrote is tested before it lands');
  });

  it('stops after the plan when told to, and when the plan is turned down', async () => {
    const stopped = await run({ rules: [planned] }, { stopAfterPlan: true });
    assert.deepEqual([stopped.state.end?.outcome, stopped.server.requests.length], ['planned', 1]);
  });

  it('does nothing when the plan is turned down', async () => {
    const human: HumanChannel = { ...agreeable, approvePlan: () => Promise.resolve({ kind: 'cancel' }) };
    const { state, server: asked } = await run({ rules: [planned] }, { human });
    assert.deepEqual([state.end?.outcome, asked.requests.length], ['cancelled', 1]);
  });

  it('ends as failed, with the model’s sentence, when the model refuses the key', async () => {
    const { state } = await run({ rules: [{ replies: [{ status: 401, body: { error: { message: 'bad key' } } }] }] });
    assert.deepEqual([state.end?.outcome, state.end?.errorKind], ['failed', 'model']);
    assert.match(state.end?.message ?? '', /OPENAI_API_KEY/);
  });

  it('ends as failed when the model is lost in the middle of the work', async () => {
    const { state, applied } = await run({
      rules: [planned, looked, coder({ status: 404, body: { error: { message: 'no such model' } } })],
    });
    assert.deepEqual([state.end?.outcome, state.end?.errorKind], ['failed', 'model']);
    assert.deepEqual(applied, []);
  });

  it('says that a test command is not there, and leaves the result unproven', async () => {
    const rules = [planned, looked, coder(file('src/fibonacci.js', right)), tested, judged];
    server = await ModelServer.start({ rules });
    const configuration = { ...configurationFor(server, 'openai'), testCommand: 'no-such-runner --all' };
    const { state } = await run({ rules }, { configuration });
    const unproven = state.scores[0]?.evidence.find(evidence => evidence.kind === 'unproven');
    assert.match(
      unproven?.summary ?? '',
      /"no-such-runner --all" \(the setting testCommand\) needs "no-such-runner", which was not found in the sandbox/,
    );
    assert.equal(state.scores[0]?.correctness, 0.8);
  });

  it('ends a test command that never ends', async () => {
    const rules = [planned, looked, coder(file('src/fibonacci.js', right)), tested, judged];
    server = await ModelServer.start({ rules });
    const configuration = {
      ...configurationFor(server, 'openai'),
      testCommand: 'sleep 1000',
      sandbox: { wallTimeMs: 500 },
    };
    const { state } = await run({ rules }, { configuration });
    assert.deepEqual(
      state.testRuns.filter(({ scope }) => scope !== 'item').map(({ scope, report }) => [scope, report.outcome]),
      [['baseline', 'timedOut']],
      'what did not end before the change is not waited for again',
    );
    const unproven = state.scores[0]?.evidence.find(({ kind }) => kind === 'unproven')?.summary ?? '';
    assert.match(
      unproven,
      /"sleep 1000" did not end within 0\.\d s on the project as it is\. Raise sandbox\.wallTimeMs/,
    );
  });

  const moments: Record<string, { rules: ScriptRule[]; until: RunEvent['type'] }> = {
    'while planning': { rules: [{ replies: [{ connection: 'stall' }] }], until: 'model.requested' },
    'while an agent waits for its model': {
      rules: [planned, { replies: [{ connection: 'stall' }] }],
      until: 'order.claimed',
    },
    'while a question is open': { rules: [planned, looked, coder('<ask>Which kind?</ask>')], until: 'order.waiting' },
    'while the tests run': {
      rules: [planned, looked, coder(file('src/fibonacci.js', 'for (;;);\n')), tested],
      until: 'result.staged',
    },
    'in the review': {
      rules: [planned, looked, coder(file('src/fibonacci.js', right)), tested, judged],
      until: 'review.opened',
    },
  };
  for (const [moment, { rules, until }] of Object.entries(moments)) {
    it(`can be cancelled ${moment}, and nothing is applied`, async () => {
      const abort = new AbortController();
      const forever = (signal: AbortSignal) =>
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      const human: HumanChannel = {
        ...agreeable,
        answer: (_, { signal }) => forever(signal),
        review: (_, { signal }) => forever(signal),
      };
      // The tests of an endless loop never finish by themselves: there the start is what is waited for.
      const isMoment = (event: RunEvent) =>
        until === 'result.staged' ? event.type === 'tests.started' && event.scope !== 'baseline' : event.type === until;
      const onEvent = (event: RunEvent) => {
        if (isMoment(event)) setImmediate(() => abort.abort());
      };
      const { state, applied } = await run({ rules }, { human, signal: abort.signal, onEvent });
      assert.equal(state.end?.outcome, 'cancelled', state.end?.message);
      assert.deepEqual(applied, []);
      assert.deepEqual(
        state.questions.map(question => question.answer?.by),
        until === 'order.waiting' ? ['cancelled'] : [],
      );
    });
  }
});
