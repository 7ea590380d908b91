import { estimateTokens } from '../../base/tokenEstimate.ts';
import { languageOf } from '../../domain/language.ts';
import type { RequestTerms } from './requestTerms.ts';

/** What lies further into a file is not shown. In lines. */
const maxLines = 2_000;
const maxLineLength = 200;

const definition =
  /^(?:[ \t]{0,4}|\t)(?:(?:export|default|public|private|protected|static|abstract|final|async|pub(?:\([a-z]+\))?|readonly|declare|override|open|internal|sealed|data|unsafe|extern)\s+)*(?:function\b|class\b|interface\b|type\s+\w|enum\b|def\b|struct\b|fn\b|func\b|trait\b|impl\b|module\b|namespace\b|record\b|object\b|protocol\b)/;
const topLevelValue = /^(?:export\s+)?(?:const|let|var)\s+\w+/;
const method =
  /^(?: {2}| {4}|\t)(?:(?:public|private|protected|static|abstract|override|async|get|set|readonly)\s+)*(?!(?:if|for|while|switch|catch|return|else|with|await)\b)#?\w+\s*(?:<[^>]*>)?\([^;]*(?:\{|\)\s*:\s*[^;]+[;{])\s*$/;
const importLine = /^\s*(?:import\b|from\s|#include\b|use\s|using\s|.*\brequire\()/;
const heading = /^#{1,4} \S/;

/**
 * What a planner has to see of a file within `tokenBudget`: all of it when it is small, otherwise the lines that define
 * something, and those that speak of the request first. `…` stands for lines that were left out.
 */
export function excerptOf(path: string, text: string, terms: RequestTerms, tokenBudget: number): string {
  if (text.length <= tokenBudget * 6 && estimateTokens(text) <= tokenBudget) return text.trimEnd();
  const lines = text.split('\n', maxLines).map(line => line.slice(0, maxLineLength).trimEnd());
  const isDocument = languageOf(path) === 'markdown';
  const ranked = lines
    .map((line, index) => ({ index, score: lineScore(line, isDocument, terms) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index);
  const kept = new Set<number>();
  let left = tokenBudget;
  for (const { index } of ranked) {
    // A line left out before this one costs its mark.
    const cost = estimateTokens(`${lines[index] ?? ''}\n`) + 1;
    if (cost > left) break;
    left -= cost;
    kept.add(index);
  }
  return joinWithGaps(lines, kept);
}

function lineScore(line: string, isDocument: boolean, terms: RequestTerms): number {
  const isDefinition = isDocument
    ? heading.test(line)
    : definition.test(line) || topLevelValue.test(line) || method.test(line);
  const lower = line.toLowerCase();
  const isAsked =
    !importLine.test(line) &&
    (terms.identifiers.some(name => line.includes(name)) || terms.stems.some(stem => lower.includes(stem)));
  return (isDefinition ? 2 : 0) + (isAsked ? (isDefinition ? 2 : 1) : 0);
}

function joinWithGaps(lines: readonly string[], kept: ReadonlySet<number>): string {
  const shown: string[] = [];
  let isGapOpen = false;
  for (const [index, line] of lines.entries()) {
    if (kept.has(index)) {
      shown.push(line);
      isGapOpen = false;
    } else if (!isGapOpen && line !== '') {
      shown.push('…');
      isGapOpen = true;
    }
  }
  return shown.join('\n');
}
