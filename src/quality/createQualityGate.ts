import { errorMessage, ModelError } from '../base/errors.ts';
import type { PromptLibrary } from '../base/promptLibrary.ts';
import { quoteData } from '../base/quotedData.ts';
import type { ItemId } from '../domain/schema/ids.ts';
import type { Evidence, QualityScore } from '../domain/schema/quality.ts';
import { callForJson, type ModelClient } from '../models/modelClient.ts';
import { excerptDiff } from './diffExcerpt.ts';
import { collectFacts, type Fact } from './facts.ts';
import type { Findings, QualityGate } from './qualityGate.ts';
import { type Verdict, verdictResponseSchema, verdictSchema } from './verdict.ts';

export interface QualityGateOptions {
  readonly model: ModelClient;
  /** Holds the prompt `judge`. */
  readonly prompts: PromptLibrary;
  /** The overall score from which a result passes, 0 to 1. */
  readonly threshold: number;
}

/** Characters of the diff that the judge reads: about 8,000 tokens. */
const DIFF_BUDGET = 32_000;

export function createQualityGate(options: QualityGateOptions): QualityGate {
  return {
    score: async (findings, { signal, onEvidence }) => {
      const facts = collectFacts(findings);
      for (const { evidence } of facts) onEvidence?.(evidence);
      const isDecided = facts.some(fact => fact.isDecisive);
      const opinion = isDecided ? undefined : await askJudge(options, findings, facts, signal);
      if (opinion) onEvidence?.(opinion.evidence);
      return computeScore(findings, facts, opinion, options.threshold);
    },
  };
}

interface Opinion {
  readonly evidence: Evidence;
  /** Absent when the judge had nothing usable to say. */
  readonly verdict?: Verdict;
}

/** A judge that fails does not fail the run: the facts alone decide then, and the evidence says so. */
async function askJudge(
  { model, prompts }: QualityGateOptions,
  findings: Findings,
  facts: readonly Fact[],
  signal: AbortSignal,
): Promise<Opinion> {
  const { system, user } = prompts.render('judge', {
    request: findings.request,
    items: findings.plan.items.map(({ id, filePath, description }) => `${id} (${filePath}): ${description}`).join('\n'),
    facts: facts.map(({ evidence }) => `- ${evidence.summary}`).join('\n'),
    // Each file in a quotation of its own, whose mark it alone decides: what did not change since the last time stays the same.
    diff: excerptDiff(findings.diff, DIFF_BUDGET)
      .map(file => quoteData('a part of the change, as a unified diff', file))
      .join('\n'),
  });
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: user },
  ] as const;
  try {
    const call = { role: 'judge', messages, responseSchema: verdictResponseSchema } as const;
    const { value } = await callForJson(model, call, verdictSchema, { signal, prompts });
    const summary = `The judge says completeness ${value.completeness}, correctness ${value.correctness}.`;
    return { verdict: value, evidence: { kind: 'judge', verdict: 'holds', summary, treeHash: findings.treeHash } };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const summary = `The judge gave no usable verdict, so the facts alone decide: ${errorMessage(error)}`;
    return { evidence: { kind: 'judge', verdict: 'unproven', summary, treeHash: findings.treeHash } };
  }
}

/** What holds when no judge spoke: no more than facts can show. */
const unjudged = { completeness: 0.8, correctness: 1, feedback: [], items_at_fault: [] };

function computeScore(
  { plan }: Findings,
  facts: readonly Fact[],
  opinion: Opinion | undefined,
  threshold: number,
): QualityScore {
  const verdict: Verdict = opinion?.verdict ?? unjudged;
  const completeness = Math.min(verdict.completeness, ...facts.map(fact => fact.completenessCap ?? 1));
  const correctness = Math.min(verdict.correctness, ...facts.map(fact => fact.correctnessCap ?? 1));
  const overall = Math.min((completeness + correctness) / 2, ...facts.map(overallCap));
  const isDecided = facts.some(fact => fact.isDecisive);
  const isKnown = opinion?.verdict !== undefined || facts.some(isProof);
  const passed = !isDecided && isKnown && overall >= threshold;
  const feedback = [...facts.flatMap(fact => fact.feedback), ...verdict.feedback];
  const silence = 'Neither new tests nor a judge could say whether the result is right.';
  return {
    overall,
    completeness,
    correctness,
    passed,
    evidence: [...facts.map(fact => fact.evidence), ...(opinion ? [opinion.evidence] : [])],
    feedback: isDecided || isKnown ? feedback : [...feedback, silence],
    itemsAtFault: passed ? [] : itemsAtFault(plan, facts, verdict),
  };
}

/** A decisive fact keeps the overall score under its own cap, however good the rest is. */
function overallCap({ isDecisive, correctnessCap, completenessCap }: Fact): number {
  return isDecisive ? Math.min(correctnessCap ?? 1, completenessCap ?? 1) : 1;
}

/** New tests that pass are the one fact that can stand without a judge: the old ones pass on a change that does nothing. */
function isProof({ evidence }: Fact): boolean {
  return evidence.kind === 'newTests' && evidence.verdict === 'holds';
}

/** The facts' before the judge's; when nobody points anywhere, all of them. */
function itemsAtFault(plan: Findings['plan'], facts: readonly Fact[], verdict: Verdict): ItemId[] {
  const ids = plan.items.map(item => item.id);
  const byFacts = new Set<string>(facts.flatMap(fact => fact.itemsAtFault));
  const isNamedByJudge = (id: ItemId) => verdict.items_at_fault.some(text => text === id || text.startsWith(`${id}:`));
  const known = byFacts.size > 0 ? ids.filter(id => byFacts.has(id)) : ids.filter(isNamedByJudge);
  return known.length > 0 ? known : ids;
}
