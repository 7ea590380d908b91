import type {
  PanelHostMessage,
  PanelNotificationName,
  PanelNotifications,
  PanelRequestMessage,
  PanelRequestName,
  PanelRequests,
} from '../../src/domain/panelProtocol.ts';

interface Waiting {
  readonly resolve: (result: PanelRequests[PanelRequestName]['result']) => void;
  readonly reject: (problem: Error) => void;
}

type NotificationListeners = { [K in PanelNotificationName]?: (params: PanelNotifications[K]) => void };

/** The webview's end of the protocol: binds each response to its request. */
export class HostLink {
  readonly #post: (message: PanelRequestMessage) => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners: NotificationListeners = {};
  #lastId = 0;

  constructor(post: (message: PanelRequestMessage) => void) {
    this.#post = post;
  }

  /** Rejects with an `Error` whose message is one sentence for the user. */
  request<K extends PanelRequestName>(
    name: K,
    params: PanelRequests[K]['params'],
  ): Promise<PanelRequests[K]['result']> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#post({ kind: 'request', id, name, params });
    });
  }

  /** One listener for each notification. */
  on<K extends PanelNotificationName>(name: K, listener: (params: PanelNotifications[K]) => void): void {
    Object.assign(this.#listeners, { [name]: listener });
  }

  /** Takes in a message of the host's. */
  receive(message: PanelHostMessage): void {
    switch (message.kind) {
      case 'response':
        this.#settle(message.id)?.resolve(message.result);
        return;
      case 'failure':
        this.#settle(message.id)?.reject(new Error(message.problem));
        return;
      case 'notification':
        if (message.name === 'runEvents') this.#listeners.runEvents?.(message.params);
        else this.#listeners.snapshotChanged?.(message.params);
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
