import type { PanelHostMessage, PanelRequestMessage } from '../../src/domain/panelProtocol.ts';

/** What VS Code gives to a webview's script. */
export interface VscodeApi {
  postMessage(message: PanelRequestMessage): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VscodeApi;

/** May be called once in the life of a page. */
export function openVscodeApi(): VscodeApi {
  return acquireVsCodeApi();
}

/** Calls `listener` for each message of the host's. The page lives exactly as long as the subscription. */
export function onHostMessage(listener: (message: PanelHostMessage) => void): void {
  // Only the host can post into a webview's frame; its messages are typed by the protocol both sides are built from.
  window.addEventListener('message', (event: MessageEvent<PanelHostMessage>) => listener(event.data));
}
