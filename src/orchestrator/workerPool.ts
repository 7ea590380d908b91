import PQueue from 'p-queue';
import type { Clock } from '../base/clock.ts';
import type { RunLog } from '../domain/runLog.ts';
import type { Claim, WorkQueue } from '../scheduling/workQueue.ts';

/** Lets the holder of an order wait without keeping its worker. */
export interface Pause {
  /** Frees the worker until `answer` settles and a worker is free again; then returns what it settled with. */
  whileWaitingFor(questionId: string, answer: Promise<string>): Promise<string>;
}

/** Carries an order out to its end, which it tells the queue itself. Throws only what must end the whole run. */
export type OrderRunner = (claim: Claim, pause: Pause) => Promise<void>;

export interface WorkerPoolOptions {
  readonly clock: Clock;
  readonly queue: WorkQueue;
  readonly log: RunLog;
  readonly workerIds: readonly string[];
  readonly capabilities: readonly string[];
  readonly runOrder: OrderRunner;
  /** Ends a wait for a back-off to be over. */
  readonly signal: AbortSignal;
  /** Called once, when an error ends the run: everything under way, questions included, must come to an end. */
  readonly abandon: () => void;
}

/** A worker waits for work until this is called with its id. */
type Resumption = (workerId: string) => Promise<void>;

/**
 * The run's workers. A worker is occupied by one stretch of work at a time: from a claim, or an answer, to the end of
 * the order, or the next question. At no time are more stretches under way than there are workers.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #slots: PQueue;
  readonly #free: string[];
  readonly #resumptions: Resumption[] = [];
  #settled = Promise.withResolvers<void>();
  #failure: { readonly error: unknown } | undefined;
  #waiting = 0;
  #isWakeUpSet = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#slots = new PQueue({ concurrency: options.workerIds.length });
    this.#free = [...options.workerIds];
    for (const workerId of options.workerIds) {
      options.log.append({ type: 'worker.registered', workerId, capabilities: [...options.capabilities] });
    }
  }

  /** Works until nothing is left to do. Rejects with the first error that ends the run, once no worker works any more. */
  async workOff(): Promise<void> {
    this.#settled = Promise.withResolvers();
    this.#failure = undefined;
    this.#fill();
    await this.#settled.promise;
  }

  /** Gives every free worker something to do, answered orders first. */
  #fill(): void {
    for (let workerId = this.#free.shift(); workerId !== undefined; workerId = this.#free.shift()) {
      const stretch = this.#failure ? undefined : this.#nextStretch(workerId);
      if (!stretch) {
        this.#free.unshift(workerId);
        break;
      }
      this.#occupy(workerId, stretch);
    }
    this.#wakeForRetry();
    const isWorking = this.#free.length < this.#options.workerIds.length;
    if (isWorking || this.#waiting > 0 || this.#isWakeUpSet) return;
    if (this.#failure) this.#settled.reject(this.#failure.error);
    else this.#settled.resolve();
  }

  /** Comes back when the first order that is held back by its back-off may be claimed. */
  #wakeForRetry(): void {
    const { clock, queue, signal } = this.#options;
    const retryAt = this.#failure || this.#isWakeUpSet ? undefined : queue.nextRetryAt();
    if (retryAt === undefined) return;
    this.#isWakeUpSet = true;
    void clock
      .sleep(Math.max(0, retryAt - clock.now()), signal)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#isWakeUpSet = false;
        this.#fill();
      });
  }

  #nextStretch(workerId: string): (() => Promise<void>) | undefined {
    const resume = this.#resumptions.shift();
    if (resume) return () => resume(workerId);
    const { queue, capabilities } = this.#options;
    queue.enqueueReady();
    const claim = queue.claim(workerId, capabilities);
    return claim && (() => this.#begin(claim));
  }

  #occupy(workerId: string, stretch: () => Promise<void>): void {
    void this.#slots
      .add(stretch)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#free.push(workerId);
        this.#fill();
      });
  }

  /** The order's first stretch; the ones after its questions come through `#resumptions`. */
  #begin(claim: Claim): Promise<void> {
    const { queue, runOrder } = this.#options;
    let stretchEnd = Promise.withResolvers<void>();
    const resumed = async () => {
      const turn = Promise.withResolvers<void>();
      this.#resumptions.push(workerId => {
        queue.resume(claim, workerId);
        stretchEnd = Promise.withResolvers();
        turn.resolve();
        return Promise.race([work, stretchEnd.promise]);
      });
      this.#fill();
      await turn.promise;
    };
    const pause: Pause = {
      whileWaitingFor: async (questionId, answer) => {
        queue.wait(claim, questionId);
        this.#waiting++;
        stretchEnd.resolve();
        try {
          const text = await answer;
          await resumed();
          return text;
        } finally {
          this.#waiting--;
        }
      },
    };
    const work = runOrder(claim, pause)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => this.#fill());
    return Promise.race([work, stretchEnd.promise]);
  }

  #fail(error: unknown): void {
    if (this.#failure) return;
    this.#failure = { error };
    this.#options.abandon();
  }
}
