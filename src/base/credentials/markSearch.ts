/** A short text that must stand in whatever its value stands for. */
export interface Mark<T> {
  /** At least three characters, all Latin-1; letters in lower case only, where case does not matter. */
  readonly mark: string;
  readonly value: T;
  /** Whether it stands there in any case. */
  readonly ignoresCase?: boolean;
}

/** Characters by which the end of a mark is known at first sight. */
const endLength = 3;
/** Of each character the five lowest bits count, in which upper and lower case are the same. */
const bitsEach = 5;
const characterMask = 2 ** bitsEach - 1;
const endMask = 2 ** (bitsEach * endLength) - 1;
/** In which the cases of an ASCII letter differ; it is set in lower case. */
const caseBit = 0x20;

interface MarkBytes<T> {
  readonly bytes: Uint8Array;
  /** Set in each byte of a text before it is compared. */
  readonly setBits: number;
  readonly value: T;
}

/**
 * Tells which of many marks are in a text, in one pass: the last three characters at each place are looked up in a table
 * of the ends of marks, and only where one may end is it compared. (Wu and Manber, "A fast algorithm for multi-pattern
 * searching", 1994, without its shifts.) Several times as fast as a regular expression of all marks.
 */
export class MarkSearch<T> {
  readonly #isEnd = new Uint8Array(endMask + 1);
  readonly #marksByEnd = new Map<number, MarkBytes<T>[]>();

  constructor(marks: readonly Mark<T>[]) {
    for (const { mark, value, ignoresCase } of marks) {
      if (mark.length < endLength) throw new RangeError(`The mark "${mark}" is too short to be searched for.`);
      const bytes = Buffer.from(mark, 'latin1');
      const end = bytes.reduce(endAfter, 0);
      this.#isEnd[end] = 1;
      const setBits = ignoresCase === true ? caseBit : 0;
      this.#marksByEnd.set(end, [...(this.#marksByEnd.get(end) ?? []), { bytes, setBits, value }]);
    }
  }

  /**
   * The values of all marks in `text`. A character beyond Latin-1 may be taken for another, so that a mark may be found
   * that is not there; none that is there is overlooked.
   */
  valuesIn(text: string): ReadonlySet<T> {
    const values = new Set<T>();
    const bytes = Buffer.from(text, 'latin1');
    let end = 0;
    for (let index = 0; index < bytes.length; index += 1) {
      end = endAfter(end, bytes[index] ?? 0);
      if (this.#isEnd[end] === 0) continue;
      for (const mark of this.#marksByEnd.get(end) ?? []) {
        if (standsBefore(bytes, index + 1, mark)) values.add(mark.value);
      }
    }
    return values;
  }
}

function endAfter(end: number, byte: number): number {
  return ((end << bitsEach) | (byte & characterMask)) & endMask;
}

function standsBefore(text: Uint8Array, end: number, { bytes, setBits }: MarkBytes<unknown>): boolean {
  const start = end - bytes.length;
  if (start < 0) return false;
  for (let index = bytes.length - 1; index >= 0; index -= 1) {
    if (((text[start + index] ?? 0) | setBits) !== bytes[index]) return false;
  }
  return true;
}
