import { createTwoFilesPatch } from 'diff';
import type { StagedChange, StagedFiles } from '../changes/stagedFiles.ts';
import type { Plan } from '../domain/schema/plan.ts';
import type { QualityScore } from '../domain/schema/quality.ts';
import type { TestReport } from '../domain/schema/testReport.ts';
import type { Findings, QualityGate } from '../quality/qualityGate.ts';
import { compareTests } from '../quality/testComparison.ts';
import { findResultViolations } from '../world/worldModel.ts';
import type { JournaledRun } from './journaledRun.ts';
import type { Proof } from './proof.ts';
import { withoutContent } from './review/stagedContents.ts';

export interface EvaluationParts {
  readonly run: JournaledRun;
  readonly staged: StagedFiles;
  readonly proof: Proof;
  readonly gate: QualityGate;
  readonly plan: Plan;
  readonly request: string;
  readonly baseline: TestReport | undefined;
}

/** Finds out what is true of the staged result, and scores it. */
export async function evaluate(
  parts: EvaluationParts,
  options: { readonly signal: AbortSignal },
): Promise<{ readonly score: QualityScore; readonly changes: readonly StagedChange[] }> {
  const { run, staged, gate } = parts;
  const changes = await staged.changes();
  const findings = await collectFindings(parts, changes, options);
  run.append({ type: 'result.staged', treeHash: findings.treeHash, changes: changes.map(withoutContent) });
  recordViolations(parts, findings);
  const score = await gate.score(findings, {
    ...options,
    onEvidence: evidence => void run.append({ type: 'evidence.collected', evidence }),
  });
  run.append({ type: 'quality.scored', iteration: run.state.iteration, score });
  return { score, changes };
}

function recordViolations({ run, plan }: EvaluationParts, { tests, baseline, syntaxProblems }: Findings): void {
  const comparison = 'unproven' in tests ? undefined : compareTests(tests, baseline);
  const newFailures = comparison?.kind === 'fails' ? comparison.failures : [];
  for (const violation of findResultViolations({ items: plan.items, newFailures, syntaxProblems })) {
    run.append({ type: 'violation.found', violation });
  }
}

async function collectFindings(
  { run, staged, proof, plan, request, baseline }: EvaluationParts,
  changes: readonly StagedChange[],
  options: { readonly signal: AbortSignal },
): Promise<Findings> {
  const overlay = await staged.treeFor();
  const paths = changes.filter(change => change.after && !change.isBinary).map(change => change.path);
  const [{ treeHash, tests }, syntax] = await Promise.all([
    proof.runTests('final', overlay, { ...options, measured: changes }),
    proof.checkSyntax(paths, overlay, options),
  ]);
  const itemOf = (path: string) => plan.items.find(item => item.filePath === path)?.id;
  return {
    plan,
    request,
    treeHash,
    tests,
    ...(baseline === undefined ? {} : { baseline }),
    syntaxProblems: syntax
      .filter(result => !result.ok)
      .map(({ path, message }) => {
        const itemId = itemOf(path);
        return { path, message: message ?? 'does not parse', ...(itemId === undefined ? {} : { itemId }) };
      }),
    unfinishedItems: Object.values(run.state.items)
      .filter(({ status }) => status !== 'done')
      .map(({ item, status, note }) => ({ itemId: item.id, reason: note ?? status })),
    undeclaredPaths: changes.map(change => change.path).filter(path => itemOf(path) === undefined),
    diff: changes.map(asPatch).join('\n'),
  };
}

/** The change as a unified diff. */
export function asPatch({ path, previousPath, before, after, isBinary }: StagedChange): string {
  if (isBinary) return `Binary file ${path} differs`;
  const text = (version: StagedChange['before']) => (version ? new TextDecoder().decode(version.content) : '');
  const from = before ? `a/${previousPath ?? path}` : '/dev/null';
  const to = after ? `b/${path}` : '/dev/null';
  return createTwoFilesPatch(from, to, text(before), text(after));
}
