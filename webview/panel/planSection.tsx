import { plural } from '../../src/domain/formatQuantity.ts';
import { criticalPath, itemById } from '../../src/domain/planGraph.ts';
import type { Plan } from '../../src/domain/schema/plan.ts';
import { useRun } from './context.ts';
import { ItemDetails } from './itemDetails.tsx';
import { ItemEditor } from './itemEditor.tsx';
import { PlanGraph } from './planGraph.tsx';
import { PlanList } from './planList.tsx';
import type { PanelViewState } from './viewState.ts';

export interface PlanSectionProperties {
  /** The plan of the run, or the draft while it is being edited. */
  readonly plan: Plan;
  readonly problems: readonly string[];
  readonly view: PanelViewState;
  readonly update: (changes: Partial<PanelViewState>) => void;
}

/** The plan as a graph or as a list, and the selected item beside it. */
export function PlanSection({ plan, problems, view, update }: PlanSectionProperties) {
  const { selectedItemId } = useRun();
  const selected = selectedItemId === undefined ? undefined : itemById(plan, selectedItemId);
  const isEditing = view.draft !== undefined;
  return (
    <section class="section" aria-label="Plan">
      <div class="section-head">
        <h2>Plan</h2>
        <p class="quiet section-note">
          {plan.summary} {shapeOf(plan)}
        </p>
        <ViewSwitch view={view} update={update} />
      </div>
      {problems.length > 0 ? (
        <ul class="problems" role="alert">
          {problems.map(problem => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      ) : null}
      <div class={`plan-body${selected ? ' plan-body-split' : ''}`}>
        {view.planView === 'graph' ? <PlanGraph items={plan.items} /> : <PlanList items={plan.items} />}
        {selected && isEditing ? (
          <ItemEditor key={selected.id} draft={plan} item={selected} onChange={draft => update({ draft })} />
        ) : null}
        {selected && !isEditing ? <ItemDetails plan={plan} item={selected} /> : null}
      </div>
    </section>
  );
}

/** `6 items; at least 3 one after the other.` */
function shapeOf(plan: Plan): string {
  const longest = criticalPath(plan).length;
  const tail = longest > 1 ? `; at least ${longest} one after the other.` : '.';
  return `${plural(plan.items.length, 'item')}${tail}`;
}

function ViewSwitch({ view, update }: Pick<PlanSectionProperties, 'view' | 'update'>) {
  const choices = [
    { value: 'graph', label: 'Graph' },
    { value: 'list', label: 'List' },
  ] as const;
  return (
    <div class="switch" role="group" aria-label="How the plan is shown">
      {choices.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          class="switch-choice"
          aria-pressed={view.planView === value}
          onClick={() => update({ planView: value })}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
