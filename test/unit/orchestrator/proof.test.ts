import assert from 'node:assert/strict';
import { Proof } from '../../../src/orchestrator/proof.ts';
import { overlayOf } from '../../../src/orchestrator/review/stagedContents.ts';
import type { TestCommand } from '../../../src/quality/testCommand.ts';
import type { CommandResult, Sandbox, SandboxCommand } from '../../../src/sandbox/sandbox.ts';
import { ReviewFixture, testReport } from '../../support/reviewFixture.ts';
import { stagedChange } from '../../support/stagedChange.ts';

const { signal } = new AbortController();
const command: TestCommand = {
  argv: ['npm', 'test'],
  display: 'npm test',
  source: 'package.json',
  isReportExpected: false,
};
const changes = [
  stagedChange('a.js', undefined, 'one();\ntwo();\n'),
  stagedChange('a.md', undefined, 'text\n'),
  stagedChange('b.ts', 'gone\n', undefined),
];
/** The second line never ran. */
const coverage = [{ path: 'a.js', length: 14, missed: [7, 14] }];
const told = [{ path: 'a.js', neverRan: [{ first: 2, last: 2 }], partlyRan: [] }];

function ended(exitCode: number | null, rest: Partial<CommandResult> = {}): CommandResult {
  const outcome = exitCode === null ? 'timedOut' : 'exited';
  const streams = { stdout: '', stderr: '', isOutputTruncated: false };
  return { outcome, exitCode, signal: null, ...streams, durationMs: 5, tier: 'process', ...rest };
}

/** The final tests of the changes, on a sandbox in which each run of the command ends with the next of `results`. */
async function prove(results: readonly CommandResult[], { earlierMs = 5, scope = 'final' as const } = {}) {
  const asked: SandboxCommand['coverageOf'][] = [];
  let sessions = 0;
  const open: Sandbox['open'] = () => {
    sessions++;
    return Promise.resolve({
      tier: 'process',
      workspaceRoot: '/project',
      run: ({ coverageOf }) => {
        asked.push(coverageOf);
        const result = results[asked.length - 1];
        return result ? Promise.resolve(result) : assert.fail('the tests run too often');
      },
      dispose: () => Promise.resolve(),
    });
  };
  const { run } = new ReviewFixture([]);
  const report = { ...testReport(), durationMs: earlierMs };
  run.append({ type: 'tests.finished', scope: 'baseline', treeHash: 'before', tier: 'process', report });
  const sandbox = { tier: 'process', open, dispose: () => Promise.resolve() } as const;
  const proof = new Proof({
    run,
    workspace: '/project',
    sandbox: () => Promise.resolve({ isAvailable: true, sandbox }),
    findTestCommand: () => Promise.resolve(command),
    workspaceHash: () => Promise.resolve('workspace'),
  });
  await proof.runTests(scope, overlayOf(changes), { signal, measured: changes });
  const last = run.state.testRuns.at(-1);
  assert.equal(sessions, asked.length, 'each run has a copy of its own');
  return { asked, outcome: last?.report.outcome, coverage: last?.coverage };
}

describe('tests of which it is measured what they run', () => {
  it('run once where they pass, and what they left out is in the journal', async () => {
    assert.deepEqual(await prove([ended(0, { coverage })]), { asked: [['a.js']], outcome: 'passed', coverage: told });
  });

  it('run again unmeasured where they fail, and that decides', async () => {
    const asked = [['a.js'], []];
    assert.deepEqual(await prove([ended(1, { coverage }), ended(0)]), {
      asked,
      outcome: 'passed',
      coverage: undefined,
    });
    assert.deepEqual(await prove([ended(null, { coverage: [] }), ended(1)]), {
      asked,
      outcome: 'error',
      coverage: undefined,
    });
    assert.deepEqual(await prove([ended(1, { coverage }), ended(1)]), { asked, outcome: 'error', coverage: told });
  });

  it('are not measured where they were slow before', async () => {
    const { asked, outcome } = await prove([ended(1)], { earlierMs: 30_001 });
    assert.deepEqual([asked, outcome], [[[]], 'error']);
  });

  it('run once in the replay of a run from before that was measured', async () => {
    assert.deepEqual(await prove([ended(1)]), { asked: [['a.js']], outcome: 'error', coverage: undefined });
  });
});
