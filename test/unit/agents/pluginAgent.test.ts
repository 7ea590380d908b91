import assert from 'node:assert/strict';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { useFakeTimers } from 'sinon';
import type { AgentPlugin, AgentServices } from '../../../api/trellis.d.ts';
import { createPluginAgent, findPluginAgent } from '../../../src/agents/pluginAgent.ts';
import { AbortError, ExecutionError, ModelError } from '../../../src/base/errors.ts';
import { buildItem } from '../../support/builders.ts';
import { buildBrief, type FakeWorld, fakeAgentServices } from '../../support/fakeAgentServices.ts';

const never = new Promise<never>(() => undefined);
const { signal } = new AbortController();

/** Runs an agent over files in memory; `run` is typed only as long as a plugin keeps to its types. */
function runAgent(
  run: unknown,
  world: Partial<FakeWorld> = {},
  options: { signal?: AbortSignal; mode?: 'analyzer' } = {},
) {
  const { mode = 'coder' } = options;
  const fake = fakeAgentServices({ replies: [], ...world });
  const plugin = { name: 'example', mode, run } as AgentPlugin;
  const agent = createPluginAgent(plugin, { idleLimitMs: 5 });
  const brief = buildBrief({ item: buildItem('item_1', { filePath: 'src/hello.py', mode }) });
  return { ...fake, outcome: agent.run(brief, fake.services, { signal: options.signal ?? signal }) };
}

