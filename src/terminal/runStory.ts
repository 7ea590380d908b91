import { reduceAll } from '../domain/reduceRun.ts';
import { computeRunMetrics } from '../domain/runMetrics.ts';
import type { RunState } from '../domain/runState.ts';
import type { FileChange } from '../domain/schema/changes.ts';
import type { RunEvent, RunEventOf } from '../domain/schema/events.ts';
import type { JsonRepair } from '../domain/schema/model.ts';
import { describeTextFlags } from '../domain/textFlags.ts';
import { eventLine } from './eventLine.ts';
import { formatCost, formatCount, formatDuration, formatTime } from './format.ts';
import { metricsLines } from './metricsLines.ts';
import type { Palette } from './palette.ts';
import { runLines } from './runGraph.ts';
import { safeLine, safeText } from './safeText.ts';

export interface StoryOptions {
  readonly palette: Palette;
  /** Adds every message to and from the models, and every observation. */
  readonly isFull: boolean;
  /** The text kept under a hash; undefined when it is not there. */
  readonly readText: (hash: string) => string | undefined;
}

/** All that happened in a run, in order, each step with the time since the start; then what it came to. */
export function runStory(events: readonly RunEvent[], options: StoryOptions): string[] {
  const [first] = events;
  if (first === undefined) return [];
  const state = reduceAll(first.runId, events);
  const { palette } = options;
  const requests = new Map(
    events.flatMap(event => (event.type === 'model.requested' ? [[event.exchangeId, event] as const] : [])),
  );
  const steps = events.flatMap(event => {
    const lines = stepLines(event, { ...options, state, requests });
    if (lines === undefined) return [];
    const time = palette.dim(`+${formatDuration(event.at - first.at)}`.padStart(10));
    return lines.split('\n').map((line, index) => `${index === 0 ? time : ' '.repeat(10)}  ${line}`);
  });
  const metrics = metricsLines(computeRunMetrics(events), palette);
  return [...opening(state, palette), '', ...steps, '', ...closing(state, events.at(-1) ?? first, palette), ...metrics];
}

interface StepOptions extends StoryOptions {
  readonly state: RunState;
  readonly requests: ReadonlyMap<string, RunEventOf<'model.requested'>>;
}

function stepLines(event: RunEvent, options: StepOptions): string | undefined {
  const { palette, state } = options;
  switch (event.type) {
    case 'run.started':
      return undefined;
    case 'plan.edited':
      return 'The plan was edited.';
    case 'plan.approved':
      return event.by === 'human' ? 'The plan was approved.' : 'The plan was approved by --yes or the configuration.';
    case 'text.flagged':
      return palette.yellow(`! ${event.role}: ${describeTextFlags(event.flags).join(' ')}`);
    case 'model.responded':
      return exchangeLines(event, options);
    case 'model.read':
      return readingLine(event, palette);
    case 'edit.begun':
      return palette.dim(`  ${safeLine(event.itemId, 40)}: begins ${safeLine(event.path, 200)}`);
    case 'agent.act':
      return `  ${safeLine(event.itemId, 40)}: ${palette.cyan(event.action.kind)} ${safeLine(event.action.detail, 200)}`;
    case 'agent.learn':
      return withText(
        `  ${safeLine(event.itemId, 40)}: ${event.succeeded ? palette.green('→') : palette.red('→')} ${safeLine(event.summary, 200)}`,
        'observation',
        event.observationHash,
        options,
      );
    case 'edit.staged':
      return `  ${safeLine(event.itemId, 40)}: staged ${changeList(event.changes, palette)}`;
    case 'question.asked':
      return `${palette.yellow('?')} ${safeLine(event.question.text)}`;
    case 'question.answered':
      return `${palette.yellow('>')} ${event.by === 'human' ? '' : `(${event.by}) `}${safeLine(event.text)}`;
    case 'tests.finished':
      return withText(eventLine(event, state, palette) ?? '', 'output', event.outputHash, options);
    case 'result.staged':
      return `Result: ${changeList(event.changes, palette)}`;
    case 'review.opened':
      return 'The changes were put up for review.';
    case 'review.decided':
      return event.decision === 'accept' ? 'The changes were accepted.' : 'The changes were turned down.';
    case 'changes.reverted':
      return `Reverted: ${safeLine(event.paths.join(', '))}`;
    default:
      return eventLine(event, state, palette);
  }
}

