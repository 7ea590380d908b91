import type { PanelSnapshot } from '../../domain/panelProtocol.ts';
import { checkPlan } from '../checkPlan.ts';
import type { EditorActions } from '../editorActions.ts';
import type { RunService } from '../runService.ts';
import { startProblem, workspaceRoots } from '../workspaceRoots.ts';
import type { PanelRequestHandlers } from './panelMessages.ts';

/** What panel and chat can ask for. */
export function panelHandlers(service: RunService, actions: EditorActions): PanelRequestHandlers {
  const does = (action: () => void | Promise<void>) => async () => {
    await action();
    return null;
  };
  return {
    getSnapshot: async ({ runId }) => {
      if (!service.shown && runId !== undefined) await showRemembered(service, runId);
      return snapshotOf(service);
    },
    startRun: ({ request }) => does(() => actions.planAndImplement(request))(),
    approvePlan: ({ plan }) => does(() => service.approvePlan(checkPlan(plan)))(),
    cancelRun: does(() => actions.cancelRun()),
    answerQuestion: ({ questionId, text }) => does(() => service.answer(questionId, text))(),
    reviewChanges: ({ path }) => does(() => actions.reviewChanges(path))(),
    acceptChanges: does(() => actions.acceptAll()),
    refuseChanges: does(() => actions.refuseChanges()),
    undoAccept: does(() => actions.undoAccept()),
    openFile: ({ path }) => does(() => actions.openFile(path))(),
    showPanel: does(() => actions.showPanel()),
    showChat: does(() => actions.showChat()),
    showHistory: does(() => actions.showHistory()),
    openSettings: does(() => actions.openSettings()),
  };
}

function snapshotOf(service: RunService): PanelSnapshot {
  const { shown } = service;
  const problem = startProblem();
  return {
    run: shown?.state ?? null,
    isLive: shown?.isLive ?? false,
    canUndo: shown?.state.applied !== undefined && !shown.isLive,
    now: Date.now(),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Brings back what was shown before a reload, from the journal of whichever folder knows it. */
async function showRemembered(service: RunService, runId: string): Promise<void> {
  for (const root of workspaceRoots()) {
    const runs = await service.runs(root);
    if (runs.some(run => run.runId === runId)) {
      await service.show(root, runId);
      return;
    }
  }
}
