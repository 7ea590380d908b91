import { maskCredentials } from '../base/credentials/findCredentials.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/emitter.ts';
import type { Logger } from '../base/logger.ts';
import { reduceAll, reduceRun } from '../domain/reduceRun.ts';
import type { RunLog } from '../domain/runLog.ts';
import { initialRunState, type RunState } from '../domain/runState.ts';
import type { RunEvent, RunEventPayload } from '../domain/schema/events.ts';
import type { RunId } from '../domain/schema/ids.ts';
import type { ContentStore, Journal } from '../journal/journal.ts';
import { maskStrings } from './maskStrings.ts';

/** One run as it is written: an event is in the journal first, then in the state, then told to listeners. */
export class JournaledRun implements RunLog, Disposable {
  readonly runId: RunId;
  readonly onDidAppend: Event<RunEvent>;
  readonly #journal: Journal;
  readonly #emitter: Emitter<RunEvent>;
  readonly #mask: (text: string) => string;
  #state: RunState;
  /** Rejected when a sync that nobody waited for has failed. */
  #syncing: Promise<void> = Promise.resolve();

  /** `mask` takes the credentials out of a text: the journal holds none, whoever said them. */
  constructor(journal: Journal, runId: RunId, logger: Logger, mask = (text: string) => maskCredentials(text)) {
    this.runId = runId;
    this.#journal = journal;
    this.#mask = mask;
    this.#state = initialRunState(runId);
    this.#emitter = new Emitter(error => logger.log('error', 'A listener to run events failed.', { runId, error }));
    this.onDidAppend = this.#emitter.event;
  }

  /** A run that was written before, as its journal tells it. The caller holds its lease. */
  static reopen(journal: Journal, runId: RunId, logger: Logger, mask?: (text: string) => string): JournaledRun {
    const run = new JournaledRun(journal, runId, logger, mask);
    run.#state = reduceAll(runId, journal.read(runId));
    return run;
  }

  get state(): RunState {
    return this.#state;
  }

  /** Everything that happened so far. */
  read(): readonly RunEvent[] {
    return this.#journal.read(this.runId);
  }

  get contents(): ContentStore {
    return this.#journal.contents;
  }

  /** Throws `StorageError` when the journal cannot be written; then nothing has happened. */
  append(payload: RunEventPayload, correlationId: string = this.runId): RunEvent {
    const event = this.#journal.append(this.runId, maskStrings(payload, this.#mask), correlationId);
    this.#state = reduceRun(this.#state, event);
    this.#emitter.fire(event);
    return event;
  }

  /** Keeps a text that was said or printed, without its credentials, and returns its hash. */
  putText(text: string): string {
    return this.contents.put(this.#mask(text));
  }

  /** Resolves when everything so far would survive a loss of power. */
  async sync(): Promise<void> {
    const begun = this.#syncing;
    this.#syncing = Promise.resolve();
    await Promise.all([begun, this.#journal.sync()]);
  }

  /** Begins what `sync` does and waits for nothing. That it failed is told by the next `sync`. */
  syncSoon(): void {
    const before = this.#syncing;
    this.#syncing = this.#journal.sync().then(() => before);
    this.#syncing.catch(() => undefined); // The next `sync` is told.
  }

  dispose(): void {
    this.#emitter.dispose();
  }
}
