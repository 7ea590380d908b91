import type { QualityScore } from '../domain/schema/quality.ts';

/** Why a result that did not pass was not applied: a score that is too low, or a fact that no score outweighs. */
export function qualityMessage({ overall, feedback }: QualityScore, threshold: number): string {
  const [score, limit] = [overall.toFixed(2), threshold.toFixed(2)];
  const verdict =
    overall < threshold
      ? `The quality ${score} is below the threshold ${limit}`
      : `The result cannot pass, although its quality ${score} reaches the threshold ${limit}`;
  return [`${verdict}; nothing was applied.`, ...feedback.slice(0, 1)].join(' ');
}
