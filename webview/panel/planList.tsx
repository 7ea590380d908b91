import { formatCount, formatDuration } from '../../src/domain/formatQuantity.ts';
import { topologicalOrder } from '../../src/domain/planGraph.ts';
import type { WorkItem } from '../../src/domain/schema/plan.ts';
import { StatusIcon } from '../common/icons.tsx';
import { modeWords, priorityWords, shownStatus, statusWords, titleOf } from '../common/words.ts';
import { useRun } from './context.ts';
import { FilePath } from './filePath.tsx';
import { workedMs } from './itemTimes.ts';

/** The same as the graph, as a table: each item after what it depends on. */
export function PlanList({ items }: { readonly items: readonly WorkItem[] }) {
  const ordered = topologicalOrder({ items: [...items] });
  const rows = [...ordered, ...items.filter(item => !ordered.includes(item))];
  return (
    <div class="table-frame">
      <table class="table">
        <caption class="hidden-text">Plan as a list</caption>
        <thead>
          <tr>
            <th scope="col">Id</th>
            <th scope="col">Item</th>
            <th scope="col">File</th>
            <th scope="col">Mode</th>
            <th scope="col">Priority</th>
            <th scope="col">Starts after</th>
            <th scope="col">State</th>
            <th scope="col" class="number">
              Time
            </th>
            <th scope="col" class="number">
              Tokens
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(item => (
            <Row key={item.id} item={item} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ item }: { readonly item: WorkItem }) {
  const { run, isLive, now, selectedItemId, select } = useRun();
  const state = run.items[item.id];
  const worked = state && workedMs(state, now);
  const tokens = state ? state.usage.inputTokens + state.usage.outputTokens : 0;
  const status = shownStatus(state?.status ?? 'planned', isLive);
  return (
    <tr class={selectedItemId === item.id ? 'row-selected' : ''}>
      <td class="quiet short">{item.id}</td>
      <th scope="row">
        <button type="button" class="plain-button" onClick={() => select(item.id)}>
          {titleOf(item.description) || 'New item'}
        </button>
      </th>
      <td>
        <FilePath path={item.filePath} />
      </td>
      <td class="short">{modeWords[item.mode]}</td>
      <td class="short">{priorityWords[item.priority]}</td>
      <td>{item.dependencies.join(', ') || '–'}</td>
      <td class="short">
        <span class="with-icon">
          <StatusIcon status={status} /> {statusWords[status]}
        </span>
      </td>
      <td class="number">{worked === undefined ? '–' : formatDuration(worked)}</td>
      <td class="number">{tokens === 0 ? '–' : formatCount(tokens)}</td>
    </tr>
  );
}