describe('createPluginAgent', () => {
  it('works by its services, each step of it recorded', async () => {
    const seen: unknown[] = [];
    const { outcome, files, steps, calls, commands, questions } = runAgent(
      async (brief: { item: { filePath: string } }, services: AgentServices) => {
        seen.push(await services.readFile('src/old.py'), await services.readFile('src/none.py'));
        seen.push(await services.listFolder('src'), await services.listFolder('none'));
        seen.push(await services.askModel([{ role: 'user', content: 'What?' }]));
        await services.writeFile(brief.item.filePath, 'print("hello")\n');
        await services.deleteFile('src/old.py');
        seen.push(
          await services.runCommand('ls'),
          await services.runTests(),
          await services.askHuman('Sure?', ['yes']),
        );
        return { kind: 'done', summary: 'hello is there' };
      },
      { files: { 'src/old.py': 'old\n' }, replies: ['this'], answer: 'yes' },
    );
    assert.deepEqual(await outcome, { kind: 'done', summary: 'hello is there' });
    assert.deepEqual(seen, [
      'old\n',
      undefined,
      ['old.py'],
      undefined,
      'this',
      { outcome: 'succeeded', text: 'exit code 0' },
      { outcome: 'succeeded', text: '1 test passes.' },
      'yes',
    ]);
    assert.deepEqual(files.texts, { 'src/hello.py': 'print("hello")\n' });
    assert.deepEqual([calls[0]?.role, calls[0]?.itemId, calls[0]?.sessionId], ['coder', 'item_1', 'session_1']);
    assert.deepEqual(commands, ['ls', '(tests)']);
    assert.deepEqual(questions, [{ text: 'Sure?', options: ['yes'] }]);
    assert.deepEqual(
      steps.filter(({ kind }) => kind === 'acting').map(({ text }) => text),
      [
        'read src/old.py',
        'read src/none.py',
        'list src',
        'list none',
        'edit src/hello.py',
        'edit src/old.py',
        'run ls',
        'run the tests',
        'ask Sure?',
      ],
    );
  });

  for (const [what, run, message] of [
    ['throws', () => assert.fail('boom'), /The agent "example" failed in its run: boom\./],
    ['ends with nothing', () => undefined, /The agent "example" returned the wrong thing from its run/],
    ['ends with something else', () => ({ kind: 'finished' }), /returned the wrong thing from its run \(kind/],
    ['forgets its summary', () => ({ kind: 'done' }), /returned the wrong thing from its run \(summary/],
    ['hangs', () => never, /did not end its run within 0\.005 s/],
    [
      'asks for a path that is none',
      (_: unknown, s: AgentServices) => s.readFile('../up'),
      /failed in its run: "\.\.\/up"/,
    ],
    [
      'writes no text',
      (_: unknown, s: AgentServices) => s.writeFile('a.py', 5 as never),
      /The text must be of another form/,
    ],
  ] as const) {
    it(`fails its item with its name when it ${what}`, async () => {
      await assert.rejects(runAgent(run).outcome, (error: unknown) => {
        assert.ok(error instanceof ExecutionError, String(error));
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it('has as long as the services that it waits for take', async () => {
    const timers = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const tests = Promise.withResolvers<{ outcome: 'succeeded'; text: string }>();
      const { services } = fakeAgentServices({ replies: [] });
      const plugin: AgentPlugin = {
        name: 'example',
        mode: 'sdet',
        run: async (_, given) => {
          const { text } = await given.runTests();
          return text === 'slow' ? never : { kind: 'done', summary: text };
        },
      };
      const agent = createPluginAgent(plugin, { idleLimitMs: 1000 });
      const outcome = agent.run(buildBrief(), { ...services, runTests: () => tests.promise }, { signal });
      const failed = assert.rejects(outcome, /did not end its run within 1 s/);
      await timers.tickAsync(3500);
      tests.resolve({ outcome: 'succeeded', text: 'slow' });
      // It was at work until now, and has one more second to go on.
      await timers.tickAsync(2000);
      await failed;
    } finally {
      timers.restore();
    }
  });

  it('can do nothing any more once it has ended', async () => {
    let kept: AgentServices | undefined;
    const { outcome, files } = runAgent((_: unknown, services: AgentServices) => {
      kept = services;
      return { kind: 'done', summary: '' };
    });
    await outcome;
    await assert.rejects(kept!.writeFile('late.py', 'late'), /The agent "example" has ended/);
    assert.deepEqual(files.texts, {});
  });

  it('ends when the run is cancelled, whether it listens or not', async () => {
    const controller = new AbortController();
    const { outcome } = runAgent(() => never, {}, { signal: controller.signal });
    controller.abort(new AbortError());
    await assert.rejects(outcome, AbortError);
  });

  it('lets through what ends a run', async () => {
    const error = new ModelError('no key', { provider: 'fake', retryable: false });
    const ask = (_: unknown, services: AgentServices) => services.askModel([{ role: 'user', content: 'x' }]);
    await assert.rejects(runAgent(ask, { replies: [error] }).outcome, thrown => thrown === error);
  });

  it('may not write as an analyzer', async () => {
    const write = (_: unknown, services: AgentServices) => services.writeFile('a.py', '');
    await assert.rejects(runAgent(write, {}, { mode: 'analyzer' }).outcome, /mode analyzer may not change files/);
  });

  it('leaves no unhandled rejection when it does not look at what it called', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      const { outcome } = runAgent((_: unknown, services: AgentServices) => {
        void services.readFile('../up');
        return { kind: 'done', summary: '' };
      });
      await outcome;
      await setImmediate();
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});

describe('findPluginAgent', () => {
  const agent = (name: string, changes: object = {}): AgentPlugin => ({
    name,
    mode: 'coder',
    run: () => ({ kind: 'done', summary: '' }),
    ...changes,
  });
  const find = async (plugins: AgentPlugin[]) => {
    const failures: string[] = [];
    const onFailure = (error: unknown) => void failures.push((error as Error).message);
    const found = await findPluginAgent(plugins, buildItem('item_1', { language: 'go' }), { signal, onFailure });
    return { name: found?.name, failures };
  };

  it('takes the first that has the mode and accepts the item', async () => {
    const picky = agent('picky', { accepts: ({ language }: { language: string }) => language === 'python' });
    const plugins = [agent('other', { mode: 'sdet' }), picky, agent('eager'), agent('late')];
    assert.deepEqual(await find(plugins), { name: 'eager', failures: [] });
    assert.deepEqual(await find([picky]), { name: undefined, failures: [] });
  });

  it('passes over one that cannot say', async () => {
    const plugins = [
      agent('broken', { accepts: () => assert.fail('boom') }),
      agent('vague', { accepts: () => 'perhaps' }),
      agent('eager'),
    ];
    const { name, failures } = await find(plugins);
    assert.equal(name, 'eager');
    assert.match(
      failures.join('\n'),
      /"broken" failed in its accepts: boom\.\nThe agent "vague" returned the wrong thing/,
    );
  });
});
