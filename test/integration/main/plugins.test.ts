import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { AgentPlugin, GenerateRequest, Middleware, ModelProvider, RunMetrics } from '../../../api/trellis.d.ts';
import type { PluginSet } from '../../../src/app/plugins.ts';
import { defaultConfiguration } from '../../../src/config/configuration.ts';
import { computeRunMetrics } from '../../../src/domain/runMetrics.ts';
import type { RunEvent } from '../../../src/domain/schema/events.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { runTrellis, writeProject } from '../../support/trellisHarness.ts';

const never = new Promise<never>(() => undefined);
const plan = JSON.stringify({
  summary: 'A greeting',
  work_items: [{ id: 'write', file_path: 'src/hello.js', description: 'Write hello()', mode: 'coder' }],
});
const code = "export const hello = () => 'hello';\n";
const answers: Readonly<Record<string, string>> = {
  planner: plan,
  coder: `src/hello.js\n\`\`\`js\n${code}\`\`\`\n<done>It is there.</done>`,
  judge: '{"completeness":1,"correctness":1,"feedback":[]}',
};

/** A provider that answers by the role, and counts what is asked of it. */
function exampleProvider(changes: object = {}) {
  const counts = { initialized: 0, asked: 0, disposed: 0 };
  const provider: ModelProvider = {
    name: 'example',
    createModel: () => ({
      billing: 'free',
      initialize: () => void (counts.initialized += 1),
      generate: ({ role }: GenerateRequest) => {
        counts.asked += 1;
        return { text: answers[role ?? ''] ?? '', finishReason: 'stop' };
      },
      dispose: () => void (counts.disposed += 1),
      ...changes,
    }),
  };
  return { provider, counts };
}

