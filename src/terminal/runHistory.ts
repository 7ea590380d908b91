import { ConfigurationError } from '../base/errors.ts';
import type { RunId } from '../domain/schema/ids.ts';
import type { RunSummary } from '../journal/journal.ts';
import { formatDuration, formatTime } from './format.ts';
import type { Palette } from './palette.ts';
import { safeLine } from './safeText.ts';

/** The runs as a table, in the order given. */
export function historyLines(runs: readonly RunSummary[], palette: Palette): string[] {
  const cells = runs.map(run => ({
    id: run.runId,
    started: formatTime(run.startedAt),
    took: run.endedAt === undefined ? '' : formatDuration(run.endedAt - run.startedAt),
    outcome: run.outcome ?? 'not ended',
    title: safeLine(run.title, 80),
  }));
  const header = { id: 'RUN', started: 'STARTED', took: 'TOOK', outcome: 'OUTCOME', title: 'REQUEST' };
  const width = (column: keyof typeof header) => Math.max(...[header, ...cells].map(row => row[column].length));
  const widths = { id: width('id'), started: width('started'), took: width('took'), outcome: width('outcome') };
  const line = (row: typeof header, paint = (text: string) => text) =>
    [
      row.id.padEnd(widths.id),
      row.started.padEnd(widths.started),
      row.took.padStart(widths.took),
      paint(row.outcome.padEnd(widths.outcome)),
      row.title,
    ].join('  ');
  const paintOf = (outcome: string) =>
    outcome === 'applied' || outcome === 'planned'
      ? palette.green
      : outcome === 'failed'
        ? palette.red
        : palette.yellow;
  return [palette.dim(line(header)), ...cells.map(row => line(row, paintOf(row.outcome)))];
}

/** The run whose id is `name`, or begins with it, with or without `run_`. Throws `ConfigurationError` for none or several. */
export function findRun(runs: readonly RunSummary[], name: string): RunId {
  const exact = runs.find(({ runId }) => runId === name);
  const matches = exact
    ? [exact]
    : runs.filter(({ runId }) => [name, `run_${name}`].some(start => runId.startsWith(start)));
  const [match, ...others] = matches;
  if (match === undefined) {
    throw new ConfigurationError(`There is no run "${name}" in this workspace; trellis history lists the runs.`);
  }
  if (others.length === 0) return match.runId;
  const ids = matches.slice(0, 5).map(({ runId }) => runId);
  throw new ConfigurationError(
    `"${name}" is the beginning of ${matches.length} runs (${ids.join(', ')}); give more of it.`,
  );
}
