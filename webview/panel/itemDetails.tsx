import type { ComponentChildren } from 'preact';
import { formatCost, formatCount, formatDuration, plural } from '../../src/domain/formatQuantity.ts';
import { dependentsByItem, itemById } from '../../src/domain/planGraph.ts';
import type { ItemState } from '../../src/domain/runState.ts';
import type { ItemId } from '../../src/domain/schema/ids.ts';
import type { Plan, WorkItem } from '../../src/domain/schema/plan.ts';
import { StatusIcon } from '../common/icons.tsx';
import { modeWords, priorityWords, shownStatus, statusWords, titleOf } from '../common/words.ts';
import { CloseButton } from './closeButton.tsx';
import { useRun } from './context.ts';
import { FilePath } from './filePath.tsx';
import { workedMs } from './itemTimes.ts';
import { LastAction } from './lastAction.tsx';

/** All about the selected item. */
export function ItemDetails({ plan, item }: { readonly plan: Plan; readonly item: WorkItem }) {
  const { run, isLive, ask } = useRun();
  const state = run.items[item.id];
  const status = shownStatus(state?.status ?? 'planned', isLive);
  const dependents = dependentsByItem(plan).get(item.id) ?? [];
  return (
    <section class="details" aria-label={`Item ${item.id}`}>
      <div class="details-head">
        <h3 class="details-title">
          <StatusIcon status={status} />
          <span>{titleOf(item.description)}</span>
        </h3>
        <CloseButton />
      </div>
      {state?.note ? <p class={`note note-${status}`}>{state.note}</p> : null}
      {item.description.includes('\n') ? <p class="prose">{item.description}</p> : null}
      <dl class="facts">
        <Fact name="File">
          <button type="button" class="link" onClick={() => ask('openFile', { path: item.filePath })}>
            <FilePath path={item.filePath} />
          </button>
          {item.fileStatus === 'new' ? <span class="quiet"> new</span> : null}
        </Fact>
        <Fact name="Mode">{modeWords[item.mode]}</Fact>
        <Fact name="Priority">{priorityWords[item.priority]}</Fact>
        <Fact name="Starts after">
          <ItemLinks plan={plan} ids={item.dependencies} />
        </Fact>
        <Fact name="Needed by">
          <ItemLinks plan={plan} ids={dependents.map(dependent => dependent.id)} />
        </Fact>
        <Fact name="State">{statusWords[status]}</Fact>
        {state ? <Work state={state} /> : null}
      </dl>
      {item.acceptance?.length ? (
        <>
          <h4>Accepted when</h4>
          <ul class="plain-list">
            {item.acceptance.map((criterion, index) => (
              <li key={index}>{criterion}</li>
            ))}
          </ul>
        </>
      ) : null}
      {item.context ? (
        <details>
          <summary>Context given to the agent</summary>
          <p class="prose">{item.context}</p>
        </details>
      ) : null}
    </section>
  );
}

function Work({ state }: { readonly state: ItemState }) {
  const { now } = useRun();
  const worked = workedMs(state, now);
  if (worked === undefined) return null;
  const { inputTokens, outputTokens, costUsd, calls } = state.usage;
  return (
    <>
      <Fact name="Time">
        {formatDuration(worked)}
        {state.attempts > 1 ? <span class="quiet"> in {plural(state.attempts, 'attempt')}</span> : null}
      </Fact>
      <Fact name="Tokens">
        {formatCount(inputTokens)} in, {formatCount(outputTokens)} out
        <span class="quiet">
          {' '}
          in {plural(calls, 'call')}
          {costUsd > 0 ? `, ${formatCost(costUsd)}` : ''}
        </span>
      </Fact>
      {state.lastAction ? (
        <Fact name="Last action">
          <LastAction action={state.lastAction} />
        </Fact>
      ) : null}
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function ItemLinks({ plan, ids }: { readonly plan: Plan; readonly ids: readonly ItemId[] }) {
  const { select } = useRun();
  if (ids.length === 0) return <>–</>;
  return (
    <ul class="plain-list">
      {ids.map(id => (
        <li key={id}>
          <button type="button" class="link" onClick={() => select(id)}>
            {titleOf(itemById(plan, id)?.description ?? id)}
          </button>
        </li>
      ))}
    </ul>
  );
}
