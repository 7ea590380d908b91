import type { StagedChange } from '../../changes/stagedFiles.ts';
import type { NeededHunks } from '../../domain/reviewState.ts';
import type { RunState } from '../../domain/runState.ts';
import type { ProofVerdict } from '../../domain/schema/review.ts';
import type { TestReport } from '../../domain/schema/testReport.ts';
import { compareTests } from '../../quality/testComparison.ts';
import type { JournaledRun } from '../journaledRun.ts';
import type { Proof } from '../proof.ts';
import { overlayOf } from './stagedContents.ts';

/** What the tests say of one selection. */
export interface SelectionProof {
  readonly treeHash: string;
  readonly verdict: ProofVerdict;
  /** One sentence for people. */
  readonly summary: string;
  /** Absent when the tests could not be run. */
  readonly report?: TestReport;
  /** Of the workspace in which they ran; absent when they did not, or it is not known any more. */
  readonly workspaceHash?: string;
  /** Rejected hunks without which the tests fail, where they were looked for and found. */
  readonly needed?: NeededHunks;
}

/** What the journal knows of the tests on the tree with that hash; undefined when they did not run on it. */
export function selectionProof(state: RunState, treeHash: string): SelectionProof | undefined {
  const known = state.review.selections[treeHash];
  const tested = state.testRuns.findLast(
    run => run.treeHash === treeHash && (run.scope === 'selection' || run.scope === 'final'),
  );
  const found = tested && {
    report: tested.report,
    ...(tested.workspaceHash !== undefined && { workspaceHash: tested.workspaceHash }),
  };
  if (known) return { treeHash, ...known, ...found };
  if (found) return { treeHash, ...judge(state, found.report), ...found };
  if (state.staged?.treeHash !== treeHash) return undefined;
  const unproven = state.evidence.findLast(evidence => evidence.verdict === 'unproven' && evidence.kind === 'tests');
  return { treeHash, verdict: 'unproven', summary: unproven?.summary ?? 'The tests could not be run.' };
}

/** Runs the project's tests on the workspace with exactly these changes, in the sandbox; both ends are in the journal. */
export async function proveSelection(
  { run, proof }: { readonly run: JournaledRun; readonly proof: Pick<Proof, 'runTests'> },
  selection: readonly StagedChange[],
  options: { readonly signal: AbortSignal },
): Promise<SelectionProof> {
  const { treeHash, tests } = await proof.runTests('selection', overlayOf(selection), options);
  const judged =
    'unproven' in tests ? ({ verdict: 'unproven', summary: tests.unproven } as const) : judge(run.state, tests);
  run.append({ type: 'review.proved', treeHash, ...judged });
  return selectionProof(run.state, treeHash) ?? { treeHash, ...judged };
}

function judge(state: RunState, report: TestReport): { verdict: ProofVerdict; summary: string } {
  const baseline = state.testRuns.findLast(({ scope }) => scope === 'baseline')?.report;
  const comparison = compareTests(report, baseline);
  switch (comparison.kind) {
    case 'passes':
      return { verdict: 'passes', summary: report.isParsed ? passing(report.passed) : 'The tests pass.' };
    case 'noTests':
      return { verdict: 'noTests', summary: 'There are no tests to run on this part of the changes.' };
    case 'asBefore':
      return { verdict: 'asBefore', summary: 'Tests fail, and all of them failed before the changes too.' };
    case 'fails': {
      const names = comparison.failures.map(({ name }) => `"${name}"`);
      const shown = names.slice(0, 3).join(', ');
      const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
      return { verdict: 'fails', summary: names.length === 0 ? 'The tests fail.' : `The tests fail: ${shown}${more}.` };
    }
  }
}

function passing(count: number): string {
  return count === 1 ? '1 test passes.' : `${count} tests pass.`;
}
