import { useEffect, useState } from 'preact/hooks';
import type { PanelSnapshot } from '../../src/domain/panelProtocol.ts';
import type { RunStore } from './runStore.ts';

export interface StoreView {
  readonly snapshot: PanelSnapshot | undefined;
  readonly problem: string | undefined;
}

/** What the store knows, drawn anew when that changes. */
export function useStore(store: RunStore): StoreView {
  const [view, setView] = useState<StoreView>(() => ({ snapshot: store.snapshot, problem: store.problem }));
  useEffect(() => store.subscribe(() => setView({ snapshot: store.snapshot, problem: store.problem })), [store]);
  return view;
}

/**
 * The host's time, drawn anew each second while `isTicking`. `hostNow` is the host's clock when the snapshot was taken:
 * the machine that the webview is shown on may have another.
 */
export function useHostTime(hostNow: number, isTicking: boolean): number {
  const [offset, setOffset] = useState(() => hostNow - Date.now());
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setOffset(hostNow - Date.now());
    setNow(Date.now());
  }, [hostNow]);
  useEffect(() => {
    if (!isTicking) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isTicking]);
  return now + offset;
}

export interface Action {
  /** Runs the work; what it rejects with becomes `problem`. */
  readonly run: (work: () => Promise<unknown>) => void;
  readonly isBusy: boolean;
  readonly problem: string | undefined;
}

/** One thing at a time that the user asked of the host, and what went wrong with the last one. */
export function useAction(): Action {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(undefined);
    work()
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)))
      .finally(() => setBusy(false));
  };
  return { run, isBusy, problem };
}
