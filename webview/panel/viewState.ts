import type { PersistedView } from '../../src/domain/panelProtocol.ts';
import type { Plan } from '../../src/domain/schema/plan.ts';

/** What the panel keeps over a reload, besides what the host knows. */
export interface PanelViewState extends PersistedView {
  readonly selectedItemId?: string | undefined;
  readonly planView: 'graph' | 'list';
  /** The plan as edited so far; there while it is being edited. */
  readonly draft?: Plan | undefined;
}

export const initialViewState: PanelViewState = { planView: 'graph' };

/** The state that this script stored earlier, or the initial one. The editor keeps it; nobody else can write it. */
export function restoreViewState(stored: unknown): PanelViewState {
  return typeof stored === 'object' && stored !== null && 'planView' in stored
    ? (stored as PanelViewState)
    : initialViewState;
}
