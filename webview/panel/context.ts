import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PanelRequestName, PanelRequests } from '../../src/domain/panelProtocol.ts';
import type { RunState } from '../../src/domain/runState.ts';
import type { ItemId } from '../../src/domain/schema/ids.ts';

/** What every part of the panel needs. */
export interface RunContext {
  readonly run: RunState;
  readonly isLive: boolean;
  readonly canUndo: boolean;
  /** The host's time, in milliseconds since the epoch; of a run that is over, its last moment. */
  readonly now: number;
  readonly selectedItemId: string | undefined;
  /** Shows the details of an item; of none, when undefined. */
  readonly select: (id: ItemId | undefined) => void;
  /** Asks the host; what goes wrong is shown at the top of the panel. */
  readonly ask: <K extends PanelRequestName>(name: K, params: PanelRequests[K]['params']) => void;
  readonly isBusy: boolean;
}

const context = createContext<RunContext | undefined>(undefined);

export const RunContextProvider = context.Provider;

export function useRun(): RunContext {
  const value = useContext(context);
  if (!value) throw new Error('This part of the panel was drawn without a run.');
  return value;
}
