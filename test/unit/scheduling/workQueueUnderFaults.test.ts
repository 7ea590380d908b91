import assert from 'node:assert/strict';
import { ancestors } from '../../../src/domain/planGraph.ts';
import { reduceAll } from '../../../src/domain/reduceRun.ts';
import type { WorkItem } from '../../../src/domain/schema/plan.ts';
import { JournaledWorkQueue } from '../../../src/scheduling/journaledWorkQueue.ts';
import type { Claim } from '../../../src/scheduling/workQueue.ts';
import { asItemId, buildItem, buildPlan } from '../../support/builders.ts';
import { countingIds, MemoryRunLog } from '../../support/memoryRunLog.ts';
import { SeededRandom } from '../../support/seededRandom.ts';

const capabilities = ['analyzer', 'coder', 'sdet'];
const workerIds = ['w1', 'w2', 'w3', 'w4'];

describe('the work queue under faults', () => {
  it('holds its promises on random graphs under dead workers, crashes, failures and new iterations', () => {
    for (let seed = 1; seed <= 300; seed++) new Simulation(seed).run();
  }).timeout(60_000);

  it('blocks an item of a new iteration again when something else that it needs has failed', () => {
    const simulation = new Simulation(0, [
      buildItem('broken'),
      buildItem('fine'),
      buildItem('last', { dependencies: ['broken', 'fine'] }),
    ]);
    const { queue, log } = simulation;
    queue.enqueueReady();
    for (const workerId of ['w1', 'w2']) {
      const claim = queue.claim(workerId, capabilities);
      assert.ok(claim);
      if (claim.item.id === 'broken') queue.fail(claim, 'no way');
      else queue.complete(claim, 'done');
    }
    assert.deepEqual(queue.rerun([asItemId('fine')], 1, []), ['fine', 'last']);
    assert.deepEqual([log.state.items['fine']?.status, log.state.items['last']?.status], ['planned', 'blocked']);
    assert.deepEqual(queue.rerun([asItemId('broken')], 2, []), ['broken', 'last']);
    assert.equal(log.state.items['last']?.status, 'planned');
  });
});

/** Workers that work, wait, die or fail on a random graph, as one seed says; a failing seed can be run alone. */
class Simulation {
  readonly log = new MemoryRunLog();
  queue: JournaledWorkQueue;
  readonly #seed: number;
  readonly #random: SeededRandom;
  readonly #items: readonly WorkItem[];
  readonly #ids = countingIds();
  /** What each living worker does. */
  readonly #working = new Map<string, Claim>();
  readonly #waiting: Claim[] = [];
  /** Claims of workers that died: nobody renews them, and what is said about them later must be refused. */
  readonly #dead = new Set<Claim>();

