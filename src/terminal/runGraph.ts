import { plural } from '../domain/formatQuantity.ts';
import { topologicalOrder } from '../domain/planGraph.ts';
import type { ItemAction, ItemState, ItemStatus, RunState } from '../domain/runState.ts';
import type { Plan, WorkItem } from '../domain/schema/plan.ts';
import { formatCount, formatDuration } from './format.ts';
import type { Palette } from './palette.ts';
import { safeLine } from './safeText.ts';

type Paint = keyof Palette;

const marks: Readonly<Record<ItemStatus, { readonly mark: string; readonly paint: Paint }>> = {
  planned: { mark: '·', paint: 'dim' },
  queued: { mark: '○', paint: 'dim' },
  running: { mark: '●', paint: 'cyan' },
  waiting: { mark: '?', paint: 'yellow' },
  done: { mark: '✔', paint: 'green' },
  failed: { mark: '✘', paint: 'red' },
  blocked: { mark: '⊘', paint: 'red' },
};

/** The mark of a state, in its colour. */
export function statusMark(status: ItemStatus, palette: Palette): string {
  const { mark, paint } = marks[status];
  return palette[paint](mark);
}

/** The plan as lines: each item below those it depends on, further right by one step a level. */
export function planLines(plan: Plan, palette: Palette): string[] {
  const rows = graphRows(plan);
  return rows.map(({ item, label, mode, path }) =>
    `  ${label}  ${palette.dim(mode)}  ${path}  ${palette.dim(safeLine(item.description, 100))}${needs(item, palette)}`.trimEnd(),
  );
}

/** The run as it is at `now`, in at most `rows` lines: a head line, then the items; those at work are kept in view. */
export function runLines(state: RunState, now: number, rows: number, palette: Palette): string[] {
  const head = headLine(state, now, palette);
  if (state.plan === undefined) return [head];
  const lines = graphRows(state.plan).flatMap(({ item, label, mode, path }) => {
    const itemState = state.items[item.id];
    if (itemState === undefined) return [];
    const text = `${statusMark(itemState.status, palette)} ${label}  ${palette.dim(mode)}  ${path}  ${itemDetails(itemState, now, palette)}`;
    return [{ text: text.trimEnd(), status: itemState.status }];
  });
  return [head, ...fit(lines, Math.max(1, rows - 2), palette)];
}

interface GraphRow {
  readonly item: WorkItem;
  /** The three columns, each padded to the widest of its kind. */
  readonly label: string;
  readonly mode: string;
  readonly path: string;
}

function graphRows(plan: Plan): GraphRow[] {
  const depths = new Map<string, number>();
  const order = topologicalOrder(plan);
  for (const item of order) {
    depths.set(item.id, Math.max(-1, ...item.dependencies.map(id => depths.get(id) ?? 0)) + 1);
  }
  const indent = (item: WorkItem) => '  '.repeat(Math.min(8, depths.get(item.id) ?? 0));
  const cells = order.map(item => ({
    item,
    label: `${indent(item)}${safeLine(item.id, 40)}`,
    mode: item.mode,
    path: safeLine(item.filePath, 60),
  }));
  const width = (column: 'label' | 'mode' | 'path') => Math.max(0, ...cells.map(cell => cell[column].length));
  const [labels, modes, paths] = [width('label'), width('mode'), width('path')];
  return cells.map(({ item, label, mode, path }) => ({
    item,
    label: label.padEnd(labels),
    mode: mode.padEnd(modes),
    path: path.padEnd(paths),
  }));
}

function needs(item: WorkItem, palette: Palette): string {
  return item.dependencies.length === 0 ? '' : palette.dim(`  after ${safeLine(item.dependencies.join(', '), 100)}`);
}

function headLine(state: RunState, now: number, palette: Palette): string {
  const { usage, phase } = state;
  const parts = [
    phaseText(state),
    formatDuration((state.endedAt ?? now) - (state.startedAt || now)),
    plural(usage.calls, 'call'),
    `${formatCount(usage.inputTokens + usage.outputTokens)} tokens`,
  ];
  const title = palette.bold(safeLine(state.task?.title ?? '', 60));
  return `${phase === 'ended' ? '■' : '▶'} ${title}  ${palette.dim(parts.join(' · '))}`;
}

function phaseText({ phase, iteration }: RunState): string {
  const names = {
    planning: 'planning',
    awaitingApproval: 'waiting for approval',
    executing: iteration === 0 ? 'working' : `working, iteration ${iteration}`,
    evaluating: 'testing and judging',
    awaitingReview: 'waiting for review',
    ended: 'ended',
  };
  return names[phase];
}

function itemDetails(item: ItemState, now: number, palette: Palette): string {
  const { status, startedAt, durationMs, usage, attempts, lastAction } = item;
  const time = durationMs + (status === 'running' && startedAt !== undefined ? now - startedAt : 0);
  const tokens = usage.inputTokens + usage.outputTokens;
  const parts = [
    ...(attempts > 0 ? [formatDuration(time).padStart(8), `${formatCount(tokens)} tokens`] : []),
    ...(attempts > 1 ? [`attempt ${attempts}`] : []),
    ...(status === 'running' && lastAction !== undefined ? [describeAction(lastAction)] : []),
    ...(status === 'waiting' ? ['waits for an answer'] : []),
    ...(status === 'failed' || status === 'blocked' ? [safeLine(item.note ?? '', 60)] : []),
  ];
  return parts.length > 0 ? palette.dim(parts.join('  ')) : needs(item.item, palette).trimStart();
}

function describeAction(action: ItemAction): string {
  const text = safeLine(`${action.kind} ${action.detail}`, 60);
  return action.kind === 'write' && action.number > 1 ? `${text} (${plural(action.number, 'file')} so far)` : text;
}

/** At most `rows` of the lines: done items give way first, then those that have not begun. */
function fit(
  lines: readonly { readonly text: string; readonly status: ItemStatus }[],
  rows: number,
  palette: Palette,
): string[] {
  const order: readonly ItemStatus[] = ['done', 'planned', 'queued', 'blocked', 'failed', 'waiting', 'running'];
  let shown = [...lines];
  const hidden = new Map<ItemStatus, number>();
  for (const status of order) {
    while (shown.length + (hidden.size > 0 ? 1 : 0) > rows) {
      const index = shown.findIndex(line => line.status === status);
      if (index < 0) break;
      shown = shown.toSpliced(index, 1);
      hidden.set(status, (hidden.get(status) ?? 0) + 1);
    }
  }
  const rest = [...hidden].map(([status, count]) => `${count} ${status}`).join(', ');
  return [...shown.map(line => line.text), ...(rest === '' ? [] : [palette.dim(`  and ${rest}`)])];
}