describe('a run with plugins', () => {
  const directory = useTemporaryDirectory();

  async function run(plugins: PluginSet, signal?: AbortSignal, onEvent?: (event: RunEvent) => void) {
    const workspace = path.join(directory(), 'project');
    mkdirSync(workspace, { recursive: true });
    writeProject(workspace, { 'package.json': '{"name":"x","type":"module","scripts":{"test":"node --test"}}' });
    const role = { provider: 'example', model: 'any' };
    const { planner, executor, judge, models } = defaultConfiguration;
    return runTrellis({
      workspace,
      storageDirectory: path.join(directory(), 'storage'),
      configuration: {
        ...defaultConfiguration,
        planner: { ...planner, ...role },
        executor: { ...executor, ...role },
        judge: { ...judge, ...role },
        models: {
          ...models,
          firstByteTimeoutMs: 300,
          maxRetries: 0,
          prices: { 'example/any': { input: 1, output: 1_000_000 } },
        },
        // The project has no tests to pass, so nothing more than half is proven.
        quality: { threshold: 0.1, iterations: 0 },
      },
      request: 'Write a greeting',
      sink: { apply: () => Promise.resolve({}) },
      plugins,
      ...(signal && { signal }),
      ...(onEvent && { onEvent }),
    });
  }

  it('asks the provider, which is opened once and closed once though its first calls come together', async () => {
    const { provider, counts } = exampleProvider();
    const { state } = await run({ providers: [provider] });
    assert.equal(state.end?.outcome, 'applied', state.end?.message);
    assert.ok(counts.asked >= 3, 'planner, coder and judge');
    assert.deepEqual([counts.initialized, counts.disposed], [1, 1]);
  });

  it('counts calls at the price that the user has set', async () => {
    const { events } = await run({ providers: [exampleProvider().provider] });
    const replies = events.filter(event => event.type === 'model.responded');
    assert.equal(replies.length, 3);
    for (const { usage, costUsd = 0 } of replies) {
      assert.equal(costUsd.toFixed(6), (usage.inputTokens / 1_000_000 + usage.outputTokens).toFixed(6));
    }
  });

  it('has middleware change calls and answers, and follow the run', async () => {
    const seen: string[] = [];
    let told: RunMetrics | undefined;
    const shouting: Middleware = {
      name: 'shouting',
      onRunStart: ({ request, workspace }) => void seen.push(`start ${request} ${path.basename(workspace)}`),
      beforeModelCall: ({ role }) => (role === 'planner' ? { answer: plan } : undefined),
      afterModelCall: ({ text }, { role }) =>
        role === 'coder' ? { text: text.replace("'hello'", "'HELLO'") } : undefined,
      onRunEnd: ({ outcome, metrics }) => {
        seen.push(`end ${outcome}`);
        told = metrics;
      },
    };
    const { provider, counts } = exampleProvider();
    const { state, events } = await run({ providers: [provider], middleware: [shouting] });
    assert.deepEqual(seen, ['start Write a greeting project', 'end applied']);
    assert.equal(counts.asked, 2, 'coder and judge; the plan came from the middleware');
    assert.deepEqual(told, computeRunMetrics(events));
    assert.deepEqual([told.total.calls, Object.keys(told.byRole)], [3, ['planner', 'coder', 'judge']]);
    const [answered] = events.filter(event => event.type === 'model.responded');
    assert.deepEqual([answered?.role, answered?.isCached, answered?.costUsd], ['planner', true, 0]);
    assert.equal(state.end?.outcome, 'applied', state.end?.message);
  });

  it('has an agent do the items that it takes, in the journal like any other', async () => {
    const agent: AgentPlugin = {
      name: 'template',
      mode: 'coder',
      accepts: ({ filePath }) => filePath.endsWith('.js'),
      run: async ({ item }, services) => {
        await services.writeFile(item.filePath, code);
        return { kind: 'done', summary: 'From the template.' };
      },
    };
    const { provider } = exampleProvider();
    const { state, events } = await run({ providers: [provider], agents: [agent] });
    assert.equal(state.end?.outcome, 'applied', state.end?.message);
    assert.deepEqual(
      events.flatMap(event => (event.type === 'agent.act' ? [event.action] : [])),
      [{ kind: 'edit', detail: 'src/hello.js' }],
    );
    assert.equal(state.items['write']?.note, 'From the template.');
  });

  it('cancels by an AbortError, before the run or in a call', async () => {
    const stop = () => Promise.reject(new DOMException('not on Fridays', 'AbortError'));
    const { provider, counts } = exampleProvider();
    for (const hook of ['onRunStart', 'beforeModelCall']) {
      const { state } = await run({ providers: [provider], middleware: [{ name: 'calendar', [hook]: stop }] });
      assert.equal(state.end?.outcome, 'cancelled');
      assert.equal(state.end.message, `The middleware "calendar" failed in its ${hook}: not on Fridays.`);
    }
    assert.equal(counts.asked, 0);
  });

  for (const [what, plugins, message] of [
    [
      'provider makes no model',
      { providers: [{ name: 'example', createModel: () => undefined as never }] },
      /provider "example" returned the wrong thing from its createModel/,
    ],
    [
      'provider throws',
      { providers: [exampleProvider({ generate: () => assert.fail('boom') }).provider] },
      /provider "example" failed in its generate: boom/,
    ],
    [
      'provider hangs',
      { providers: [exampleProvider({ generate: () => never }).provider] },
      /provider "example" did not end its generate within 0\.3 s/,
    ],
    [
      'provider returns rubbish',
      { providers: [exampleProvider({ generate: () => 42 }).provider] },
      /provider "example" returned the wrong thing from its generate/,
    ],
    [
      'middleware throws',
      {
        providers: [exampleProvider().provider],
        middleware: [{ name: 'broken', beforeModelCall: () => assert.fail('boom') }],
      },
      /middleware "broken" failed in its beforeModelCall: boom/,
    ],
    [
      'agent throws',
      {
        providers: [exampleProvider().provider],
        agents: [{ name: 'broken', mode: 'coder', run: () => assert.fail('boom') }],
      },
      /agent "broken" failed in its run: boom/,
    ],
  ] as const satisfies (readonly [string, PluginSet, RegExp])[]) {
    it(`ends with the name of the plugin when the ${what}`, async () => {
      const { state, events } = await run(plugins);
      assert.notEqual(state.end?.outcome, 'applied');
      const said = [
        state.end?.message,
        ...events.map(event => ('note' in event ? String(event.note) : JSON.stringify(event))),
      ];
      assert.match(said.join('\n'), message);
      assert.equal(events.at(-1)?.type, 'run.ended');
    });
  }

  it('goes on when middleware cannot follow it', async () => {
    const broken: Middleware = {
      name: 'broken',
      onRunStart: () => assert.fail('boom'),
      onRunEnd: () => assert.fail('boom'),
    };
    const { provider } = exampleProvider();
    const { state } = await run({ providers: [provider], middleware: [broken] });
    assert.equal(state.end?.outcome, 'applied', state.end?.message);
  });

  it('can be cancelled while a plugin that hears nothing is at work', async () => {
    for (const plugins of [
      { agents: [{ name: 'deaf', mode: 'coder', run: () => never }] },
      {
        middleware: [
          { name: 'deaf', beforeModelCall: ({ role }: { role: string }) => (role === 'coder' ? never : undefined) },
        ],
      },
    ] as const satisfies PluginSet[]) {
      const { provider } = exampleProvider();
      const controller = new AbortController();
      const { state } = await run({ providers: [provider], ...plugins }, controller.signal, event => {
        if (event.type === 'session.started') controller.abort();
      });
      assert.equal(state.end?.outcome, 'cancelled');
    }
  });
});
