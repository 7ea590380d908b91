import { ancestors } from '../domain/planGraph.ts';
import type { ItemId } from '../domain/schema/ids.ts';
import type { WorkItem } from '../domain/schema/plan.ts';
import type { Evidence } from '../domain/schema/quality.ts';
import type { TestFailure, TestReport } from '../domain/schema/testReport.ts';
import type { Findings } from './qualityGate.ts';

/** One fact with what it means for the score. */
export interface Fact {
  readonly evidence: Evidence;
  /** Correctness can be no more than this; absent when the fact does not limit it. */
  readonly correctnessCap?: number;
  /** Completeness can be no more than this. */
  readonly completenessCap?: number;
  /** The score cannot pass, whatever the numbers are. */
  readonly isDecisive: boolean;
  /** What has to be mended, for the agents. */
  readonly feedback: readonly string[];
  readonly itemsAtFault: readonly ItemId[];
}

/** The upper bounds that facts set; docs/quality.md says why. */
export const bounds = {
  failingTests: 0.4,
  brokenSyntax: 0.2,
  unprovenTests: 0.8,
  undeclaredFiles: 0.9,
} as const;

/** Failures told to the agents; more of them say little more. */
const FAILURES_TOLD = 10;

/** What was found out, as facts. */
export function collectFacts(findings: Findings): readonly Fact[] {
  return [itemsFact(findings), syntaxFact(findings), testsFact(findings), scopeFact(findings)];
}

function fact(evidence: Evidence, effect: Partial<Omit<Fact, 'evidence'>> = {}): Fact {
  return { isDecisive: false, feedback: [], itemsAtFault: [], ...effect, evidence };
}

function itemsFact({ plan, unfinishedItems, treeHash }: Findings): Fact {
  const done = plan.items.length - unfinishedItems.length;
  const summary = `${done} of ${plan.items.length} items are done.`;
  if (unfinishedItems.length === 0) return fact({ kind: 'items', verdict: 'holds', summary, treeHash });
  return fact(
    { kind: 'items', verdict: 'fails', summary, treeHash },
    {
      isDecisive: true,
      completenessCap: done / plan.items.length,
      feedback: unfinishedItems.map(({ itemId, reason }) => `The item ${itemId} was not done: ${reason}`),
      itemsAtFault: knownItems(
        plan.items,
        unfinishedItems.map(({ itemId }) => itemId),
      ),
    },
  );
}

function syntaxFact({ plan, syntaxProblems, treeHash }: Findings): Fact {
  if (syntaxProblems.length === 0) {
    return fact({
      kind: 'syntax',
      verdict: 'holds',
      summary: 'No changed file was found that does not parse.',
      treeHash,
    });
  }
  const paths = syntaxProblems.map(({ path }) => path).join(', ');
  return fact(
    { kind: 'syntax', verdict: 'fails', summary: `Does not parse: ${paths}.`, treeHash },
    {
      isDecisive: true,
      correctnessCap: bounds.brokenSyntax,
      feedback: syntaxProblems.map(({ path, message }) => `${path} does not parse: ${message}`),
      itemsAtFault: knownItems(
        plan.items,
        syntaxProblems.flatMap(({ itemId }) => itemId ?? []),
      ),
    },
  );
}

function testsFact(findings: Findings): Fact {
  const { tests, baseline, treeHash } = findings;
  if ('unproven' in tests) return unprovenTests(`The tests were not run: ${tests.unproven}`, treeHash);
  const before = new Set(baseline?.failures.map(({ name }) => name));
  const fresh = tests.failures.filter(({ name }) => !before.has(name));
  const wasBroken = baseline !== undefined && baseline.outcome === tests.outcome;
  switch (tests.outcome) {
    case 'passed':
      return fact({ kind: 'tests', verdict: 'holds', summary: passedSummary(tests, baseline), treeHash });
    case 'noTests':
      return unprovenTests('The test command ran, and found no test.', treeHash);
    case 'failed':
      if (wasBroken && fresh.length === 0 && tests.failed <= baseline.failed) {
        return unprovenTests(`${tests.failed} tests fail, and failed before the change too.`, treeHash);
      }
      return failingTests(findings, tests, fresh.length > 0 ? fresh : tests.failures);
    case 'error':
    case 'timedOut':
      if (wasBroken)
        return unprovenTests(`The test command ${brokenWords(tests)}, as it did before the change.`, treeHash);
      return failingTests(findings, tests, tests.failures);
  }
}

