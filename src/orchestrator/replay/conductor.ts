import { setImmediate as nextTurn } from 'node:timers/promises';
import { abortErrorOf } from '../../base/abort.ts';
import { AbortError } from '../../base/errors.ts';

/** A recorded step that the replay has to make. */
export interface Step {
  readonly seq: number;
  readonly lane: string;
}

export interface ConductorOptions {
  /** In their order. */
  readonly steps: readonly Step[];
  /** When the human asked for the run to end, if they did, and what does it again. */
  readonly cancellation?: { readonly seq: number; readonly cancel: () => void } | undefined;
  /** The run was broken off, so that what was under way then got no answer. */
  readonly isBrokenOff: boolean;
  /** Told what the replay wants that the run did not have, when nothing else can go on. */
  readonly onLost: (what: string, lane: string) => void;
}

interface Gate extends Step {
  readonly open: () => void;
}

interface Lost {
  readonly lane: string;
  readonly what: string;
  readonly reject: (error: Error) => void;
}

/** Turns of the event loop in which nothing has happened: then whoever has the turn does nothing more with it. */
const quietTurns = 20;

/**
 * Gives the lanes of a replay their turns in the order in which they had them in the run: what comes from outside (a
 * model's reply, a command's result, an answer) is handed out when the next recorded step is of the lane that waits for
 * it. So a replay of parallel work is the same each time. The order is a preference: where it cannot be kept, the lane
 * whose next step is the earliest goes on, and the comparison says whether that matters.
 */
export class Conductor {
  readonly #options: ConductorOptions;
  readonly #queues = new Map<string, number[]>();
  readonly #matched = new Set<number>();
  readonly #gates = new Set<Gate>();
  readonly #lost = new Set<Lost>();
  #next = 0;
  /** The lane that was let go on and has made no step since. */
  #running: string | undefined;
  #isOpening = false;
  #isCancelled = false;
  #activity = 0;
  #isWatching = false;

  constructor(options: ConductorOptions) {
    this.#options = options;
    for (const { seq, lane } of options.steps) this.#queue(lane).push(seq);
  }

  /** The first recorded step that the replay has not made yet; undefined at the end. */
  get nextSeq(): number | undefined {
    return this.#options.steps[this.#next]?.seq;
  }

  nextSeqOf(lane: string): number | undefined {
    return this.#queue(lane)[0];
  }

  /** The replay made the next step of the lane. */
  made(lane: string): void {
    const seq = this.#queue(lane).shift();
    if (seq === undefined) return;
    this.#matched.add(seq);
    while (this.nextSeq !== undefined && this.#matched.has(this.nextSeq)) this.#next++;
    this.#activity++;
    this.#running = undefined;
    this.#conduct();
  }

  /** Resolves when the lane has its turn; `seq` orders what one lane waits for at the same time. */
  async turn(lane: string, seq: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw abortErrorOf(signal);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const gate: Gate = { lane, seq, open: resolve };
    this.#gates.add(gate);
    if (this.#running === lane) this.#running = undefined;
    const onAbort = () => {
      this.#gates.delete(gate);
      if (signal) reject(abortErrorOf(signal));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#activity++;
    this.#conduct();
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Waits for what the run never had: until it is broken off as the run was, or turns out to be a difference. */
  async lost(lane: string, what: string, signal?: AbortSignal): Promise<never> {
    if (signal?.aborted) throw abortErrorOf(signal);
    const { promise, reject } = Promise.withResolvers<never>();
    const lost: Lost = { lane, what, reject };
    this.#lost.add(lost);
    const onAbort = () => {
      this.#lost.delete(lost);
      if (signal) reject(abortErrorOf(signal));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#activity++;
    this.#conduct();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #queue(lane: string): number[] {
    const known = this.#queues.get(lane) ?? [];
    this.#queues.set(lane, known);
    return known;
  }

  /** Goes on with the run, as soon as all that waits at this moment has said so. */
  #conduct(): void {
    const { cancellation } = this.#options;
    if (cancellation && (this.nextSeq ?? Infinity) > cancellation.seq) this.#cancel(cancellation);
    if (!this.#isOpening) {
      this.#isOpening = true;
      setImmediate(() => {
        this.#isOpening = false;
        this.#openNext();
      });
    }
    if (this.#gates.size > 0 || this.#lost.size > 0) void this.#watch();
  }

  #openNext(): void {
    const lane = this.#options.steps[this.#next]?.lane;
    const [first] = [...this.#gates].filter(gate => gate.lane === lane).toSorted((one, other) => one.seq - other.seq);
    if (first && this.#running === undefined) this.#open(first);
  }

  #cancel({ cancel }: NonNullable<ConductorOptions['cancellation']>): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    cancel();
  }

  #open(gate: Gate): void {
    this.#gates.delete(gate);
    this.#running = gate.lane;
    this.#activity++;
    gate.open();
  }

  /** Sees to it that what waits does not wait for ever. */
  async #watch(): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    while (this.#gates.size > 0 || this.#lost.size > 0) {
      const before = this.#activity;
      for (let turns = 0; turns < quietTurns && this.#activity === before; turns++) await nextTurn();
      if (this.#activity === before) this.#goOn();
    }
    this.#isWatching = false;
  }

  #goOn(): void {
    const { cancellation, isBrokenOff, onLost } = this.#options;
    const nextOf = (lane: string) => this.nextSeqOf(lane) ?? Infinity;
    const [gate] = [...this.#gates].toSorted(
      (one, other) => nextOf(one.lane) - nextOf(other.lane) || one.seq - other.seq,
    );
    if (gate) {
      this.#open(gate);
    } else if (cancellation && !this.#isCancelled) {
      this.#cancel(cancellation);
    } else {
      const [first] = this.#lost;
      if (first && !isBrokenOff) onLost(first.what, first.lane);
      for (const { reject } of this.#lost) reject(new AbortError('The run was broken off here.'));
      this.#lost.clear();
    }
    this.#activity++;
  }
}
