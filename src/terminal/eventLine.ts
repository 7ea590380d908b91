import { plural } from '../domain/formatQuantity.ts';
import { noResultWords } from '../domain/noResultWords.ts';
import type { RunState } from '../domain/runState.ts';
import type { RunEvent } from '../domain/schema/events.ts';
import type { Evidence, QualityScore } from '../domain/schema/quality.ts';
import type { TestReport } from '../domain/schema/testReport.ts';
import { describeLimit } from '../models/budget/budgetMiddleware.ts';
import { formatDuration } from './format.ts';
import type { Palette } from './palette.ts';
import { planLines } from './runGraph.ts';
import { safeLine } from './safeText.ts';

/** What a person who follows the run is told of an event; undefined for what would only be noise. `state` is after it. */
export function eventLine(event: RunEvent, state: RunState, palette: Palette): string | undefined {
  const item = (orderId: string) => safeLine(state.orders[orderId]?.itemId ?? orderId, 40);
  switch (event.type) {
    case 'run.started':
      return palette.dim(`Run ${event.runId}`);
    case 'run.resumed':
      return palette.dim(`Run ${event.runId} goes on`);
    case 'context.collected':
      return palette.dim(safeLine(event.summary, 160));
    case 'plan.rejected':
      return palette.yellow(
        `The plan was not valid (${safeLine(event.problems.join(' '), 300)}); the planner was told.`,
      );
    case 'plan.proposed':
      return [palette.bold(`Plan: ${safeLine(event.plan.summary)}`), ...planLines(event.plan, palette)].join('\n');
    case 'order.claimed':
      return `${palette.cyan('●')} ${item(event.orderId)} ${palette.dim(`on ${safeLine(event.workerId, 40)}`)}`;
    case 'order.completed': {
      const done = state.items[state.orders[event.orderId]?.itemId ?? ''];
      const time = done === undefined ? '' : palette.dim(`  ${formatDuration(done.durationMs)}`);
      return `${palette.green('✔')} ${item(event.orderId)}: ${safeLine(event.summary, 200)}${time}`;
    }
    case 'order.returned':
      return `${palette.yellow('↻')} ${item(event.orderId)}: ${safeLine(event.reason, 300)}`;
    case 'order.failed':
      return `${palette.red('✘')} ${item(event.orderId)}: ${safeLine(event.reason, 300)}`;
    case 'item.blocked':
      return `${palette.red('⊘')} ${safeLine(event.itemId, 40)}: ${safeLine(event.reason, 300)}`;
    case 'item.reused':
      return palette.dim(`= ${safeLine(event.itemId, 40)}: taken over from ${event.sourceRunId}, on the same inputs`);
    case 'edit.unusable':
      return palette.yellow(
        `! ${safeLine(event.itemId, 40)}: the edits of its reply will be refused. ${safeLine(event.reason, 300)}`,
      );
    case 'violation.found':
      return palette.yellow(`! ${event.violation.kind}: ${safeLine(event.violation.actual, 300)}`);
    case 'model.failed':
      return palette.yellow(`! ${safeLine(event.message, 300)}${event.willRetry ? ' (it is tried again)' : ''}`);
    case 'budget.reached':
      return palette.yellow(`! ${safeLine(describeLimit(event))} Calls wait until it is decided.`);
    case 'budget.decided':
      return event.decision === 'raise'
        ? palette.yellow('The limit was raised; calls go on.')
        : palette.red('The limit was not raised; the run stops.');
    case 'tests.finished':
      return `${palette.dim(`Tests (${event.scope}, in the ${event.tier} sandbox):`)} ${testSummary(event.report, palette)}`;
    case 'quality.scored':
      return scoreLines(event.score, palette).join('\n');
    case 'iteration.started':
      return `${palette.yellow('↻')} Iteration ${event.iteration}: ${safeLine(event.items.join(', ') || 'nothing more to do', 200)}${event.feedback.length > 0 ? ' with the feedback' : ''}`;
    case 'run.warned':
      return palette.yellow(`! ${safeLine(event.message)}`);
    default:
      return reviewLine(event, palette);
  }
}

/** What is told of the review, and of what becomes of the changes. */
function reviewLine(event: RunEvent, palette: Palette): string | undefined {
  switch (event.type) {
    case 'review.changesRequested':
      return `${palette.yellow('↻')} Sent back with ${plural(event.comments.length, 'comment')}: ${safeLine([...new Set(event.comments.map(comment => comment.path))].join(', '), 200)}`;
    case 'review.rebased':
      return palette.yellow(`! ${safeLine(event.path, 200)} changed in the workspace; the change was brought onto it.`);
    case 'review.proved':
      return `What is kept: ${event.verdict === 'passes' ? palette.green(safeLine(event.summary)) : palette.yellow(safeLine(event.summary))}`;
    case 'changes.applied':
      return palette.green(`Applied: ${plural(event.changes.length, 'file')}.`);
    case 'changes.committed':
      return event.problem === undefined
        ? `Committed to ${safeLine(event.branch ?? '', 200)}: ${plural(event.commits.length, 'commit')}.`
        : palette.yellow(`! ${safeLine(event.problem)}`);
    default:
      return undefined;
  }
}

/** `12 passed, 1 failed (1.2 s)`, with the first failures. */
export function testSummary(report: TestReport, palette: Palette): string {
  const { outcome, passed, failed, failures, isParsed } = report;
  const counts = isParsed ? [`${passed} passed, ${failed} failed`] : [];
  const ending = noResultWords(report) ?? (isParsed ? [] : outcome);
  const paint = outcome === 'passed' ? palette.green : palette.red;
  const shown = failures.slice(0, 5).map(({ name, message }) => `\n    ${safeLine(`${name}: ${message}`, 200)}`);
  const time = outcome === 'timedOut' ? '' : palette.dim(` (${formatDuration(report.durationMs)})`);
  const end = outcome === 'error' && failures.length === 0 ? lastLines(report.outputTail) : [];
  return `${paint(counts.concat(ending).join(', '))}${time}${[...shown, ...end].join('')}`;
}

/** Where nothing has a name, the end of what was printed says most. */
function lastLines(output: string): string[] {
  const lines = output.split('\n').filter(line => line.trim() !== '');
  return lines.slice(-3).map(line => `\n    ${safeLine(line, 200)}`);
}

/** The score, the facts that it rests on, and what is to be done better. */
export function scoreLines(score: QualityScore, palette: Palette): string[] {
  const { overall, completeness, correctness, passed } = score;
  const verdict = passed ? palette.green('passed') : palette.red('not reached');
  return [
    `${palette.bold(`Quality ${overall.toFixed(2)}`)} (completeness ${completeness.toFixed(2)}, correctness ${correctness.toFixed(2)}): ${verdict}`,
    ...score.evidence.map(evidence => `  ${evidenceMark(evidence, palette)} ${safeLine(evidence.summary, 300)}`),
    ...score.feedback.map(feedback => palette.dim(`  → ${safeLine(feedback, 200)}`)),
  ];
}

function evidenceMark({ verdict }: Evidence, palette: Palette): string {
  if (verdict === 'holds') return palette.green('✔');
  return verdict === 'fails' ? palette.red('✘') : palette.yellow('?');
}
