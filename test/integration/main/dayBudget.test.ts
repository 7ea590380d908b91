import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createTrellis } from '../../../src/app/trellis.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { agreeable, configurationFor, writeProject } from '../../support/trellisHarness.ts';

const plan = JSON.stringify({
  summary: 'Write it.',
  work_items: [{ id: 'one', file_path: 'one.txt', mode: 'coder', description: 'Write it.' }],
});

describe('the budget of a day', () => {
  const folder = useTemporaryDirectory();
  let server: ModelServer;

  before(async () => {
    server = await ModelServer.start({ rules: [{ when: { system: /^You plan/ }, replies: [plan] }] });
  });
  after(() => server.close());

  /** As another process has it: with nothing in common but the files. */
  function open(dayTokens: number, now: () => number) {
    const workspace = path.join(folder(), 'project');
    const storageDirectory = path.join(folder(), 'storage');
    writeProject(workspace, { 'README.md': '# Nothing\n' });
    mkdirSync(storageDirectory, { recursive: true });
    return createTrellis({
      workspace,
      storageDirectory,
      configuration: configurationFor(server, 'openai', {
        budget: { dayTokens },
        models: { ...configurationFor(server, 'openai').models, reuseAnswers: false },
      }),
      resourcesDirectory: path.join(import.meta.dirname, '../../..'),
      version: 'test',
      logger: silentLogger,
      secrets: {},
      clock: { ...systemClock, now },
    });
  }

  it('counts what another process spends while this one is at work', async () => {
    const options = { sink: { apply: () => assert.fail('nothing is applied') }, stopAfterPlan: true };
    const { signal } = new AbortController();
    let later = 0;
    const now = () => systemClock.now() + later;
    const [here, there] = [await open(6000, now), await open(100_000, now)];
    const approval = Promise.withResolvers<undefined>();
    const waiting = Promise.withResolvers<undefined>();
    const human = {
      ...agreeable,
      answer: () => Promise.resolve({ text: 'stop', by: 'human' } as const),
      approvePlan: async (proposed: Parameters<typeof agreeable.approvePlan>[0]) => {
        waiting.resolve(undefined);
        await approval.promise;
        return { kind: 'approve', plan: proposed, by: 'human' } as const;
      },
    };
    try {
      const run = here.start('Write it', { ...options, human, signal, stopAfterPlan: false });
      await waiting.promise;
      const own = run.state.usage.inputTokens + run.state.usage.outputTokens;
      const others = [];
      for (let count = 0; count < 4; count += 1) {
        others.push(await there.start(`Write it ${count}`, { ...options, human: agreeable, signal }).done);
      }
      const theirs = others.reduce((sum, { usage }) => sum + usage.inputTokens + usage.outputTokens, 0);
      later = 2000;
      approval.resolve(undefined);
      const state = await run.done;
      const sum = String(own + theirs);
      assert.ok(theirs > 0 && own > 0);
      assert.match(
        state.end?.message ?? '',
        new RegExp(`^The budget of the day .* is 6000 tokens: ${sum} tokens are spent`),
      );
    } finally {
      await Promise.all([here.dispose(), there.dispose()]);
    }
  });
});