function exchangeLines(event: RunEventOf<'model.responded'>, options: StepOptions): string {
  const { palette, isFull } = options;
  const request = options.requests.get(event.exchangeId);
  const { inputTokens, outputTokens } = event.usage;
  const facts = [
    `${formatCount(inputTokens)} in`,
    `${formatCount(outputTokens)} out`,
    formatDuration(event.latencyMs),
    ...(event.costUsd === undefined ? [] : [formatCost(event.costUsd)]),
    ...(event.isCached ? ['cached'] : []),
    ...(event.finishReason === 'stop' ? [] : [event.finishReason]),
  ];
  const model = request === undefined ? '' : ` ${safeLine(`${request.provider}/${request.model}`, 80)}`;
  const item = event.itemId === undefined ? '' : ` for ${safeLine(event.itemId, 40)}`;
  const line = `${palette.bold(event.role)}${model}${item}  ${palette.dim(facts.join(' · '))}`;
  if (!isFull) return line;
  const messages = request?.messages ?? [];
  const sent = messages.map(message => textBlock(message.role, message.hash, options));
  return [line, ...sent, textBlock('answer', event.textHash, options)].join('\n');
}

const repairWords: Readonly<Record<JsonRepair, string>> = {
  surroundingTextRemoved: 'text around it left out',
  syntaxRepaired: 'its syntax mended',
  endClosed: 'its end closed',
};

/** Of an answer of the planner that was sent back, the plan's own event tells. */
function readingLine({ role, repairs, problems }: RunEventOf<'model.read'>, palette: Palette): string | undefined {
  if (problems.length === 0)
    return palette.dim(`  the answer was read with ${repairs.map(repair => repairWords[repair]).join(', ')}`);
  if (role === 'planner') return undefined;
  return palette.yellow(`The ${role}'s answer was sent back (${safeLine(problems.join('; '), 300)}).`);
}

function withText(line: string, title: string, hash: string | undefined, options: StepOptions): string {
  return options.isFull && hash !== undefined ? `${line}\n${textBlock(title, hash, options)}` : line;
}

function textBlock(title: string, hash: string, { palette, readText }: StepOptions): string {
  const text = readText(hash) ?? '(no longer kept)';
  const lines = safeText(text).trimEnd().split('\n');
  return [palette.dim(`  ┌ ${title}`), ...lines.map(line => `${palette.dim('  │')} ${line}`)].join('\n');
}

function changeList(changes: readonly FileChange[], palette: Palette): string {
  const list = changes.map(
    ({ path, additions, deletions }) =>
      `${safeLine(path, 100)} ${palette.green(`+${additions}`)} ${palette.red(`-${deletions}`)}`,
  );
  return list.length === 0 ? 'nothing' : list.join(', ');
}

function opening(state: RunState, palette: Palette): string[] {
  const { task, workspace, runId, startedAt } = state;
  return [
    palette.bold(safeLine(task?.title ?? runId)),
    palette.dim(`Run ${runId} · ${formatTime(startedAt)} · ${safeLine(workspace)}`),
    ...(task === undefined || task.description === task.title ? [] : safeText(task.description).split('\n')),
  ];
}

function closing(state: RunState, last: RunEvent, palette: Palette): string[] {
  const end =
    state.end === undefined
      ? 'It has not ended, or was broken off.'
      : `${state.end.outcome}: ${safeLine(state.end.message)}`;
  const items =
    state.plan === undefined
      ? []
      : runLines(state, state.endedAt ?? last.at, Number.POSITIVE_INFINITY, palette).slice(1);
  const flags = describeTextFlags(state.textFlags).map(sentence => palette.yellow(sentence));
  return [...items, palette.bold(end), ...flags];
}