  constructor(seed: number, items?: readonly WorkItem[]) {
    this.#seed = seed;
    this.#random = new SeededRandom(seed);
    this.#items = items ?? this.#randomItems();
    this.log.append({ type: 'plan.proposed', plan: buildPlan([...this.#items]) });
    for (const workerId of workerIds) this.log.append({ type: 'worker.registered', workerId, capabilities });
    this.queue = this.#openQueue();
  }

  run(): void {
    for (let iteration = 0; iteration < 3; iteration++) {
      if (iteration > 0) this.#startIteration(iteration);
      for (let step = 0; !this.queue.isSettled(); step++) {
        this.#check(step < 3000, 'does not end');
        this.#step();
      }
      this.#checkEnd();
    }
    assert.deepEqual(reduceAll('run_test', this.log.events), this.log.state, this.#name('replay'));
  }

  #randomItems(): WorkItem[] {
    const names = Array.from({ length: 1 + this.#random.below(12) }, (_, index) => `n${index}`);
    return names.map((name, index) =>
      buildItem(name, {
        dependencies: names.slice(0, index).filter(() => this.#random.chance(0.25)),
        filePath: `src/f${this.#random.below(8)}.ts`,
        priority: this.#random.pick(['high', 'normal', 'low'] as const),
      }),
    );
  }

  /** As after a crash: nothing is left but the log. */
  #openQueue(): JournaledWorkQueue {
    const limits = { leaseMs: 500, maxRetries: 2, backoffMs: 50 };
    return new JournaledWorkQueue({ log: this.log, clock: this.log, ids: this.#ids, ...limits });
  }

  #step(): void {
    this.log.time += this.#random.below(100);
    if (this.#random.chance(0.02)) this.queue = this.#openQueue();
    for (const claim of this.#working.values()) this.queue.renew(claim);
    this.#reclaim();
    this.#sayLate();
    const workerId = this.#random.pick(workerIds);
    const held = this.#working.get(workerId);
    if (held === undefined) this.#begin(workerId);
    else this.#go(workerId, held);
  }

  #begin(workerId: string): void {
    // A worker that died comes back only when its order was taken away from it.
    if ([...this.#dead].some(claim => claim.workerId === workerId && this.#isOpen(claim))) return;
    const resumed = this.#random.chance(0.5) ? this.#waiting.shift() : undefined;
    if (resumed !== undefined) {
      this.#check(this.queue.resume(resumed, workerId), 'loses an order that waited');
      this.#working.set(workerId, { ...resumed, workerId });
      return;
    }
    this.queue.enqueueReady();
    const claim = this.queue.claim(workerId, capabilities);
    if (claim === undefined) return;
    this.#checkClaim(claim);
    this.#working.set(workerId, claim);
  }

  #go(workerId: string, held: Claim): void {
    this.#working.delete(workerId);
    const dice = this.#random.below(100);
    if (dice < 12) this.#dead.add(held);
    else if (dice < 20)
      this.#check(this.queue.giveBack(held, 'it broke') !== 'lost', 'loses an order that was renewed');
    else if (dice < 25) this.#check(this.queue.fail(held, 'it cannot be done'), 'loses an order that was renewed');
    else if (dice < 40) {
      this.#check(this.queue.wait(held, 'q'), 'loses an order that was renewed');
      this.#waiting.push(held);
    } else this.#check(this.queue.complete(held, 'done'), 'loses an order that was renewed');
  }

  #reclaim(): void {
    for (const lost of this.queue.reclaimExpired()) {
      const claim = [...this.#dead].find(dead => dead.sessionId === lost.sessionId);
      this.#check(claim !== undefined, 'takes an order away whose worker lives');
      this.#check(this.log.state.workers[claim?.workerId ?? '']?.status === 'offline', 'keeps a dead worker');
    }
  }

  /** A worker that was thought dead reports some time after its order was taken away, mostly when another one has it. */
  #sayLate(): void {
    const late = [...this.#dead].find(claim => !this.#isOpen(claim));
    if (late === undefined || this.#random.chance(0.9)) return;
    const before = this.log.events.length;
    this.#check(
      !this.queue.complete(late, 'late') && !this.queue.renew(late) && !this.queue.wait(late, 'q'),
      'believes it',
    );
    this.#check(this.queue.giveBack(late, 'late') === 'lost' && !this.queue.fail(late, 'late'), 'believes it');
    this.#check(this.log.events.length === before, 'writes down what it refused');
    this.#dead.delete(late);
  }

  #isOpen(claim: Claim): boolean {
    const order = this.log.state.orders[claim.orderId];
    return order?.sessionId === claim.sessionId && (order.status === 'claimed' || order.status === 'waiting');
  }

  #startIteration(iteration: number): void {
    const named = this.#items.filter(() => this.#random.chance(0.3)).map(item => item.id);
    const again = new Set(this.queue.rerun(named, iteration, ['again']));
    for (const item of this.#items) {
      const isNamed =
        named.includes(item.id) || [...ancestors({ items: this.#items }, item.id)].some(id => named.includes(id));
      this.#check(again.has(item.id) === isNamed, `plans ${item.id} again: ${again.has(item.id)}`);
    }
  }

  #checkClaim(claim: Claim): void {
    for (const id of claim.item.dependencies) this.#check(this.#status(id) === 'done', `${claim.item.id} before ${id}`);
    for (const other of [...this.#working.values(), ...this.#waiting, ...this.#dead]) {
      if (!this.#isOpen(other)) continue;
      this.#check(other.item.id !== claim.item.id, `${claim.item.id} twice at once`);
      this.#check(other.item.filePath !== claim.item.filePath, `${claim.item.filePath} twice at once`);
    }
  }

  #checkEnd(): void {
    for (const item of this.#items) {
      const hasFailed = [...ancestors({ items: this.#items }, item.id)].some(id => this.#status(id) === 'failed');
      const end = this.#status(item.id);
      this.#check((end === 'blocked') === hasFailed, `${item.id} is ${end}`);
      this.#check(end === 'done' || end === 'failed' || end === 'blocked', `${item.id} is ${end}`);
    }
    const { ready, waiting, running } = this.queue.stats();
    assert.deepEqual([ready, waiting, running], [0, 0, 0], this.#name('stats'));
  }

  #status(id: string): string | undefined {
    return this.log.state.items[id]?.status;
  }

  #check(holds: boolean, what: string): void {
    assert.ok(holds, this.#name(what));
  }

  #name(what: string): string {
    return `seed ${this.#seed}: ${what}`;
  }
}
