// The contract of quality. Neighbouring folders import this file and nothing else of `quality/`.

import type { Plan } from '../domain/schema/plan.ts';
import type { Evidence, QualityScore } from '../domain/schema/quality.ts';
import type { TestReport } from '../domain/schema/testReport.ts';

/** What the host found out about the staged tree, before any opinion. */
export interface Findings {
  readonly plan: Plan;
  readonly request: string;
  /** Hash of the staged tree that all of this was found on. */
  readonly treeHash: string;
  /** The project's tests on the staged tree, or why they could not be run. */
  readonly tests: TestReport | { readonly unproven: string };
  /** The project's tests before any change, where they were run. */
  readonly baseline?: TestReport;
  /** Files that do not parse. */
  readonly syntaxProblems: readonly { readonly path: string; readonly message: string; readonly itemId?: string }[];
  /** Items that did not get done, and why. */
  readonly unfinishedItems: readonly { readonly itemId: string; readonly reason: string }[];
  /** Files changed by no item's declaration. */
  readonly undeclaredPaths: readonly string[];
  /** The staged changes as a unified diff. */
  readonly diff: string;
}

export interface QualityGate {
  /**
   * Facts first, judge second: the facts set the bounds of completeness and correctness, the judge model moves inside
   * them. Without a judge (it failed, or answered nonsense) the facts alone decide, and the evidence says so.
   */
  score(
    findings: Findings,
    options: { readonly signal: AbortSignal; readonly onEvidence?: (evidence: Evidence) => void },
  ): Promise<QualityScore>;
}
