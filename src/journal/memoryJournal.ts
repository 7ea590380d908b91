import type { Clock } from '../base/clock.ts';
import { StorageError } from '../base/errors.ts';
import { type RunEvent, type RunEventPayload, runEventSchema } from '../domain/schema/events.ts';
import type { RunId } from '../domain/schema/ids.ts';
import { callIn } from './callIn.ts';
import { hashContent } from './contentHash.ts';
import type { CallEvents, ContentStore, Journal, MemoStore, RunLease, RunSummary } from './journal.ts';
import { summarizeRun } from './summarizeRun.ts';

/** A journal that lives as long as its process; nothing is written anywhere. */
export class MemoryJournal implements Journal {
  readonly contents: ContentStore = new MemoryContents();
  readonly memos: MemoStore = memoryMemos();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #events = new Map<RunId, RunEvent[]>();
  readonly #inOrder: RunEvent[] = [];
  readonly #leased = new Set<RunId>();

  constructor(options: { readonly clock: Pick<Clock, 'now'> }) {
    this.#clock = options.clock;
  }

  acquire(runId: RunId): RunLease {
    if (this.#leased.has(runId)) throw new StorageError(`Run ${runId} is already being written.`);
    this.#leased.add(runId);
    return { runId, dispose: () => void this.#leased.delete(runId) };
  }

  append(runId: RunId, payload: RunEventPayload, correlationId: string): RunEvent {
    const events = this.#events.get(runId) ?? [];
    this.#events.set(runId, events);
    const event = runEventSchema.parse({
      ...payload,
      runId,
      seq: events.length + 1,
      at: this.#clock.now(),
      correlationId,
    });
    events.push(event);
    this.#inOrder.push(event);
    return event;
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }

  read(runId: RunId, afterSeq = 0): RunEvent[] {
    return (this.#events.get(runId) ?? []).slice(Math.max(0, afterSeq));
  }

  runs(): RunSummary[] {
    return [...this.#events.values()]
      .flatMap(events => summarizeRun(events))
      .sort((one, other) => other.startedAt - one.startedAt);
  }

  readCalls(since: number, position: number): CallEvents {
    const events = this.#inOrder.slice(position).filter(({ at }) => at >= since);
    return { events: events.flatMap(callIn), position: this.#inOrder.length };
  }

  dispose(): void {
    this.#leased.clear();
  }
}

function memoryMemos(): MemoStore {
  const memos = new Map<string, string>();
  return { get: key => memos.get(key), put: (key, value) => void memos.set(key, value) };
}

class MemoryContents implements ContentStore {
  readonly #contents = new Map<string, Uint8Array>();

  put(content: Uint8Array | string): string {
    const hash = hashContent(content);
    this.#contents.set(hash, Uint8Array.from(Buffer.from(content)));
    return hash;
  }

  get(hash: string): Uint8Array | undefined {
    return this.#contents.get(hash);
  }
}
