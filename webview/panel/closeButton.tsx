import { Icon } from '../common/icons.tsx';
import { useRun } from './context.ts';

/** Puts the details of the selected item away. */
export function CloseButton() {
  const { select } = useRun();
  return (
    <button type="button" class="icon-button" aria-label="Close details" onClick={() => select(undefined)}>
      <Icon name="cross" />
    </button>
  );
}
