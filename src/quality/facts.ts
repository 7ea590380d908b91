import { moreTimeRemedy, noResultWords } from '../domain/noResultWords.ts';
import { ancestors } from '../domain/planGraph.ts';
import type { ItemId } from '../domain/schema/ids.ts';
import type { WorkItem } from '../domain/schema/plan.ts';
import type { Evidence } from '../domain/schema/quality.ts';
import type { TestFailure, TestReport } from '../domain/schema/testReport.ts';
import type { Findings } from './qualityGate.ts';
import { compareTests, countTests } from './testComparison.ts';

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
  missingNewTests: 0.8,
  fewerTests: 0.9,
  undeclaredFiles: 0.9,
} as const;

/** Failures told to the agents; more of them say little more. */
const FAILURES_TOLD = 10;

/** What was found out, as facts. */
export function collectFacts(findings: Findings): readonly Fact[] {
  return [
    itemsFact(findings),
    syntaxFact(findings),
    testsFact(findings),
    ...newTestsFact(findings),
    scopeFact(findings),
  ];
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
  const couldBeRun = baseline?.outcome === 'passed' || baseline?.outcome === 'failed';
  const unproven = (summary: string) => (couldBeRun ? lostTests(findings, summary) : unprovenTests(summary, treeHash));
  if ('unproven' in tests) return unproven(`The tests were not run: ${tests.unproven}`);
  const comparison = compareTests(tests, baseline);
  switch (comparison.kind) {
    case 'passes':
      return passingTests(tests, baseline, treeHash);
    case 'noTests':
      return unproven('The test command ran, and found no test.');
    case 'asBefore':
      return unprovenTests(`${failureWords(tests)}, as before the change.${remedyOf(tests)}`, treeHash);
    case 'fails':
      return failingTests(findings, tests, comparison.failures);
  }
}

function unprovenTests(summary: string, treeHash: string): Fact {
  return fact({ kind: 'unproven', verdict: 'unproven', summary, treeHash }, { correctnessCap: bounds.unprovenTests });
}

/** Tests that could be run before the change cannot be run after it: the change broke them. */
function lostTests({ plan, treeHash }: Findings, reason: string): Fact {
  const summary = `${reason} Before the change they could be run.`;
  return fact(
    { kind: 'tests', verdict: 'fails', summary, treeHash },
    { isDecisive: true, correctnessCap: 0, feedback: [summary], itemsAtFault: itemsBehind(plan.items, []) },
  );
}

function passingTests(tests: TestReport, baseline: TestReport | undefined, treeHash: string): Fact {
  if (!tests.isParsed) {
    const summary = 'The test command ended without an error; its tests could not be counted.';
    return fact({ kind: 'tests', verdict: 'holds', summary, treeHash });
  }
  const skipped = tests.skipped === 0 ? '' : `, ${tests.skipped} skipped`;
  const total = baseline === undefined ? undefined : countTests(baseline);
  const lost = (total ?? 0) - (countTests(tests) ?? 0);
  const loss = lost > 0 ? `; there are ${lost} fewer tests than before the change` : '';
  const summary = `${tests.passed} ${tests.passed === 1 ? 'test passes' : 'tests pass'}${skipped}${loss}.`;
  return fact(
    { kind: 'tests', verdict: 'holds', summary, treeHash },
    lost > 0 ? { correctnessCap: bounds.fewerTests } : {},
  );
}

/** Whether the tests that the plan adds really ran: a file that the runner does not find proves nothing. */
function newTestsFact({ plan, tests, baseline, treeHash }: Findings): Fact[] {
  if ('unproven' in tests || !tests.isParsed) return [];
  const { kind } = compareTests(tests, baseline);
  if (kind !== 'passes' && (kind !== 'asBefore' || tests.outcome !== 'failed')) return [];
  // Without a baseline there was no way to run tests before the change, so that all of them are new.
  const before = baseline === undefined ? 0 : baseline.passed;
  const isCounted = baseline === undefined || countTests(baseline) !== undefined;
  const growth = tests.passed - before;
  if (isCounted && growth > 0) {
    const summary = `${growth} more ${growth === 1 ? 'test passes' : 'tests pass'} than before the change.`;
    return [fact({ kind: 'newTests', verdict: 'holds', summary, treeHash })];
  }
  const files = plan.items.filter(item => item.mode === 'sdet' && item.fileStatus === 'new').map(item => item.filePath);
  if (files.length === 0 || !isCounted) return [];
  const summary = `No more tests pass than before the change, although it adds ${files.join(', ')}.`;
  const advice = `${summary} The tests in there must be such that the test command finds and runs them.`;
  return [
    fact(
      { kind: 'newTests', verdict: 'fails', summary, treeHash },
      { correctnessCap: bounds.missingNewTests, feedback: [advice] },
    ),
  ];
}

function failureWords(tests: TestReport): string {
  const noResult = noResultWords(tests);
  if (noResult !== undefined) return `The test command ${noResult}`;
  if (!tests.isParsed) return 'The tests fail';
  return `${tests.failed} of ${tests.passed + tests.failed} tests ${tests.failed === 1 ? 'fails' : 'fail'}`;
}

/** What the human can do where it is not the tests that are at fault. */
function remedyOf({ outcome }: TestReport): string {
  return outcome === 'timedOut' ? moreTimeRemedy : '';
}

function failingTests(findings: Findings, tests: TestReport, failures: readonly TestFailure[]): Fact {
  const { plan, treeHash } = findings;
  const summary = `${failureWords(tests)}.${remedyOf(tests)}`;
  const told = failures.slice(0, FAILURES_TOLD).map(({ name, message }) => `The test "${name}" fails: ${message}`);
  const output = failures.length === 0 ? [`${failureWords(tests)}. The end of its output:\n${tests.outputTail}`] : [];
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
