import { useEffect, useState } from 'preact/hooks';
import { useAction, useStore } from '../common/hooks.ts';
import type { HostLink } from '../common/hostLink.ts';
import { LiveRegion } from '../common/liveRegion.tsx';
import type { RunStore } from '../common/runStore.ts';
import type { ChatState } from './chatState.ts';
import { RequestForm } from './requestForm.tsx';
import { RunStatus } from './runStatus.tsx';
import { Thread } from './thread.tsx';

export interface ChatAppProperties {
  readonly store: RunStore;
  readonly link: HostLink;
  readonly initialState: ChatState;
  /** Keeps what was typed over a reload. */
  readonly saveState: (state: ChatState) => void;
}

/** The conversation of the shown run; below it, what can be said now. */
export function ChatApp({ store, link, initialState, saveState }: ChatAppProperties) {
  const { snapshot, problem } = useStore(store);
  const [state, setState] = useState(initialState);
  const action = useAction();
  const runId = snapshot?.run?.runId;
  useEffect(() => saveState(runId === undefined ? state : { ...state, runId }), [state, runId, saveState]);
  if (!snapshot) return <p class="loading">{problem ?? 'Loading…'}</p>;
  const { run, isLive } = snapshot;
  const answer = (questionId: string, text: string) =>
    action.run(async () => {
      await link.request('answerQuestion', { questionId, text });
      setState(current => ({ ...current, answers: { ...current.answers, [questionId]: '' } }));
    });
  const start = (request: string) =>
    action.run(async () => {
      await link.request('startRun', { request });
      setState(current => ({ ...current, request: '' }));
    });
  const shownProblem = action.problem ?? problem ?? snapshot.problem;
  return (
    <main class="chat">
      <Thread
        run={run}
        isLive={isLive}
        drafts={state.answers}
        onDraft={(id, text) => setState(current => ({ ...current, answers: { ...current.answers, [id]: text } }))}
        onAnswer={answer}
        isBusy={action.isBusy}
      />
      <div class="chat-foot">
        {shownProblem === undefined ? null : (
          <p class="problems" role="alert">
            {shownProblem}
          </p>
        )}
        {run ? (
          <RunStatus
            run={run}
            isLive={isLive}
            onOpen={() => action.run(() => link.request('showPanel', {}))}
            onReview={() => action.run(() => link.request('reviewChanges', {}))}
          />
        ) : null}
        {isLive ? null : (
          <RequestForm
            request={state.request}
            isDisabled={action.isBusy || snapshot.problem !== undefined}
            onInput={request => setState(current => ({ ...current, request }))}
            onStart={start}
          />
        )}
      </div>
      {run ? <LiveRegion run={run} isLive={isLive} /> : null}
    </main>
  );
}
