import type { Plan } from '../../src/domain/schema/plan.ts';
import { Button } from '../controls.tsx';
import { useRun } from './context.ts';
import { addItem } from './planDraft.ts';
import type { PanelViewState } from './viewState.ts';

export interface ApprovalButtonsProperties {
  readonly plan: Plan;
  readonly isEditing: boolean;
  /** Why the plan cannot be approved as it is. */
  readonly problems: readonly string[];
  readonly update: (changes: Partial<PanelViewState>) => void;
}

/** Approve, edit or cancel; while editing, the tools for that. */
export function ApprovalButtons({ plan, isEditing, problems, update }: ApprovalButtonsProperties) {
  const { ask, isBusy } = useRun();
  const add = () => {
    const { plan: draft, id } = addItem(plan);
    update({ draft, selectedItemId: id });
  };
  return (
    <>
      <Button isPrimary isDisabled={isBusy || problems.length > 0} onClick={() => ask('approvePlan', { plan })}>
        {isEditing ? 'Approve edited plan' : 'Approve'}
      </Button>
      {isEditing ? (
        <>
          <Button onClick={add}>Add item</Button>
          <Button onClick={() => update({ draft: undefined })}>Discard edits</Button>
        </>
      ) : (
        <Button onClick={() => update({ draft: plan, selectedItemId: plan.items[0]?.id })}>Edit</Button>
      )}
      <Button isDisabled={isBusy} onClick={() => ask('cancelRun', {})}>
        Cancel
      </Button>
    </>
  );
}
