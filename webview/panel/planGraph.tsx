import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatDuration } from '../../src/domain/formatQuantity.ts';
import type { ItemId } from '../../src/domain/schema/ids.ts';
import type { WorkItem } from '../../src/domain/schema/plan.ts';
import { StatusIcon } from '../common/icons.tsx';
import { modeWords, type ShownStatus, shownStatus, statusWords, titleOf } from '../common/words.ts';
import { type GraphLayout, type GraphMetrics, layoutGraph, type NodeBox } from '../graph/layoutGraph.ts';
import { type Direction, neighbourOf } from '../graph/neighbourOf.ts';
import { useRun } from './context.ts';
import { FilePath } from './filePath.tsx';
import { workedMs } from './itemTimes.ts';

const metrics: GraphMetrics = { nodeWidth: 236, nodeHeight: 96, columnGap: 56, rowGap: 18 };
/** Below this the text would be too small to read: the frame scrolls instead. */
const smallestScale = 0.85;
/** Room for the focus ring of the outermost nodes, on both sides together. */
const framePadding = 8;

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** The plan from left to right. One tab stop; the arrow keys follow the edges and the columns. */
export function PlanGraph({ items }: { readonly items: readonly WorkItem[] }) {
  const { selectedItemId, select } = useRun();
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  // Only what shapes the graph counts: states change often, the layout does not.
  const shape = items.map(item => `${item.id}<${item.dependencies.join(',')}`).join(';');
  const layout = useMemo(() => layoutGraph(items, metrics), [shape]);
  const current = new Map<string, WorkItem>(items.map(item => [item.id, item]));
  const scale = Math.max(smallestScale, Math.min(1, (width - framePadding) / Math.max(1, layout.width)));
  const tabStop = selectedItemId ?? layout.nodes[0]?.item.id;
  const move = (event: KeyboardEvent, id: ItemId) => {
    const direction = directions[event.key];
    const next = direction && neighbourOf(layout, id, direction);
    if (!next) return;
    event.preventDefault();
    select(next);
    frame.current?.querySelector<HTMLElement>(`[data-item="${CSS.escape(next)}"]`)?.focus();
  };
  return (
    <div class="graph-frame" ref={frame}>
      <div class="graph-sizer" style={{ width: `${layout.width * scale}px`, height: `${layout.height * scale}px` }}>
        <div
          class="graph"
          role="group"
          aria-label="Plan as a graph; the arrow keys move between items"
          style={{ width: `${layout.width}px`, height: `${layout.height}px`, transform: `scale(${scale})` }}
        >
          <Edges layout={layout} selectedItemId={selectedItemId} />
          {layout.nodes.map(box => (
            <Node
              key={box.item.id}
              box={box}
              item={current.get(box.item.id) ?? box.item}
              isTabStop={box.item.id === tabStop}
              onKeyDown={event => move(event, box.item.id)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function Edges({
  layout,
  selectedItemId,
}: {
  readonly layout: GraphLayout;
  readonly selectedItemId?: string | undefined;
}) {
  const { run } = useRun();
  return (
    <svg class="graph-edges" width={layout.width} height={layout.height} aria-hidden="true">
      {layout.edges.map(({ from, to, path }) => {
        const isNear = from === selectedItemId || to === selectedItemId;
        const isDone = run.items[from]?.status === 'done';
        return (
          <path
            key={`${from}→${to}`}
            d={path}
            class={`edge${isDone ? ' edge-done' : ''}${isNear ? ' edge-near' : ''}`}
          />
        );
      })}
    </svg>
  );
}

interface NodeProperties {
  readonly box: NodeBox;
  readonly item: WorkItem;
  readonly isTabStop: boolean;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

function Node({ box, item, isTabStop, onKeyDown }: NodeProperties) {
  const { run, isLive, now, selectedItemId, select } = useRun();
  const state = run.items[item.id];
  const status = shownStatus(state?.status ?? 'planned', isLive);
  const worked = state && workedMs(state, now);
  const isSelected = selectedItemId === item.id;
  return (
    <button
      type="button"
      class={`node node-${status}${isSelected ? ' node-selected' : ''}`}
      style={{
        left: `${box.x}px`,
        top: `${box.y}px`,
        width: `${metrics.nodeWidth}px`,
        height: `${metrics.nodeHeight}px`,
      }}
      data-item={item.id}
      tabIndex={isTabStop ? 0 : -1}
      aria-pressed={isSelected}
      aria-label={describeNode(item, status, worked)}
      onClick={() => select(item.id)}
      onKeyDown={onKeyDown}
    >
      <span class="node-head">
        <StatusIcon status={status} />
        <span class="node-title">{titleOf(item.description) || 'New item'}</span>
      </span>
      <FilePath path={item.filePath} />
      <span class="node-foot">
        <span class="tag">{modeWords[item.mode]}</span>
        {item.priority === 'normal' ? null : <span class={`tag tag-${item.priority}`}>{item.priority}</span>}
        <span class="node-state">{nodeState(status, worked)}</span>
      </span>
    </button>
  );
}

/** The state, and the time where there is one: `Running · 12 s`. */
function nodeState(status: ShownStatus, worked: number | undefined): string {
  const word = statusWords[status];
  return worked === undefined ? word : `${word} · ${formatDuration(worked)}`;
}

function describeNode(item: WorkItem, status: ShownStatus, worked: number | undefined): string {
  const dependencies = item.dependencies.length === 0 ? 'no dependencies' : `after ${item.dependencies.join(', ')}`;
  const title = titleOf(item.description) || 'New item';
  return `${title}. ${item.filePath}. ${modeWords[item.mode]}, ${nodeState(status, worked)}, ${item.priority} priority, ${dependencies}.`;
}

function useWidth(frame: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(10_000);
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  return width;
}
