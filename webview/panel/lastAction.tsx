import { plural } from '../../src/domain/formatQuantity.ts';
import type { ItemAction } from '../../src/domain/runState.ts';
import { actionWords } from '../common/words.ts';

/** What an agent is doing: `Reading src/a.ts`, or `Writing src/a.ts (2 files so far)` while its reply arrives. */
export function LastAction({ action }: { readonly action: ItemAction }) {
  return (
    <>
      {actionWords[action.kind]} <span>{action.detail}</span>
      {action.kind === 'write' && action.number > 1 ? ` (${plural(action.number, 'file')} so far)` : null}
    </>
  );
}
