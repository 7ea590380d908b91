import type { RunEvent, RunEventOf, RunEventType } from '../../src/domain/schema/events.ts';

export interface DemonstrationFacts {
  readonly events: readonly RunEvent[];
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** What `git status` lists in the workspace afterwards. */
  readonly changedPaths: readonly string[];
  /** Whether the project's own tests pass in the workspace afterwards. */
  readonly testsPass: boolean;
}

export interface Check {
  readonly claim: string;
  readonly holds: boolean;
}

const maximumMs = 30_000;

/** What the demonstration claims, each held against what really happened. */
export function checkDemonstration(facts: DemonstrationFacts): Check[] {
  const { events, exitCode, durationMs, changedPaths, testsPass } = facts;
  const plan = of(events, 'plan.proposed').at(-1)?.plan;
  const modes = new Set(plan?.items.map(({ mode }) => mode));
  const [first] = of(events, 'quality.scored');
  const last = of(events, 'quality.scored').at(-1);
  const finalTests = of(events, 'tests.finished').filter(({ scope }) => scope === 'final');
  const answered = of(events, 'question.answered').some(
    ({ by, text }) => by === 'human' && text.includes('RangeError'),
  );
  const providers = new Set(of(events, 'model.requested').map(({ provider }) => provider));
  return [
    {
      claim: 'the plan has at least three items with dependencies: analyse, implement, test',
      holds: (plan?.items.length ?? 0) >= 3 && modes.size === 3 && plan?.items.at(-1)?.dependencies.length !== 0,
    },
    { claim: 'two agents worked at the same time', holds: mostAtOnce(events) >= 2 },
    { claim: 'a worker asked, and went on with the answer', holds: answered },
    {
      claim: 'the first attempt failed its tests and did not pass',
      holds: (finalTests[0]?.report.failed ?? 0) > 0 && first?.score.passed === false,
    },
    {
      claim: 'the feedback mended it: all tests pass in the sandbox, and so does the score',
      holds:
        of(events, 'iteration.started').length === 1 &&
        finalTests.at(-1)?.report.outcome === 'passed' &&
        last?.score.passed === true,
    },
    { claim: 'both providers were asked over HTTP', holds: providers.has('openai') && providers.has('ollama') },
    {
      claim: 'the accepted files are in the workspace, and nothing else changed',
      holds: changedPaths.join() === 'src/fibonacci.js,src/index.js,test/fibonacci.test.js',
    },
    { claim: "the project's own tests pass there", holds: testsPass },
    { claim: 'the command ended with exit code 0', holds: exitCode === 0 },
    {
      claim: `it took less than ${maximumMs / 1000} s (${(durationMs / 1000).toFixed(1)} s)`,
      holds: durationMs < maximumMs,
    },
  ];
}

function of<T extends RunEventType>(events: readonly RunEvent[], type: T): RunEventOf<T>[] {
  return events.filter((event): event is RunEventOf<T> => event.type === type);
}

/** The largest number of orders that were in workers' hands at one time. */
function mostAtOnce(events: readonly RunEvent[]): number {
  const claimed = new Set<string>();
  let most = 0;
  for (const event of events) {
    if (event.type === 'order.claimed' || event.type === 'order.resumed') claimed.add(event.orderId);
    else if (event.type === 'order.completed' || event.type === 'order.returned') claimed.delete(event.orderId);
    else if (event.type === 'order.failed' || event.type === 'order.waiting') claimed.delete(event.orderId);
    most = Math.max(most, claimed.size);
  }
  return most;
}
