import { useEffect, useState } from 'preact/hooks';
import type { PanelSnapshot } from '../../src/domain/panelProtocol.ts';
import type { RunState } from '../../src/domain/runState.ts';
import { useAction, useHostTime, useStore } from '../common/hooks.ts';
import type { HostLink } from '../common/hostLink.ts';
import { LiveRegion } from '../common/liveRegion.tsx';
import type { RunStore } from '../common/runStore.ts';
import { ApprovalButtons } from './approvalButtons.tsx';
import { Changes } from './changes.tsx';
import { type RunContext, RunContextProvider } from './context.ts';
import { EmptyState } from './emptyState.tsx';
import { lastMoment } from './itemTimes.ts';
import { NextStep } from './nextStep.tsx';
import { draftProblems } from './planDraft.ts';
import { PlanSection } from './planSection.tsx';
import { Quality } from './quality.tsx';
import { RunHeader } from './runHeader.tsx';
import type { PanelViewState } from './viewState.ts';
import { Warnings } from './warnings.tsx';
import { Workers } from './workers.tsx';

export interface AppProperties {
  readonly store: RunStore;
  readonly link: HostLink;
  readonly initialView: PanelViewState;
  /** Keeps the view over a reload. */
  readonly saveView: (view: PanelViewState) => void;
}

/** The panel: the shown run, or what to do when there is none. */
export function App({ store, link, initialView, saveView }: AppProperties) {
  const { snapshot, problem } = useStore(store);
  const [view, setView] = useState(initialView);
  useEffect(() => saveView(view), [view, saveView]);
  const update = (changes: Partial<PanelViewState>) => setView(current => ({ ...current, ...changes }));
  if (!snapshot) return <p class="loading">{problem ?? 'Loading…'}</p>;
  if (!snapshot.run) {
    return (
      <EmptyState
        problem={problem ?? snapshot.problem}
        onStart={() => void link.request('startRun', { request: '' }).catch(() => store.pull())}
        onHistory={() => void link.request('showHistory', {}).catch(() => store.pull())}
        onSettings={() => void link.request('openSettings', {}).catch(() => store.pull())}
      />
    );
  }
  return (
    <Run key={snapshot.run.runId} run={snapshot.run} snapshot={snapshot} link={link} view={view} update={update} />
  );
}

interface RunProperties {
  readonly run: RunState;
  readonly snapshot: PanelSnapshot;
  readonly link: HostLink;
  readonly view: PanelViewState;
  readonly update: (changes: Partial<PanelViewState>) => void;
}

function Run({ run, snapshot, link, view, update }: RunProperties) {
  const { isLive } = snapshot;
  const hostTime = useHostTime(snapshot.now, isLive);
  const action = useAction();
  useEffect(() => {
    // What was selected or edited belongs to the run that was shown before.
    if (view.runId !== run.runId) update({ runId: run.runId, selectedItemId: undefined, draft: undefined });
  }, [run.runId]);
  const canEdit = isLive && run.phase === 'awaitingApproval';
  const isOfThisRun = view.runId === run.runId;
  const draft = canEdit && isOfThisRun ? view.draft : undefined;
  const plan = draft ?? run.plan;
  const problems = draft ? draftProblems(draft) : [];
  // Once there is something to decide on, it comes before how it came about.
  const hasResult = run.phase === 'awaitingReview' || run.phase === 'ended';
  const results = (
    <>
      <Quality />
      <Changes />
    </>
  );
  const context: RunContext = {
    run,
    isLive,
    canUndo: snapshot.canUndo,
    now: isLive ? hostTime : lastMoment(run),
    selectedItemId: isOfThisRun ? view.selectedItemId : undefined,
    select: id => update({ selectedItemId: id }),
    ask: (name, params) => action.run(() => link.request(name, params)),
    isBusy: action.isBusy,
  };
  return (
    <RunContextProvider value={context}>
      <main class="run">
        <RunHeader />
        {action.problem === undefined ? null : (
          <p class="problems" role="alert">
            {action.problem}
          </p>
        )}
        <NextStep
          approval={
            plan ? (
              <ApprovalButtons plan={plan} isEditing={draft !== undefined} problems={problems} update={update} />
            ) : null
          }
        />
        {hasResult ? results : null}
        {plan ? (
          <PlanSection plan={plan} problems={problems} view={{ ...view, draft }} update={update} />
        ) : isLive ? (
          <p class="loading">The planner is reading the project…</p>
        ) : null}
        <Workers />
        {hasResult ? null : results}
        <Warnings />
        <LiveRegion run={run} isLive={isLive} />
      </main>
    </RunContextProvider>
  );
}
