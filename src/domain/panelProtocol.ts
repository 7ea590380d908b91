// What the extension host and its webviews (panel and chat) say to each other. The webview asks, the host answers; the
// host tells of what happened. State is not sent piece by piece: the webview pulls a snapshot and then reduces the
// same events that the journal holds, so a missed one shows as a gap in their numbers.
import type { z } from 'zod';
import type { RunState } from './runState.ts';
import type { RunEvent } from './schema/events.ts';
import type { planSchema } from './schema/plan.ts';

/** A plan as the webview sends it: the host parses it before it is anything. */
export type PlanInput = z.input<typeof planSchema>;

export interface PanelSnapshot {
  /** The run that is shown; null when there is none. */
  readonly run: RunState | null;
  /** True while the run is worked on in this window: its decisions can be taken here. */
  readonly isLive: boolean;
  /** The run's accepted changes can be taken back. */
  readonly canUndo: boolean;
  /** The host's clock, in milliseconds since the epoch: the events' times are on it. */
  readonly now: number;
  /** Why nothing can be started, in one sentence. */
  readonly problem?: string;
}

/** What the webview asks for. A request that cannot be met is answered with one sentence that says why. */
export interface PanelRequests {
  /** `runId`: what the webview showed before a reload; taken when nothing else is shown. */
  readonly getSnapshot: { readonly params: { readonly runId?: string }; readonly result: PanelSnapshot };
  /** An empty request has the host ask for one. */
  readonly startRun: { readonly params: { readonly request: string }; readonly result: null };
  readonly approvePlan: { readonly params: { readonly plan: PlanInput }; readonly result: null };
  readonly cancelRun: { readonly params: Record<string, never>; readonly result: null };
  readonly answerQuestion: {
    readonly params: { readonly questionId: string; readonly text: string };
    readonly result: null;
  };
  /** Opens one file's diff, or all of them. */
  readonly reviewChanges: { readonly params: { readonly path?: string }; readonly result: null };
  readonly acceptChanges: { readonly params: Record<string, never>; readonly result: null };
  readonly refuseChanges: { readonly params: Record<string, never>; readonly result: null };
  readonly undoAccept: { readonly params: Record<string, never>; readonly result: null };
  /** A file of one of the run's items. */
  readonly openFile: { readonly params: { readonly path: string }; readonly result: null };
  readonly showPanel: { readonly params: Record<string, never>; readonly result: null };
  readonly showChat: { readonly params: Record<string, never>; readonly result: null };
  readonly showHistory: { readonly params: Record<string, never>; readonly result: null };
  readonly openSettings: { readonly params: Record<string, never>; readonly result: null };
}
export type PanelRequestName = keyof PanelRequests;

export interface PanelNotifications {
  /** Another run is shown, or what can be done with it changed: pull a snapshot. */
  readonly snapshotChanged: Record<string, never>;
  readonly runEvents: { readonly runId: string; readonly events: readonly RunEvent[] };
}
export type PanelNotificationName = keyof PanelNotifications;

/** From the webview to the host. */
export interface PanelRequestMessage<K extends PanelRequestName = PanelRequestName> {
  readonly kind: 'request';
  /** Given by the webview; the response carries it back. */
  readonly id: number;
  readonly name: K;
  readonly params: PanelRequests[K]['params'];
}

/** From the host to the webview. */
export type PanelHostMessage =
  | { readonly kind: 'response'; readonly id: number; readonly result: PanelRequests[PanelRequestName]['result'] }
  | { readonly kind: 'failure'; readonly id: number; readonly problem: string }
  | {
      readonly [K in PanelNotificationName]: {
        readonly kind: 'notification';
        readonly name: K;
        readonly params: PanelNotifications[K];
      };
    }[PanelNotificationName];

/** What a webview keeps for itself over a reload of the window. */
export interface PersistedView {
  readonly runId?: string;
}
