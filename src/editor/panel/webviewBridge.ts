import type * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { errorMessage } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { PanelHostMessage } from '../../domain/panelProtocol.ts';
import type { RunEvent } from '../../domain/schema/events.ts';
import type { RunService } from '../runService.ts';
import { handleRequest, type PanelRequestHandlers, parseEnvelope } from './panelMessages.ts';

export interface WebviewBridgeOptions {
  readonly service: RunService;
  readonly handlers: PanelRequestHandlers;
  readonly logger: Logger;
}

/** How long events are gathered before they are sent together, in milliseconds: a frame. */
const gatherMs = 16;

/** The host's end of the protocol for one webview: answers its requests and tells it what happens. */
export class WebviewBridge implements Disposable {
  readonly #webview: vscode.Webview;
  readonly #options: WebviewBridgeOptions;
  readonly #subscriptions = new DisposableStore();
  #gathered: RunEvent[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(webview: vscode.Webview, options: WebviewBridgeOptions) {
    this.#webview = webview;
    this.#options = options;
    const { service } = options;
    this.#subscriptions.add(webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)));
    this.#subscriptions.add(service.onDidChange(() => this.snapshotChanged()));
    this.#subscriptions.add(service.onDidAppend(event => this.#gather(event)));
  }

  /** Has the webview pull a snapshot. */
  snapshotChanged(): void {
    this.#post({ kind: 'notification', name: 'snapshotChanged', params: {} });
  }

  async dispose(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#subscriptions.dispose();
  }

  async #receive(message: unknown): Promise<void> {
    const envelope = parseEnvelope(message);
    if (!envelope) {
      this.#options.logger.log('warn', 'A webview sent something that is not a request');
      return;
    }
    const { id, name, params } = envelope;
    try {
      this.#post({ kind: 'response', id, result: await handleRequest(this.#options.handlers, { name, params }) });
    } catch (error) {
      this.#options.logger.log('warn', 'A request of a webview failed', { name, error: errorMessage(error) });
      this.#post({ kind: 'failure', id, problem: errorMessage(error) });
    }
  }

  #gather(event: RunEvent): void {
    this.#gathered.push(event);
    this.#timer ??= setTimeout(() => this.#flush(), gatherMs);
  }

  #flush(): void {
    this.#timer = undefined;
    const events = this.#gathered;
    this.#gathered = [];
    const runId = events[0]?.runId;
    if (runId !== undefined) this.#post({ kind: 'notification', name: 'runEvents', params: { runId, events } });
  }

  /** A webview that is hidden or gone takes no messages; it pulls a snapshot when it comes back. */
  #post(message: PanelHostMessage): void {
    this.#webview.postMessage(message).then(undefined, (error: unknown) => {
      this.#options.logger.log('debug', 'A webview could not be reached', { error: errorMessage(error) });
    });
  }
}
