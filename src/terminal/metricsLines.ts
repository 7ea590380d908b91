import type { CallMetrics, Percentiles } from '../domain/callMetrics.ts';
import { plural } from '../domain/formatQuantity.ts';
import type { RunMetrics, StepMetrics } from '../domain/runMetrics.ts';
import { formatCost, formatCount, formatDuration } from './format.ts';
import type { Palette } from './palette.ts';
import { safeLine } from './safeText.ts';

const longestName = 40;

/** What a run took, in sum and by step, role, model and item: one line each. */
export function metricsLines(metrics: RunMetrics, palette: Palette): string[] {
  const { total, byRole, byModel, byItem, steps, humanWaitMs } = metrics;
  if (total.calls + total.failedCalls === 0) return [];
  const waits = humanWaitMs === 0 ? [] : [`  ${palette.dim(`waited for you ${formatDuration(humanWaitMs)}`)}`];
  return [
    `Usage     ${callText(total)}`,
    ...waits,
    ...group(
      'Steps',
      steps.map(step => [stepName(step), step] as const),
      palette,
      step => [formatDuration(step.durationMs)],
    ),
    ...group('Roles', Object.entries(byRole), palette),
    ...group('Models', Object.entries(byModel), palette),
    ...group('Items', Object.entries(byItem), palette),
  ];
}

function stepName({ phase, iteration }: StepMetrics): string {
  return iteration === 0 ? phase : `${phase} ${iteration + 1}`;
}

function group<M extends CallMetrics>(
  title: string,
  entries: readonly (readonly [name: string, metrics: M])[],
  palette: Palette,
  facts: (metrics: M) => readonly string[] = () => [],
): string[] {
  if (entries.length === 0) return [];
  const names = entries.map(([name]) => safeLine(name, longestName));
  const width = Math.max(...names.map(name => name.length));
  const lines = entries.map(([, metrics], index) => {
    const calls = metrics.calls + metrics.failedCalls + metrics.retries === 0 ? [] : [callText(metrics)];
    return `  ${(names[index] ?? '').padEnd(width)}  ${[...facts(metrics), ...calls].join(' · ')}`;
  });
  return [palette.dim(title), ...lines];
}

function callText(metrics: CallMetrics): string {
  const { calls, cachedCalls, retries, failedCalls, retryWaitMs, turnWaitMs } = metrics;
  const { freshInputTokens, cachedInputTokens, outputTokens, costUsd, unpriced, latencyMs, timeToFirstTokenMs } =
    metrics;
  const waitedMs = retryWaitMs + turnWaitMs;
  return [
    plural(calls, 'call'),
    ...(cachedCalls > 0 ? [`${cachedCalls} cached`] : []),
    ...(failedCalls > 0 ? [`${failedCalls} failed`] : []),
    ...(retries > 0 ? [retries === 1 ? '1 retry' : `${retries} retries`] : []),
    ...(waitedMs >= 100 ? [`waited ${formatDuration(waitedMs)}`] : []),
    `${formatCount(freshInputTokens)} tokens in`,
    ...(cachedInputTokens > 0 ? [`${formatCount(cachedInputTokens)} from the prompt cache`] : []),
    `${formatCount(outputTokens)} out`,
    formatCost(costUsd),
    ...(unpriced > 0 ? [`price of ${plural(unpriced, 'call')} not known`] : []),
    ...(latencyMs === undefined ? [] : [`latency ${percentileText(latencyMs)}`]),
    ...(timeToFirstTokenMs === undefined ? [] : [`first token ${percentileText(timeToFirstTokenMs)}`]),
  ].join(' · ');
}

function percentileText({ p50, p95 }: Percentiles): string {
  return p50 === p95 ? formatDuration(p50) : `${formatDuration(p50)} (95 %: ${formatDuration(p95)})`;
}