function unprovenTests(summary: string, treeHash: string): Fact {
  return fact({ kind: 'unproven', verdict: 'unproven', summary, treeHash }, { correctnessCap: bounds.unprovenTests });
}

function passedSummary(tests: TestReport, baseline: TestReport | undefined): string {
  if (!tests.isParsed) return 'The test command ended without an error; its tests could not be counted.';
  const more = baseline === undefined ? 0 : tests.passed - baseline.passed;
  const growth = more > 0 ? `, ${more} more than before the change` : '';
  return `${tests.passed} ${tests.passed === 1 ? 'test passes' : 'tests pass'}${growth}.`;
}

function brokenWords(tests: TestReport): string {
  return tests.outcome === 'timedOut' ? 'did not end in time' : 'broke off with an error';
}

function failingTests(findings: Findings, tests: TestReport, failures: readonly TestFailure[]): Fact {
  const { plan, treeHash } = findings;
  const summary =
    tests.outcome === 'failed'
      ? `${tests.failed} of ${tests.passed + tests.failed} tests fail.`
      : `The test command ${brokenWords(tests)}.`;
  const told = failures.slice(0, FAILURES_TOLD).map(({ name, message }) => `The test "${name}" fails: ${message}`);
  const output = failures.length === 0 ? [`${summary} The end of its output:\n${tests.outputTail}`] : [];
  return fact(
    { kind: 'tests', verdict: 'fails', summary, treeHash },
    {
      isDecisive: true,
      correctnessCap: bounds.failingTests * passRate(tests),
      feedback: [...told, ...output],
      itemsAtFault: itemsBehind(plan.items, failures),
    },
  );
}

function passRate({ passed, failed }: TestReport): number {
  return passed + failed === 0 ? 0 : passed / (passed + failed);
}

/**
 * Items to do again for failing tests: the code that the failing test's item tests, which is every coder item it
 * depends on; the test's own item where there is none; every coder item when the test is none of the plan's. What
 * depends on them, the tests among it, runs again with them.
 */
function itemsBehind(items: readonly WorkItem[], failures: readonly TestFailure[]): readonly ItemId[] {
  const testItems = items.filter(item =>
    failures.some(({ file }) => file !== undefined && isSameFile(file, item.filePath)),
  );
  const behind = testItems.flatMap((testItem): readonly WorkItem[] => {
    const upstream = ancestors({ items }, testItem.id);
    const coders = items.filter(item => item.mode === 'coder' && upstream.has(item.id));
    return coders.length > 0 ? coders : [testItem];
  });
  const atFault = behind.length > 0 ? behind : items.filter(item => item.mode === 'coder');
  return [...new Set((atFault.length > 0 ? atFault : items).map(item => item.id))];
}

/** Runners name a file by its path from the root, from a folder below it, or whole. */
function isSameFile(named: string, filePath: string): boolean {
  return named === filePath || named.endsWith(`/${filePath}`) || filePath.endsWith(`/${named}`);
}

function scopeFact({ undeclaredPaths, treeHash }: Findings): Fact {
  if (undeclaredPaths.length === 0) {
    return fact({ kind: 'scope', verdict: 'holds', summary: 'Only files that the plan names were changed.', treeHash });
  }
  const summary = `Changed although no item names it: ${undeclaredPaths.join(', ')}.`;
  return fact({ kind: 'scope', verdict: 'fails', summary, treeHash }, { correctnessCap: bounds.undeclaredFiles });
}

/** Those of the plan's items that `ids` name. */
function knownItems(items: readonly WorkItem[], ids: readonly string[]): readonly ItemId[] {
  return items.map(item => item.id).filter(id => ids.includes(id));
}
