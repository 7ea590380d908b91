// E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986), section 4b: linear space.

/** One of the two lists: its lines as numbers, where each stands in the whole file, and where to mark what changed. */
export interface SearchSide {
  readonly numbers: Int32Array;
  readonly positions: Int32Array;
  readonly changed: Uint8Array;
}

interface Box {
  readonly oldLow: number;
  readonly oldHigh: number;
  readonly newLow: number;
  readonly newHigh: number;
}

/** How far a search has come on each diagonal (`old - new`) between `min` and `max`. */
interface Frontier {
  readonly reached: Int32Array;
  min: number;
  max: number;
}

/** Past this depth the best split so far is taken: the script stays right, it may not be the shortest. */
const MAX_DEPTH = 1_000;
/** The same past this many steps in all, so that two unrelated files do not stall the host; half a second's work at worst. */
const MAX_STEPS = 4_000_000;
const MAX_DEPTH_WHEN_TIRED = 50;
const UNREACHED_FROM_START = -1;
const UNREACHED_FROM_END = 0x7fff_ffff;

/** Marks the lines that are not on a longest common subsequence. */
export class MyersSearch {
  readonly #old: SearchSide;
  readonly #fresh: SearchSide;
  readonly #forward: Frontier;
  readonly #backward: Frontier;
  /** Makes the lowest diagonal an index into `reached`. */
  readonly #offset: number;
  #steps = 0;

  constructor(old: SearchSide, fresh: SearchSide) {
    this.#old = old;
    this.#fresh = fresh;
    const diagonals = old.numbers.length + fresh.numbers.length + 3;
    this.#offset = fresh.numbers.length + 1;
    this.#forward = { reached: new Int32Array(diagonals), min: 0, max: 0 };
    this.#backward = { reached: new Int32Array(diagonals), min: 0, max: 0 };
  }

  run(): void {
    const boxes = [
      this.#shrink({ oldLow: 0, oldHigh: this.#old.numbers.length, newLow: 0, newHigh: this.#fresh.numbers.length }),
    ];
    for (let box = boxes.pop(); box !== undefined; box = boxes.pop()) {
      const { oldLow, oldHigh, newLow, newHigh } = box;
      if (oldLow === oldHigh) mark(this.#fresh, newLow, newHigh);
      else if (newLow === newHigh) mark(this.#old, oldLow, oldHigh);
      else {
        const [oldAt, newAt] = this.#split(box);
        boxes.push(
          this.#shrink({ oldLow: oldAt, oldHigh, newLow: newAt, newHigh }),
          this.#shrink({ oldLow, oldHigh: oldAt, newLow, newHigh: newAt }),
        );
      }
    }
  }

  /** The box without the lines that are the same at its two ends. */
  #shrink(box: Box): Box {
    let { oldLow, oldHigh, newLow, newHigh } = box;
    const old = this.#old.numbers;
    const fresh = this.#fresh.numbers;
    while (oldLow < oldHigh && newLow < newHigh && old[oldLow] === fresh[newLow]) {
      oldLow++;
      newLow++;
    }
    while (oldLow < oldHigh && newLow < newHigh && old[oldHigh - 1] === fresh[newHigh - 1]) {
      oldHigh--;
      newHigh--;
    }
    return { oldLow, oldHigh, newLow, newHigh };
  }

  /** A point that a shortest path from one corner of the box to the other goes through. */
  #split(box: Box): [oldAt: number, newAt: number] {
    const start = box.oldLow - box.newLow;
    const end = box.oldHigh - box.newHigh;
    const meetsGoingForward = ((start - end) & 1) !== 0;
    this.#forward.min = this.#forward.max = start;
    this.#backward.min = this.#backward.max = end;
    this.#forward.reached[start + this.#offset] = box.oldLow;
    this.#backward.reached[end + this.#offset] = box.oldHigh;
    for (let depth = 1; depth < (this.#steps > MAX_STEPS ? MAX_DEPTH_WHEN_TIRED : MAX_DEPTH); depth++) {
      this.#steps += 2 * depth;
      const met = this.#stepForward(box, meetsGoingForward) ?? this.#stepBackward(box, !meetsGoingForward);
      if (met) return met;
    }
    return this.#furthest(box);
  }

  #widen(frontier: Frontier, box: Box, unreached: number): void {
    if (frontier.min > box.oldLow - box.newHigh) frontier.reached[--frontier.min - 1 + this.#offset] = unreached;
    else frontier.min++;
    if (frontier.max < box.oldHigh - box.newLow) frontier.reached[++frontier.max + 1 + this.#offset] = unreached;
    else frontier.max--;
  }

  #stepForward(box: Box, canMeet: boolean): [number, number] | undefined {
    const { reached } = this.#forward;
    const opposite = this.#backward;
    const old = this.#old.numbers;
    const fresh = this.#fresh.numbers;
    this.#widen(this.#forward, box, UNREACHED_FROM_START);
    for (let diagonal = this.#forward.max; diagonal >= this.#forward.min; diagonal -= 2) {
      const index = diagonal + this.#offset;
      const below = reached[index - 1] ?? UNREACHED_FROM_START;
      const above = reached[index + 1] ?? UNREACHED_FROM_START;
      let at = below >= above ? below + 1 : above;
      while (at < box.oldHigh && at - diagonal < box.newHigh && old[at] === fresh[at - diagonal]) at++;
      reached[index] = at;
      const isFacing = canMeet && diagonal >= opposite.min && diagonal <= opposite.max;
      if (isFacing && (opposite.reached[index] ?? UNREACHED_FROM_END) <= at) return [at, at - diagonal];
    }
    return undefined;
  }

  #stepBackward(box: Box, canMeet: boolean): [number, number] | undefined {
    const { reached } = this.#backward;
    const opposite = this.#forward;
    const old = this.#old.numbers;
    const fresh = this.#fresh.numbers;
    this.#widen(this.#backward, box, UNREACHED_FROM_END);
    for (let diagonal = this.#backward.max; diagonal >= this.#backward.min; diagonal -= 2) {
      const index = diagonal + this.#offset;
      const below = reached[index - 1] ?? UNREACHED_FROM_END;
      const above = reached[index + 1] ?? UNREACHED_FROM_END;
      let at = below < above ? below : above - 1;
      while (at > box.oldLow && at - diagonal > box.newLow && old[at - 1] === fresh[at - 1 - diagonal]) at--;
      reached[index] = at;
      const isFacing = canMeet && diagonal >= opposite.min && diagonal <= opposite.max;
      if (isFacing && (opposite.reached[index] ?? UNREACHED_FROM_START) >= at) return [at, at - diagonal];
    }
    return undefined;
  }

  /** Where the forward search has put the most lines behind it; always inside the box and past its first corner. */
  #furthest(box: Box): [number, number] {
    let best: [number, number] = [box.oldLow, box.newLow];
    for (let diagonal = this.#forward.max; diagonal >= this.#forward.min; diagonal -= 2) {
      const at = Math.min(this.#forward.reached[diagonal + this.#offset] ?? 0, box.oldHigh, box.newHigh + diagonal);
      const isInside = at >= box.oldLow && at - diagonal >= box.newLow;
      if (isInside && at + at - diagonal > best[0] + best[1]) best = [at, at - diagonal];
    }
    return best;
  }
}

function mark(side: SearchSide, low: number, high: number): void {
  for (let index = low; index < high; index++) side.changed[side.positions[index] ?? 0] = 1;
}
