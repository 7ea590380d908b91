import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openWorkspaceSink } from '../../../src/app/workspaceSink.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { RunEvent, TestScope } from '../../../src/domain/schema/events.ts';
import type { HumanChannel } from '../../../src/orchestrator/humanChannel.ts';
import { changesIn, copyInstalledPackage, copyThisRepository } from '../../support/codeBase.ts';
import type { ModelServerRequest } from '../../support/modelServer/modelScript.ts';
import { ModelServer } from '../../support/modelServer/modelServer.ts';
import { planWaves } from '../../support/scriptedChanges/planWaves.ts';
import { fileMark, type ScriptedChange } from '../../support/scriptedChanges/scriptedChange.ts';
import { spiedWarnings } from '../../support/scriptedChanges/spiedWarnings.ts';
import { useTemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { agreeable, configurationFor, runTrellis } from '../../support/trellisHarness.ts';

interface RealRun {
  readonly change: ScriptedChange;
  readonly provider: 'openai' | 'ollama';
  /** One of the project's own. */
  readonly testCommand: string;
}

describe('the main job on real code bases', function () {
  // Several runs of a project's whole tests, on a machine that may be busy.
  this.timeout(180_000);
  const directory = useTemporaryDirectory();
  const workspace = () => path.join(directory(), 'project');
  const read = (name: string) => readFileSync(path.join(workspace(), name), 'utf8');

  /** Carries the change out to its acceptance, and returns what the models were asked. */
  async function run({ change, provider, testCommand }: RealRun) {
    const server = await ModelServer.start(change);
    const storageDirectory = path.join(directory(), 'storage');
    const human: HumanChannel = {
      ...agreeable,
      review: () => {
        assert.deepEqual(changesIn(workspace()), [], 'nothing reaches the files before it is accepted');
        return Promise.resolve({ kind: 'accept' });
      },
    };
    try {
      const { sink } = await openWorkspaceSink(workspace(), storageDirectory, systemClock);
      const configuration = configurationFor(server, provider, { testCommand, workers: 3 });
      const { request } = change;
      const result = await runTrellis({
        workspace: workspace(),
        storageDirectory,
        configuration,
        request,
        sink,
        human,
      });
      assert.equal(result.state.end?.outcome, 'applied', result.state.end?.message);
      assert.deepEqual(server.unmatched, []);
      return { ...result, requests: server.requests };
    } finally {
      await server.close();
    }
  }

  /** That the project's tests passed before and pass now, `added` more of them, each time in the sandbox. */
  function assertProven(events: readonly RunEvent[], added: number): void {
    const runs = events.filter(event => event.type === 'tests.finished');
    assert.deepEqual(
      runs.filter(({ tier, report }) => tier !== 'process' || report.outcome !== 'passed'),
      [],
    );
    const countOf = (scope: TestScope) => runs.find(event => event.scope === scope)?.report.passed ?? 0;
    assert.ok(countOf('baseline') > 20, `the project has ${countOf('baseline')} tests`);
    assert.equal(countOf('final') - countOf('baseline'), added);
  }

  /** The most items that were in workers' hands at the same time. */
  function mostAtOnce(events: readonly RunEvent[]): number {
    let now = 0;
    return events.reduce((most, { type }) => {
      if (type === 'order.claimed') now++;
      if (type === 'order.completed') now--;
      return Math.max(most, now);
    }, 0);
  }

  /** That the agent on `file` was told what is really there, after its first edit had found no such lines. */
  function assertCorrected(requests: readonly ModelServerRequest[], file: string, actualLine: string): void {
    const turns = requests.filter(({ messages }) => {
      const [system, user] = messages;
      return system?.content.startsWith('You are the coder') && user?.content.includes(fileMark(file));
    });
    assert.equal(turns.length, 2);
    const remark = turns[1]?.messages.at(-1)?.content ?? '';
    assert.ok(remark.includes(actualLine), remark);
  }

  it('changes this repository, proven by its own unit tests', async () => {
    copyThisRepository(workspace());
    const { events, requests } = await run({
      change: planWaves,
      provider: 'openai',
      testCommand: 'mocha "test/unit/{base,domain}/**/*.test.ts"',
    });
    assert.deepEqual(changesIn(workspace()), [
      ' M src/domain/planGraph.ts',
      '?? src/domain/planWaves.ts',
      ' M test/unit/domain/planGraph.test.ts',
      '?? test/unit/domain/planWaves.test.ts',
    ]);
    assert.match(read('src/domain/planGraph.ts'), /^export function depths\(plan: PlanGraph\)/m);
    assert.match(read('test/unit/domain/planGraph.test.ts'), /^ {2}depths,$/m);
    assert.match(read('src/domain/planWaves.ts'), /^export function waves\(plan: PlanGraph\)/m);
    assertProven(events, 4);
    assertCorrected(requests, 'src/domain/planGraph.ts', 'export function remainingPathLengths(\n');
    assert.ok(mostAtOnce(events) >= 2);
  });

  it('changes a published package, proven by the tests that it ships', async () => {
    copyInstalledPackage('process-warning/package.json', workspace());
    const { events, requests } = await run({ change: spiedWarnings, provider: 'ollama', testCommand: 'node --test' });
    assert.deepEqual(changesIn(workspace()), [
      ' M index.js',
      ' M README.md',
      '?? test/spy-last-call.test.js',
      ' M types/index.d.ts',
    ]);
    assert.match(read('index.js'), /lastCall \(\) \{\n {8}return spyData\.calls\.at\(-1\)/);
    assert.match(read('types/index.d.ts'), /lastCall\(\): WarningCallData \| undefined/);
    assert.match(read('README.md'), /spyData\.lastCall\(\)/);
    assertProven(events, 3);
    assertCorrected(requests, 'index.js', 'return spyData.calls.length');
    assert.equal(mostAtOnce(events), 3);
  });
});
